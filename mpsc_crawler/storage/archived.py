"""What the database knows of the archive's files."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from mpsc_crawler.storage.models import Article, Page
from mpsc_crawler.storage.session import explain


def forget_files(engine: Engine, names: Iterable[str]) -> int:
    """Note that files of the archive are no more; returns how many articles cannot be read again for that.

    :raises DatabaseError: the database refused; nothing has changed.
    """
    wanted = list(names)
    try:
        with engine.begin() as connection:
            pages = select(Page.id).where(Page.archive_file.in_(wanted))
            articles = connection.execute(select(func.count(Article.id)).where(Article.page_id.in_(pages))).scalar_one()
            connection.execute(
                update(Page)
                .where(Page.archive_file.in_(wanted))
                .values(archive_file=None, archive_offset=None)
                .execution_options(synchronize_session=False)
            )
            return articles
    except SQLAlchemyError as error:
        raise explain(error, str(engine.url)) from error


def articles_by_file(engine: Engine) -> dict[str, int]:
    """By file of the archive, how many articles were read from it as they stand."""
    statement = (
        select(Page.archive_file, func.count(Article.id))
        .join(Article, Article.page_id == Page.id)
        .where(Page.archive_file.is_not(None))
        .group_by(Page.archive_file)
    )
    with engine.connect() as connection:
        return {str(name): number for name, number in connection.execute(statement)}
