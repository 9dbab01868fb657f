"""Adds what the language says to articles that were read without it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mpsc_crawler.extensions.context import context_of
from mpsc_crawler.items import NewsArticle
from mpsc_crawler.reading import annotate

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class EnrichPipeline:
    """Dates told in the text, topics, relevance, mentions, sketch; articles that a worker has annotated pass through."""

    def __init__(self, crawler: Crawler) -> None:
        context = context_of(crawler)
        self.codebook, self.registry = context.codebook, context.registry

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:  # noqa: ANN401 - Scrapy items are anything
        """Annotate what is not annotated yet."""
        if isinstance(item, NewsArticle) and item.codebook_version is None:
            home = self.registry.get(item.source or "").home if item.source in self.registry else frozenset()
            return annotate(item, self.codebook, home=home)
        return item
