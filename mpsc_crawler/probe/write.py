"""A proposal as files: the source file, and a page of the site with what was read from it, as the start of a test page."""

from __future__ import annotations

from pathlib import Path

from mpsc_crawler.export.files import ExportError, atomic
from mpsc_crawler.items import NewsArticle
from mpsc_crawler.probe.site import Proposal, quoted


def write_proposal(proposal: Proposal, folder: Path) -> list[Path]:
    """Write ``NAME.toml`` and, of the first article that was read, ``NAME/page.html`` and ``NAME/expected.toml``.

    :returns: what was written.
    :raises ExportError: a file cannot be written, or the source file is there already.
    """
    if proposal.source is None:
        return []
    slug = proposal.source.slug
    target = folder / f"{slug}.toml"
    if target.exists():
        raise ExportError(f"{target}: is there already; remove it, or give another name with --name")
    written = [target]
    with atomic(target) as stream:
        stream.write(proposal.toml)
    read = next((s for s in proposal.samples if s.article is not None and s.exchange is not None), None)
    if read is not None and read.article is not None and read.exchange is not None:
        page = folder / slug / "page.html"
        expected = folder / slug / "expected.toml"
        with atomic(expected) as stream:
            stream.write(expected_file(read.article))
        try:
            page.write_bytes(read.exchange.body)
        except OSError as error:
            raise ExportError(f"{page}: cannot be written: {error.strerror}") from error
        written += [page, expected]
    return written


def expected_file(article: NewsArticle) -> str:
    """What was read from a page, in the form of the project's test pages; to be checked by a person."""

    def listed(values: list[str]) -> str:
        return "[" + ", ".join(quoted(value) for value in values) + "]"

    lines = [
        "# As the program read it. Compare with the page, correct what is wrong: then it is a test.",
        f"url = {quoted(article.url)}",
        f"platform = {quoted(article.platform or '')}",
        f"headline = {quoted(article.headline or '')}",
        f"kicker = {quoted(article.kicker or '')}",
        f"teaser = {quoted(article.teaser or '')}",
        f"published = {quoted(article.published.edtf[:16] if article.published else '')}",
        f"modified = {quoted(article.modified.edtf[:16] if article.modified else '')}",
        f"language = {quoted(article.language or '')}",
        f"authors = {listed(article.authors)}",
        f"tags = {listed(article.tags)}",
        f"categories = {listed(article.categories)}",
        f"breadcrumbs = {listed(article.breadcrumbs)}",
        f"body = {quoted(article.body)}",
        f"subheadings = {listed(article.subheadings)}",
    ]
    for image in article.images:
        lines += [
            "",
            "[[images]]",
            f"url = {quoted(image.url)}",
            f"alternative_text = {quoted(image.alternative_text)}",
            f"caption = {quoted(image.caption)}",
            f"credit = {quoted(image.credit)}",
            f"hero = {'true' if image.position == 'hero' else 'false'}",
        ]
    for file in article.attachments:
        lines += [
            "",
            "[[attachments]]",
            f"url = {quoted(file.url)}",
            f"title = {quoted(file.title)}",
            f"type = {quoted(file.type)}",
            f"size = {quoted(file.size)}",
        ]
    return "\n".join(lines) + "\n"
