"""What goes wrong with a question, fit to be shown. Light: the command line knows these without any library of the extra."""

from __future__ import annotations


class AnalysisError(ValueError):
    """A question that cannot be answered; the message says why and what to do."""


class CodedFileError(AnalysisError):
    """A coded table that cannot be used; a line per problem."""


class StatisticsError(AnalysisError):
    """A table of official statistics that cannot be joined; a line per problem."""
