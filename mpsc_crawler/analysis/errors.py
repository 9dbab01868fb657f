"""What goes wrong with a question, fit to be shown. Light: the command line knows these without any library of the extra."""

from __future__ import annotations

from collections.abc import Sequence


class AnalysisError(ValueError):
    """A question that cannot be answered; the message says why and what to do."""


def choose(name: str, value: object, values: Sequence[object]) -> None:
    """Make sure that a value is one of those that there are.

    :raises AnalysisError: it is not.
    """
    if value not in values:
        raise AnalysisError(f"{name}={value!r}: choose one of {', '.join(map(repr, values))}")


class CodedFileError(AnalysisError):
    """A coded table that cannot be used; a line per problem."""


class StatisticsError(AnalysisError):
    """A table of official statistics that cannot be joined; a line per problem."""
