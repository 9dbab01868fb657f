"""The article's elements as a sequence of blocks: paragraphs, subheadings, list items, quotations, table rows."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.naming import CAPTION

Kind = Literal["p", "h", "li", "quote", "row", "pre"]

_BREAKING = frozenset(
    "address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody thead tfoot tr td th caption ul".split()
)
_SKIPPED = frozenset(("figure", "picture", "img", "figcaption"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_INLINE_KEPT = {"strong": "strong", "b": "strong", "em": "em", "i": "em"}
_LINK_NOTICE = re.compile(
    r"\s*[\(\[]?\s*(?:öffnet (?:sich )?in (?:einem )?neue[nm] (?:tab|fenster|browserfenster)|externer link|link öffnet.{0,30}?)\s*[\)\]]?",
    re.I,
)
_EMPTY = ("<strong></strong>", "<strong> </strong>", "<em></em>", "<em> </em>")
_OUTER_BREAKS = re.compile(r"^(?:<br>\s*)+|(?:\s*<br>)+$")
_EXTERNAL_GLUED = re.compile(r"\s*\bexterner Link\b:?", re.I)


@dataclass(slots=True)
class Block:
    """One block of text. ``linked`` counts the characters inside links, ``el`` is the element it came from."""

    kind: Kind
    text: str
    html: str
    linked: int
    el: El
    level: int = 0
    ordered: bool = False


def without_link_notice(text: str) -> str:
    """Drop what screen readers are told behind links: "(Öffnet in einem neuen Tab)", "externer Link"."""
    if "ffnet" in text or "xterner" in text:
        text = _LINK_NOTICE.sub("", text)
        text = _EXTERNAL_GLUED.sub("", text)
        text = re.sub(r"\s+([.,;:!?)])", r"\1", text)
    return text


def _kind(el: El) -> tuple[Kind, int, bool]:
    node: El | None = el
    kind: Kind = "p"
    while node is not None:
        tag = node.tag
        if tag in _HEADINGS:
            return "h", int(tag[1]), False
        if tag == "li":
            parent = node.parent
            return "li", 0, parent is not None and parent.tag == "ol"
        if tag in ("td", "th", "tr"):
            return "row", 0, False
        if tag in ("blockquote", "q"):
            return "quote", 0, False
        if tag == "pre":
            return "pre", 0, False
        if tag in ("article", "main", "section", "body"):
            break
        node = node.parent
    return kind, 0, False


def _telling(node: El) -> bool:
    """Whether a figure holds a quotation or a table rather than a picture."""
    return (
        node.tag == "figure" and node.first("img", "picture") is None and node.first("blockquote", "table") is not None
    )


_LONGEST_CAPTION = 900
_BREAK = "\ue000"
_MARKUP = "\ue001"


class _Collector:
    """Gathers the pieces of one block. Pieces of markup begin with a sign of their own."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.marked = False
        self.linked = 0
        self.breaks = 0

    def mark(self, markup: str) -> None:
        self.pieces.append(_MARKUP + markup)
        self.marked = True

    def flush(self, el: El) -> None:
        self.breaks = 0
        pieces = self.pieces
        if pieces:
            told = "".join([p for p in pieces if p[:1] != _MARKUP]) if self.marked else "".join(pieces)
            if not told.isspace():
                if _BREAK in told:
                    told = "\n".join([line for line in map(clean, told.split(_BREAK)) if line])
                else:
                    told = clean(told)
                text = without_link_notice(told).strip() if told else ""
                if text:
                    kind, level, ordered = _kind(el)
                    markup = _tidy(pieces) if self.marked else _escaped(text)
                    self.blocks.append(Block(kind, text, markup, self.linked, el, level, ordered))
            pieces.clear()
            self.marked = False
        self.linked = 0


def _escaped(text: str) -> str:
    return html_module.escape(text, quote=False) if "<" in text or "&" in text or ">" in text else text


def _tidy(pieces: list[str]) -> str:
    markup = "".join([p[1:] if p[:1] == _MARKUP else _escaped(p) for p in pieces]).replace(_BREAK, "")
    markup = clean(without_link_notice(markup))
    for empty in _EMPTY:
        markup = markup.replace(empty, "")
    return _OUTER_BREAKS.sub("", markup).strip() if "<br>" in markup else markup.strip()


