"""The article's elements as a sequence of blocks: paragraphs, subheadings, list items, quotations, table rows."""

from __future__ import annotations

import html as html_module
import re
from dataclasses import dataclass
from typing import Literal

from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.noise import caption_name

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
_EMPTY = re.compile(r"<(strong|em)>\s*</\1>")
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


class _Collector:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.texts: list[str] = []
        self.htmls: list[str] = []
        self.linked = 0
        self.breaks = 0

    def add(self, text: str, *, in_link: bool) -> None:
        if self.breaks and not text.isspace():
            self.breaks = 0
        self.texts.append(text)
        self.htmls.append(html_module.escape(text, quote=False) if "<" in text or "&" in text or ">" in text else text)
        if in_link:
            self.linked += len(text.strip())

    def flush(self, el: El) -> None:
        self.breaks = 0
        if self.texts:
            lines = [clean(line) for line in "".join(self.texts).split("\ue000")]
            text = without_link_notice("\n".join(line for line in lines if line)).strip()
            if text:
                kind, level, ordered = _kind(el)
                self.blocks.append(Block(kind, text, _tidy("".join(self.htmls)), self.linked, el, level, ordered))
            self.texts.clear()
            self.htmls.clear()
        self.linked = 0


def _tidy(markup: str) -> str:
    markup = clean(without_link_notice(markup))
    if "<" not in markup:
        return markup
    markup = _EMPTY.sub("", markup)
    return _OUTER_BREAKS.sub("", markup).strip()


def blocks_of(root: El, *, keep_noise: bool = False) -> list[Block]:
    """Every block below ``root`` in document order; noise, pictures and captions are left out.

    The walk keeps its own stack, so depth is harmless.
    """
    out = _Collector()
    # a stack of steps: an element to enter, text to add, or a closing step (element, markup, breaking)
    stack: list[tuple[str, El | str, El]] = [("enter", child, root) for child in reversed(root.children)]
    links = 0
    while stack:
        step, node, owner = stack.pop()
        if step == "break":
            out.flush(owner)
            continue
        if step == "close":
            if node == "a":
                links -= 1
            elif node and out.htmls:
                out.htmls.append(f"</{node}>")
            continue
        if isinstance(node, str):
            text = node.replace("\n", " ") if owner.tag != "pre" else node.replace("\n", "\ue000")
            out.add(text, in_link=links > 0)
            continue
        tag = node.tag
        if (node.noise and not keep_noise) or tag in _SKIPPED or (node.names and caption_name(node.names)):
            if tag in _BREAKING:
                out.flush(owner)
            continue
        if tag == "br":
            out.breaks += 1
            if out.breaks >= 2:
                out.flush(owner)
            elif out.texts:
                out.texts.append("\ue000")
                out.htmls.append("<br>")
            continue
        breaking = tag in _BREAKING
        if breaking:
            out.flush(owner)
            stack.append(("break", "", node))
        elif tag == "a":
            links += 1
            stack.append(("close", "a", node))
        elif tag in _INLINE_KEPT:
            kept = _INLINE_KEPT[tag]
            out.htmls.append(f"<{kept}>")
            stack.append(("close", kept, node))
        inner = node if breaking else owner
        stack.extend(("enter", child, inner) for child in reversed(node.children))
    out.flush(root)
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
