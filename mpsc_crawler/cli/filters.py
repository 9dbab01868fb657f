"""The options that choose articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import click

from mpsc_crawler.storage.queries import DATE_KINDS, ArticleFilter, NothingFoundError

_FILTERS = (
    click.option("--source", help="Only this source."),
    click.option("--topic", help="Only this topic of the codebook."),
    click.option("--state", help="Only sources of this state, such as Thüringen."),
    click.option("--municipality", help="Only sources that speak for it: its name, or its key (AGS)."),
    click.option("--cohort", type=int, help="Only projects chosen in this year, such as 2020."),
    click.option("--query", help="Only what the search finds, such as 'Wärmeplanung NOT Gera'."),
    click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Published on or after this day."),
    click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Published on or before this day."),
    click.option(
        "--date-kind",
        type=click.Choice(DATE_KINDS),
        default="published",
        show_default=True,
        help="Which date --since and --until look at.",
    ),
    click.option("--language", help="Only this language (two letters)."),
)
_GONE = click.option("--gone", is_flag=True, help="Also what its publisher has removed.")


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    return filters_of_all(_GONE(command))


def filters_of_all(command: Callable[..., Any]) -> Callable[..., Any]:
    """The filters, for commands to which gone articles belong in any case."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


def wanted_of(values: dict[str, Any]) -> ArticleFilter:
    since, until = _day(values["since"]), _day(values["until"])
    if since and until and since > until:
        raise NothingFoundError(f"--since {since} lies after --until {until}; no day is between them")
    return ArticleFilter(
        _lower(values["source"]),
        _lower(values["topic"]),
        values["state"],
        since,
        until,
        values["language"],
        values.get("gone", True),
        values["municipality"],
        values["cohort"],
        values["date_kind"],
        values.get("query"),
    )


def _lower(value: str | None) -> str | None:
    return value.lower() if value is not None else None


def _day(value: datetime | None) -> date | None:
    return value.date() if value is not None else None
