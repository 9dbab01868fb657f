"""The article's pictures with caption, credit and alternative text; logos, icons and tracking pixels are none."""

from __future__ import annotations

import re
from typing import Literal

from mpsc_crawler.extraction.blocks import without_link_notice
from mpsc_crawler.extraction.dom import El, clean
from mpsc_crawler.extraction.naming import CAPTION, CREDIT, GALLERY
from mpsc_crawler.extraction.urls import absolute
from mpsc_crawler.items import Image

_LAZY = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-srcset",
    "data-lazy-srcset",
    "data-flickity-lazyload",
    "data-orig-file",
)
_JUNK = re.compile(
    r"(?:^|[/_.-])(?:logo\w*|icon\w*|sprite|pixel|spacer|blank|placeholder|avatar|gravatar|loader|loading|tracking|button|badge|wappen|1x1)(?:[/_.-]|$)|gravatar\.com|\.svg(?:$|\?)|vgwort|doubleclick|/emoji/",
    re.I,
)
_IMAGE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp)(?:$|[?#/])", re.I)
_CREDIT = re.compile(
    r"(?:^|[\s(\[|/–—.!?“\"-])"
    r"((?:©|\(c\)|fotos?(?:credit|nachweis|rechte|graf(?:in)?)?\s*:\s*(?:©|\(c\))?|bild(?:quelle|nachweis|rechte|er)?\s*:|copyright\s*:?|quelle\s*:|grafik\s*:|abbildung\s*:|abb\.\s*:|credits?\s*:|photo\s*:|illustration\s*:|visualisierung\s*:|fotograf(?:in)?\s*:|urheber(?:in)?\s*:|foto\s+©|bild\s+©)\s*"
    r"(.+))$",
    re.I,
)
_CREDIT_MARK = re.compile(
    r"^[\s(\[]*(?:(?:©|\(c\)|copyright|fotos?(?:credit|nachweis|rechte|graf(?:in)?)?|bild(?:quelle|nachweis|rechte|er)?|quelle|grafik|abbildung|abb\.|credits?|photo|illustration|visualisierung|urheber(?:in)?)\s*[:©]?\s*(?:©|\(c\))?\s*:?)\s*",
    re.I,
)
_CAPTION_LABEL = re.compile(r"^(?:bildunterschrift|bildbeschreibung|bild)\s*:\s*", re.I)


# a line that holds a credit and nothing else
_CREDIT_LINE = re.compile(
    r"^(?:©|\(c\)|fotos?\s*[:©]|bildquelle\s*:|bildnachweis\s*:|copyright\s*[:©])[^.!?]{2,80}$", re.I
)
# "Bild: Stadt Ulm" names who made it, "Bild: Der Marktplatz bei Nacht" says what is seen
_NAME_ALONE = re.compile(
    r"^bild\s*:\s*(?!(?:der|die|das|ein|eine|blick|von|vor|im|in|am|auf|so|hier|bei|mit|nach)\b)[^.!?]{2,60}$", re.I
)
_NO_CREDIT = re.compile(r"^(?:copyright|bild|foto)-?\s?(?:hinweis|nachweis|rechte)e?$", re.I)


def split_credit(caption: str) -> tuple[str, str]:
    """Separate a glued credit: "Der Platz © Stadt Paderborn" gives ("Der Platz", "Stadt Paderborn")."""
    caption = clean(without_link_notice(caption))
    label = _CAPTION_LABEL.match(caption)
    if label is not None and not _NAME_ALONE.match(caption):
        caption = caption[label.end() :]
    match = _CREDIT.search(caption)
    if match is None:
        return caption, ""
    credit = credit_only(match.group(1))
    text = caption[: match.start(1)].rstrip(" (|[/–—-")
    return text.strip(), credit


def credit_only(text: str) -> str:
    """A credit without its marks: "(Bildquelle: Stadt Ulm)" gives "Stadt Ulm"."""
    text = _CREDIT_MARK.sub("", clean(text))
    text = _CREDIT_MARK.sub("", text) if text.startswith(("©", "(c)")) else text
    text = text.strip(" ;|")
    if text.endswith((")", "]")) and text.count("(") < text.count(")") + text.count("]") - text.count("["):
        text = text[:-1]
    return "" if _NO_CREDIT.match(text.strip()) else text.strip()


def _largest(srcset: str) -> str:
    best, best_size = "", -1.0
    for part in re.split(r",\s+", srcset.strip()):
        pieces = part.split()
        if not pieces:
            continue
        size = 0.0
        if len(pieces) > 1 and pieces[1][:-1].replace(".", "", 1).isdigit():
            size = float(pieces[1][:-1])
        if size > best_size:
            best, best_size = pieces[0], size
    return best


def address_of(img: El, base: str) -> tuple[str, str] | None:
    """The real address of a picture, behind lazy loading too, and the rule that found it."""
    src, rule = img.get("src"), "img.src"
    lazy = next((img.get(name) for name in _LAZY if img.get(name)), "")
    if lazy and (not src or src.startswith("data:") or "placeholder" in src or "blank" in src or "loading" in src):
        src, rule = (_largest(lazy) if " " in lazy.strip() else lazy), "img.lazy"
    if not src or src.startswith("data:"):
        src, rule = _largest(img.get("srcset")), "img.srcset"
    if not src and img.parent is not None and img.parent.tag == "picture":
        source = img.parent.first("source")
        src = _largest(source.get("srcset") or source.get("data-srcset")) if source is not None else ""
        rule = "picture.source"
    url = absolute(base, src) if src else None
    return (url, rule) if url is not None else None


def _small(img: El) -> bool:
    for name in ("width", "height"):
        value = img.get(name).removesuffix("px")
        if value.isdigit() and 0 < int(value) < 64:
            return True
    return False


def _caption_element(el: El) -> bool:
    return el.tag in ("figcaption", "caption") or bool(el.traits & CAPTION)


def _captions(img: El) -> tuple[str, str]:
    """Caption and credit of a picture from its figure, or from the elements right around it."""
    node: El = img
    told = ""
    for _ in range(5):
        parent = node.parent
        if (
            parent is None
            or parent.tag in ("main", "body")
            or (parent.tag in ("article", "section") and parent.size > 600)
        ):
            break
        if (
            sum(1 for other in parent.find("img") if not other.noise and other.get("src") != img.get("src")) > 0
            and node is not img
        ):
            break
        found = [el for el in parent.elements() if el is not parent and _caption_element(el)]
        if found:
            caption, credit = _read_captions(found)
            if caption or parent.tag == "figure":
                return caption, credit or told
            told = credit  # the caption may stand one box further out
        elif parent.tag == "p":
            return _beside_in_paragraph(parent)
        node = parent
        if parent.tag == "figure" and not found:
            following = _next_element(parent)
            if following is not None and _caption_element(following):
                return _read_captions([following])
            break
    following = _next_element(node) if node is not img or img.parent is None else _next_element(img)
    if following is not None and _caption_element(following):
        caption, credit = _read_captions([following])
        return caption, credit or told
    return "", told


def _beside_in_paragraph(paragraph: El) -> tuple[str, str]:
    """Caption and credit in the paragraph of a picture: all its words are set off as small or slanted."""
    pieces = [
        child
        for child in paragraph.children
        if (child.strip() if isinstance(child, str) else child.size and child.first("img") is None)
    ]
    if not pieces or any(isinstance(piece, str) or piece.tag not in ("em", "i", "small", "cite") for piece in pieces):
        return "", ""
    return split_credit(" ".join(piece.text() for piece in pieces if not isinstance(piece, str)))


def _next_element(el: El) -> El | None:
    parent = el.parent
    if parent is None:
        return None
    seen = False
    for child in parent.children:
        if child is el:
            seen = True
        elif seen and isinstance(child, str):
            if child.strip():
                return None
        elif seen:
            return child if not isinstance(child, str) else None
    return None


def _names_credit(el: El) -> bool:
    """Whether an element inside a caption holds the credit: by its name, as ``cite``, or small and marked as one."""
    if el.traits & CREDIT or el.tag == "cite":
        return True
    return el.tag == "small" and bool(_CREDIT_MARK.match(el.text()))


def _read_captions(found: list[El]) -> tuple[str, str]:
    outer = [el for el in found if not any(above in found for above in el.ancestors())]
    texts: list[str] = []
    credit = ""
    for el in outer:
        credits_inside = [inner for inner in el.elements() if inner is not el and _names_credit(inner)]
        if el.traits & CREDIT and not credits_inside and len(outer) > 1:
            credit = credit or credit_only(el.text())
            continue
        inside = [i for i in credits_inside if not any(a in credits_inside for a in i.ancestors())]
        own = el.text()
        for inner in inside:
            said = inner.text()
            credit = credit or credit_only(said)
            own = own.replace(said, " ", 1)
        if clean(own):
            texts.append(clean(own))
    caption, glued = split_credit(" ".join(texts))
    return caption, credit or glued


def _several(el: El) -> bool:
    """Whether an element holds more than one picture; some platforms call the wrapper of a single one a gallery."""
    return sum(1 for _ in el.find("img")) > 1


def _linked_file(link: El, base: str) -> str | None:
    """A picture that is only linked by its file's name, as galleries without thumbnails are."""
    href = link.get("href")
    if "." not in href or not _IMAGE_FILE.search(href) or link.first("img", "picture") is not None:
        return None
    return absolute(base, href) if _IMAGE_FILE.search(link.text()) else None


_RESIZED = re.compile(r"(?:[-_](?:\d{2,4}x\d{2,4}|thumb(?:nail)?|small|klein|vorschau))?\.\w+$", re.I)


def _full_size(img: El, url: str, base: str) -> str:
    """The picture that a thumbnail leads to, if it is the same one in its full size."""
    link = img.parent
    if link is None or link.tag != "a" or not _IMAGE_FILE.search(link.get("href")):
        return url
    full = absolute(base, link.get("href"))
    same = full is not None and _RESIZED.sub("", full) == _RESIZED.sub("", url)
    return full if full is not None and same else url


_NEAR_BEHIND = 8


def _credit_behind(img: El) -> str:
    """The credit in a paragraph of its own right behind the picture, before any other text."""
    document = img.document
    for el in document[img.index + 1 : img.index + 1 + _NEAR_BEHIND]:
        if el.tag == "img" or el.size > 160:
            return ""
        own = [child for child in el.children if isinstance(child, str) and not child.isspace()]
        if own:
            text = el.text()
            return credit_only(text) if _CREDIT_LINE.match(text) else ""
    return ""


def _thumbnail(img: El, url: str, *, behind: bool) -> bool:
    """Whether the picture leads to another page: the teaser of another article."""
    link = next((above for above in img.ancestors() if above.tag == "a"), None)
    if link is None or not link.get("href") or _IMAGE_FILE.search(link.get("href")) or link.get("href").startswith("#"):
        return False
    return behind or link.size > 30 or "teaser" in link.names or any(above.tag == "li" for above in link.ancestors())


def told_images(addresses: list[str], base: str) -> list[Image]:
    """The picture that structured data names, for pages that show none; logos and icons are none."""
    for address in addresses:
        url = absolute(base, address)
        if url is not None and not _JUNK.search(url):
            return [Image(url, position="hero", rule="jsonld.image")]
    return []


def images_in(region: El, first_text: El | None, last_text: El | None, base: str) -> list[Image]:
    """The content pictures inside ``region``, in page order.

    :param first_text: the element of the body's first block; pictures before it are hero pictures.
    :param last_text: the element of the body's last block.
    """
    images: list[Image] = []
    seen: set[str] = set()
    text_begins = first_text.index if first_text is not None else -1
    text_ends = last_text.index if last_text is not None else region.last + 1
    for el in region.elements():
        tag = el.tag
        if tag == "a" and not el.noise:
            linked = _linked_file(el, base)
            if linked is not None and linked not in seen:
                seen.add(linked)
                images.append(Image(linked, "", "", "", "gallery", "link.file"))
            continue
        if tag != "img" or el.noise or _small(el):
            continue
        found = address_of(el, base)
        if found is None or _JUNK.search(found[0]):
            continue
        url = _full_size(el, found[0], base)
        rule = found[1] if url == found[0] else "link.full-size"
        if url in seen:
            continue
        behind = el.index > text_ends
        if _thumbnail(el, url, behind=behind):
            continue
        seen.add(url)
        caption, credit = _captions(el)
        if not caption and not credit:
            credit = _credit_behind(el)
        alternative = clean(el.get("alt"))
        if not credit:
            alt_text, alt_credit = split_credit(alternative)
            if alt_credit and not caption:
                alternative, credit = alt_text, alt_credit
        before = el.index < text_begins
        position: Literal["hero", "inline", "gallery"] = "hero" if before and not images else "inline"
        if (behind and images and not before) or any(
            above.traits & GALLERY
            and region.index < above.index
            and not above.index <= text_begins <= above.last  # a wrapper that holds the text, too
            and _several(above)
            for above in el.ancestors()
        ):
            position = "gallery"
        images.append(Image(url, alternative, caption, credit, position, rule))
    return images
