"""The codebook as data: topics with definitions and patterns, validated and compiled.

The shipped one is ``mpsc.toml`` beside this file; ``docs/topics.md`` says how to write one's own.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

WEIGHTS: dict[str, float] = {"strong": 2.0, "include": 1.0, "weak": 0.5}


class CodebookError(ValueError):
    """The codebook file is wrong; the message is one line per problem."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class FieldWeights(_Model):
    """What a match counts in each field of an article. ``lead`` is the beginning of the body; by default as the body."""

    headline: Annotated[float, Field(ge=0)] = 3.0
    kicker: Annotated[float, Field(ge=0)] = 2.0
    teaser: Annotated[float, Field(ge=0)] = 2.0
    tags: Annotated[float, Field(ge=0)] = 2.0
    lead: Annotated[float, Field(ge=0)] | None = None
    body: Annotated[float, Field(ge=0)] = 1.0


class TopicDefinition(_Model):
    """A topic: its definition for human coders and its patterns for the machine."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    label: str
    definition: str
    strong: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class CodebookFile(_Model):
    """The whole file."""

    version: Annotated[str, Field(min_length=1, max_length=30)]
    threshold: float = Field(gt=0)
    share: float = Field(default=0.0, ge=0, le=1)
    weights: FieldWeights = FieldWeights()
    topic: tuple[TopicDefinition, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern: of each of its words the pieces that stars leave. ``weight`` 0 takes matched words back."""

    topic: str
    text: str
    weight: float
    words: tuple[tuple[str, ...], ...]

    def fits(self, position: int, word: str) -> bool:
        """Whether the word at ``position`` of the pattern may stand for a normalised word of a text."""
        pieces = self.words[position]
        first, last = pieces[0], pieces[-1]
        if len(pieces) == 1:
            return word == first
        at, stop = len(first), len(word) - len(last)
        if at > stop or not word.startswith(first) or not word.endswith(last):
            return False
        for piece in pieces[1:-1]:
            at = word.find(piece, at, stop)
            if at < 0:
                return False
            at += len(piece)
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """A validated codebook, ready for :func:`mpsc_crawler.language.topics.find_topics`.

    ``version`` is the file's version with a digest of its content: two files that differ never share one, so that what
    was coded can be told to have been coded by the same rules.
    """

    version: str
    threshold: float
    share: float
    weights: dict[str, float]
    topics: dict[str, TopicDefinition]
    patterns: tuple[Pattern, ...]

    def label_of(self, slug: str) -> str:
        """A topic's name for people; the slug where this codebook has no such topic."""
        return self.topics[slug].label if slug in self.topics else slug


def compile_codebook(file: CodebookFile) -> Codebook:
    """Compile the patterns of a validated file."""
    patterns = []
    for topic in file.topic:
        for group, weight in (*WEIGHTS.items(), ("exclude", 0.0)):
            for text in getattr(topic, group):
                words = tuple(tuple(word.lower().split("*")) for word in text.split())
                patterns.append(Pattern(topic.slug, text, weight, words))
    weights = file.weights.model_dump()
    digest = hashlib.sha256(file.model_dump_json().encode()).hexdigest()[:8]
    weights["lead"] = weights["body"] if weights["lead"] is None else weights["lead"]
    return Codebook(
        f"{file.version}+{digest}",
        file.threshold,
        file.share,
        weights,
        {topic.slug: topic for topic in file.topic},
        tuple(patterns),
    )


def read_codebook(path: Path) -> Codebook:
    """Read, validate and compile a codebook file.

    :raises CodebookError: the file is missing or wrong; one line per problem: file, key, what is wrong.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        file = CodebookFile.model_validate(data)
    except OSError as error:
        raise CodebookError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CodebookError(f"{path.name}: not valid TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors()]
        raise CodebookError("\n".join(lines)) from error
    slugs = [topic.slug for topic in file.topic]
    twice = {slug for slug in slugs if slugs.count(slug) > 1}
    empty = [
        f"{t.slug}: {text!r}"
        for t in file.topic
        for g in (*WEIGHTS, "exclude")
        for text in getattr(t, g)
        if not text.strip("* ")
    ]
    if twice or empty:
        problems = [f"{path.name}: topic {slug!r} stands twice" for slug in sorted(twice)]
        raise CodebookError("\n".join(problems + [f"{path.name}: empty pattern in {e}" for e in empty]))
    return compile_codebook(file)


@lru_cache(maxsize=1)
def shipped_codebook() -> Codebook:
    """The codebook that ships with the package."""
    with resources.as_file(resources.files("mpsc_crawler.language.codebook") / "mpsc.toml") as path:
        return read_codebook(path)
