"""A query as SQLite's FTS5 and as PostgreSQL's text search take it. Pure.

Fields: FTS5 has columns, PostgreSQL weights (A headline, B lead, C body, D what is found, too). Phrases do not cross fields.
"""

from __future__ import annotations

from mpsc_crawler.storage.search.query import All, AnyOf, Node, Phrase, Stems

_WEIGHT = {"headline": "A", "lead": "B", "body": "C", None: "ABC"}


def for_sqlite(node: Node) -> str:
    """The MATCH expression; every word is quoted, so that none is an operator."""
    if isinstance(node, Stems):
        words = " OR ".join(f'"{word}"' for word in node.stems)
        return f"{{{node.field}}} : ({words})" if node.field else f"({words})"
    if isinstance(node, Phrase):
        words = " ".join(node.stems)
        return f'{{{node.field or "headline lead body"}}} : "{words}"'
    if isinstance(node, AnyOf):
        return "(" + " OR ".join(for_sqlite(inner) for inner in node.nodes) + ")"
    if isinstance(node, All):
        told = " AND ".join(for_sqlite(inner) for inner in node.wanted)
        for inner in node.unwanted:
            told = f"({told}) NOT {for_sqlite(inner)}"
        return f"({told})"
    raise TypeError(f"not expanded: {node}")


def for_postgresql(node: Node) -> str:
    """The tsquery; every word is quoted."""
    if isinstance(node, Stems):
        weight = f":{_WEIGHT[node.field]}" if node.field else ""
        return "(" + " | ".join(f"'{word}'{weight}" for word in node.stems) + ")"
    if isinstance(node, Phrase):
        weight = _WEIGHT[node.field]
        return "(" + " <-> ".join(f"'{word}':{weight}" for word in node.stems) + ")"
    if isinstance(node, AnyOf):
        return "(" + " | ".join(for_postgresql(inner) for inner in node.nodes) + ")"
    if isinstance(node, All):
        told = [for_postgresql(inner) for inner in node.wanted] + [
            f"!{for_postgresql(inner)}" for inner in node.unwanted
        ]
        return "(" + " & ".join(told) + ")"
    raise TypeError(f"not expanded: {node}")
