"""What does the corpus say? ``Corpus`` is the public Python API; needs the extra ``research``.

>>> from mpsc_crawler.analysis import Corpus
>>> corpus = Corpus.open("sqlite:///mpsc.db")
>>> corpus.where(state="Thüringen").timeline(topic="verstetigung", by="quarter")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mpsc_crawler.analysis.corpus import Corpus

__all__ = ["Corpus"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - so that a missing pandas is told only to those who need it
    if name == "Corpus":
        from mpsc_crawler.analysis.corpus import Corpus

        return Corpus
    raise AttributeError(name)