def blocks_of(root: El, *, keep_noise: bool = False) -> list[Block]:
    """Every block below ``root`` in document order; noise, pictures and captions are left out.

    The walk keeps its own stack, so depth is harmless.
    """
    out = _Collector()
    pieces, flush = out.pieces, out.flush
    links = 0
    # what is being walked: the children left, the block they belong to, and what closes the element
    stack: list[tuple[Iterator[El | str], El, str]] = [(iter(root.children), root, "")]
    while stack:
        children, owner, closing = stack[-1]
        for node in children:
            if isinstance(node, str):
                if "\n" in node:
                    node = node.replace("\n", " " if owner.tag != "pre" else _BREAK)
                if out.breaks and not node.isspace():
                    out.breaks = 0
                pieces.append(node)
                if links:
                    out.linked += len(node.strip())
                continue
            tag = node.tag
            breaking = tag in _BREAKING
            if (
                (node.noise and not keep_noise)
                or (node.traits & CAPTION and node.size < _LONGEST_CAPTION)
                or (tag in _SKIPPED and not _telling(node))
                or (breaking and not node.size)
            ):
                if breaking:
                    flush(owner)
                continue
            if breaking:
                flush(owner)
                stack.append((iter(node.children), node, "break"))
            elif tag == "br":
                out.breaks += 1
                if out.breaks >= 2:
                    flush(owner)
                elif pieces:
                    pieces.append(_BREAK)
                    out.mark("<br>")
                continue
            elif tag == "a":
                links += 1
                stack.append((iter(node.children), owner, "a"))
            elif tag in _INLINE_KEPT:
                kept = _INLINE_KEPT[tag]
                out.mark(f"<{kept}>")
                stack.append((iter(node.children), owner, kept))
            else:
                stack.append((iter(node.children), owner, ""))
            break
        else:
            stack.pop()
            if not closing:
                continue
            if closing == "break":
                flush(owner)
            elif closing == "a":
                links -= 1
            elif pieces:
                out.mark(f"</{closing}>")
    flush(root)
    return _rows(out.blocks)


def _row_of(el: El) -> El | None:
    node: El | None = el
    while node is not None:
        if node.tag == "tr":
            return node
        node = node.parent
    return None


def _rows(blocks: list[Block]) -> list[Block]:
    """Join the cells of a table row; a layout table's long cells stay paragraphs."""
    joined: list[Block] = []
    last_row: El | None = None
    for block in blocks:
        if block.kind != "row":
            joined.append(block)
            last_row = None
            continue
        row = _row_of(block.el)
        if len(block.text) > 300 or row is None:
            block.kind = "p"
            joined.append(block)
            last_row = None
        elif row is last_row and joined:
            before = joined[-1]
            before.text = f"{before.text} | {block.text}"
            before.html = f"{before.html}</td><td>{block.html}"
            before.linked += block.linked
        else:
            joined.append(block)
            last_row = row
    return joined


def as_text(blocks: list[Block]) -> str:
    """Clean text: paragraphs separated by blank lines, list items and table rows a line each."""
    parts: list[str] = []
    previous: Block | None = None
    for block in blocks:
        text = f"- {block.text}" if block.kind == "li" else block.text
        run = previous is not None and previous.kind == block.kind and block.kind in ("li", "row")
        if run:
            parts[-1] += "\n" + text
        else:
            parts.append(text)
        previous = block
    return "\n\n".join(parts)


def as_html(blocks: list[Block]) -> str:
    """The same, reduced to p, h2 to h6, ul, ol, li, table, blockquote, pre, strong, em and br."""
    parts: list[str] = []
    open_list = ""
    for block in blocks:
        wanted = ("ol" if block.ordered else "ul") if block.kind == "li" else "table" if block.kind == "row" else ""
        if wanted != open_list:
            if open_list:
                parts.append(f"</{open_list}>")
            if wanted:
                parts.append(f"<{wanted}>")
            open_list = wanted
        markup = block.html
        if block.kind == "li":
            parts.append(f"<li>{markup}</li>")
        elif block.kind == "row":
            parts.append(f"<tr><td>{markup}</td></tr>")
        elif block.kind == "h":
            level = min(6, max(2, block.level))
            parts.append(f"<h{level}>{markup}</h{level}>")
        elif block.kind == "quote":
            parts.append(f"<blockquote><p>{markup}</p></blockquote>")
        else:
            tag = "pre" if block.kind == "pre" else "p"
            parts.append(f"<{tag}>{markup}</{tag}>")
    if open_list:
        parts.append(f"</{open_list}>")
    return "\n".join(parts)
