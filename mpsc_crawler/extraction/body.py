"""Which part of the page is the article's text? Finds the container and cuts what is not text of the article."""

from __future__ import annotations

import re
from itertools import islice, pairwise

from mpsc_crawler.extraction.blocks import Block
from mpsc_crawler.extraction.dom import El
from mpsc_crawler.extraction.headline import key
from mpsc_crawler.extraction.naming import AUTHOR, CAPTION, CONTENT, DATE, EVENT, TEASER
from mpsc_crawler.extraction.published import line_date

_LABELS = frozenset(
    key(text)
    for text in (
        "Bild|Bilder|Main content|Paragraphs|Content|Layout|Main|Teaser|Text|Datei|Dateien|Galerie|Bildergalerie|Body|Image|Titel|Datum|Teaser Bild / Image"
        "|Content Module Text|Zurück|Zurück zur Übersicht|Zur Übersicht|Zurück zur Liste|Teilen|Drucken|Seite drucken|Weiterlesen|Mehr|Mehr lesen|Mehr erfahren"
        "|Nach oben|Zum Seitenanfang|Seite teilen|Vorlesen|Merken|Anzeige|Werbung|Beitrag teilen|Artikel teilen|Diesen Beitrag teilen|Kein Ergebnis gefunden."
        "|Zum Hauptinhalt springen|Direkt zum Inhalt|Springe direkt zu:|Seite empfehlen|Seite weiterempfehlen|PDF|Download|Share|Like this:|Event details|weiterlesen"
        "|Anhang|Startseite|Vorheriger Beitrag|Nächster Beitrag|Kommentare|Keine Kommentare|Navigation und Service|Nachricht vom|Link kopieren|E-Mail|Facebook|Twitter|WhatsApp"
    ).split("|")
) | {key("Anhang Größe")}
_TAIL_HEADING = re.compile(
    r"^(?:weitere (?:artikel|meldungen|nachrichten|news|informationen|infos|beiträge|themen|links|pressemitteilungen)|ähnliche (?:beiträge|artikel|meldungen)"
    r"|mehr (?:zum thema|aus|news|meldungen|nachrichten|artikel|themen|infos)\b.*|das könnte (?:sie|dich|ihnen) auch.*|auch interessant.*|verwandte (?:artikel|beiträge|themen).*"
    r"|(?:lesen|lest) sie (?:hier |dazu |hierzu )?(?:auch|mehr).*|lies auch.*|auch (?:lesenswert|spannend).*|schon gelesen.*|(?:am |meist)beliebt\w*|zum weiterlesen|die redaktion empfiehlt|unsere (?:empfehlung|leseempfehlung)\w*.*|empfohlener.*|leseempfehlung.*|(?:häufig|meist) gelesen\w*.*|ähnliche|schlagworte.*|das thema könnte.*|sie könnten auch.*|hinterlasse .{0,12}kommentar.*|neueste (?:beiträge|meldungen|nachrichten|artikel)|aktuelle (?:meldungen|beiträge|nachrichten|news)|(?:ihre?\s+|unsere?\s+)?ansprech(?:partner|person).*|(?:ihr\s+)?(?:presse)?kontakt.*"
    r"|downloads?|(?:zum )?herunterladen|dokumente|anhänge?|dateien(?: zum download)?|kommentare?|schreibe einen kommentar|kommentar (?:schreiben|hinterlassen).*|teilen.*|schlag(?:wörter|worte).*|tags?"
    r"|newsletter.*|zum thema|related.*|you (?:may|might) also.*|leave a (?:reply|comment).*|bildergalerie|beitrags-?navigation|post navigation|zum download|rückfragen.*"
    r"|über (?:den autor|die autorin).*|quellen?|links zum thema|seite teilen|bewerten.*|dieses thema im programm.*|weiterführende (?:links|informationen).*|empfohlene.*|passend zum thema.*|meistgelesen.*)\s*:?\s*$",
    re.I,
)
_CAPTION_LIKE = re.compile(
    r"^\(?(?:©|\(c\)\s|foto\(s\)|fotos?(?:credit|nachweis)?\s*:|bild(?:er|quelle|nachweis|unterschrift|rechte)?\s*:|copyright\b|quelle\s*:|grafik\s*:|symbolfoto|symbolbild|foto\s*©|credits?\s*:|illustration\s*:|photo\s*:)",
    re.I,
)
_BYLINE = re.compile(
    r"^(?:von|text|autor(?:in)?|redaktion|verfasst von|by|geschrieben von|gespeichert von|ein beitrag von|eingestellt von|quelle)\s*:?\s+\S.{1,70}$",
    re.I,
)
_FIELD_LINE = re.compile(
    r"^(?:autor(?:in)?|kategorien?|rubrik|schlagwörter|tags?|lesezeit|veröffentlicht(?: am)?|erstellt|zuletzt aktualisiert|datum|stand|zugriffe|region|ressort|druckversion)\s*:\s*.{0,90}$",
    re.I,
)
_STAND = re.compile(r"^\(?stand\s*:?\s.{3,40}$", re.I)
_TEASER_END = re.compile(r"\s*\[(?:…|\.\.\.|&hellip;)\]\s*$")
_NOTICE = re.compile(
    r"^(?:diese[rs]? (?:seite|text|artikel) wurde (?:maschinell|automatisch) übersetzt|bitte (?:aktivieren|akzeptieren) sie|wir verwenden cookies|mit dem laden des|zum abspielen|hier klicken|klicken sie hier"
    r"|jetzt teilen|hauptinhalt$|neuer abschnitt$|auf dieser seite:?$|artikel$|bild anzeigen$|aufrufe:|ein klick für den datenschutz|player wird geladen|(?:\w+-)?box (?:auf|zu)klappen|(?:mehr|weniger) anzeigen|zurück zu|alle (?:meldungen|news|beiträge|artikel)|newsletter|abonnieren|unsere seite verwendet|google translate|hinweis: bei der übersetzung)",
    re.I,
)


_MOST = 0.82


def _single(el: El) -> bool:
    """Whether an element holds exactly one paragraph of prose."""
    return sum(1 for p in el.elements() if p.prose and any(isinstance(c, str) and len(c) > 25 for c in p.children)) == 1


def choose_root(body: El, headline: El | None, selected: El | None) -> El:
    """The smallest element that holds the bulk of the prose.

    :param selected: what the platform's reader calls the content, used where it holds prose at all.
    """
    total = max(1, body.prose)
    if selected is not None and selected.prose >= max(60, 0.25 * total):
        return selected
    start = body
    if headline is not None and not headline.noise:
        for above in headline.ancestors():
            if above.tag in ("article", "main") and above.prose >= max(120, 0.4 * total):
                start = above
                break
    node = start
    while True:
        best: El | None = None
        header = 0
        for child in node.children:
            if isinstance(child, str) or child.noise:
                continue
            if headline is not None and 0 < child.prose < 900 and child.holds(headline) and _single(child):
                header = child.prose  # its one paragraph is the lead
            if best is None or child.prose > best.prose:
                best = child
        if best is None or best.tag in ("p", "ul", "ol", "blockquote", "table", "li"):
            return node
        rest = node.prose - header if headline is None or not best.holds(headline) else node.prose
        if best.prose < _MOST * rest:
            return node
        if any(
            not isinstance(child, str) and child.tag == "p" and child.prose >= 60 and not child.noise
            for child in node.children
        ):
            return node  # paragraphs beside the container belong to the text as well
        node = best
        if node.traits & CONTENT and node.prose >= 0.85 * start.prose:
            return node


def find_teaser(order: list[El], headline: El | None, root: El) -> El | None:
    """The visible lead that is set off from the body by its name."""
    seen = headline is None
    prose = 0
    for el in order:
        if el is headline:
            seen = True
        if not seen or el.noise:
            continue
        if el.traits & TEASER and el.tag in ("p", "div", "span", "section", "strong", "h2", "h3", "h4"):
            if (
                30 <= el.size <= 1200
                and el.linked < 0.3 * el.size
                and not any(a.tag in ("li", "a") for a in el.ancestors())
            ):
                if el.first("h1", "h2", "h3", "img") is None and (el.prose < 0.7 * root.prose or root.prose == 0):
                    return el
                if el.prose >= 0.7 * root.prose and el is not root:
                    return None
        elif el.tag == "p":
            prose += el.size
            if prose > 700:
                return None
    return None


_SENTENCE_END = re.compile(r"[.!?…]['\"“”»«)]*$")


def find_lead(order: list[El], headline: El | None, root: El) -> El | None:
    """The paragraph between headline and text that no name announces: one of whole sentences, in the article's header."""
    if headline is None or headline.index >= root.index:
        return None
    found: list[El] = []
    for el in order[headline.last + 1 : root.index]:
        if el.noise or el.tag not in ("p", "div", "h2", "h3", "span", "strong") or not 50 <= el.size <= 700:
            continue
        if el.linked > 0.3 * el.size or el.traits & (CAPTION | DATE | AUTHOR | EVENT):
            continue
        if not any(isinstance(child, str) and len(child) >= 40 for child in el.children):
            continue
        text = el.text()
        if not _SENTENCE_END.search(text) or _BYLINE.match(text) or _CAPTION_LIKE.match(text):
            continue
        if any(above.tag in ("li", "a", "figure", "td", "aside") or above.traits & CAPTION for above in el.ancestors()):
            continue
        found.append(el)
    return found[0] if len(found) == 1 else None


def within(block: Block, el: El) -> bool:
    """Whether the block stands inside ``el``."""
    return el.holds(block.el)


_CARD = 700


def drop_cards(root: El, headline: El | None) -> None:
    """Mark the teasers of other articles inside the text as noise: small boxes with a heading that leads elsewhere."""
    for heading in root.find("h2", "h3", "h4", "h5", "h6"):
        if heading.noise or heading.size < 10:
            continue
        outer = next((above for above in islice(heading.ancestors(), 2) if above.tag == "a"), None)
        if heading.linked < 0.9 * heading.size and outer is None:
            continue
        card: El | None = None
        for above in heading.ancestors():
            if above is root or above.size > _CARD or above.prose > 0.3 * root.prose:
                break
            card = above
        if card is not None and card.size > heading.size and (headline is None or not card.holds(headline)):
            for inner in card.elements():
                inner.noise = True


_LETTER = re.compile(r"newsletter|infobrief|rundbrief", re.I)
_SIGN_UP = re.compile(r"\b(?:abonnieren|anmelden|bestellen|eintragen|registrieren|anmeldung)\b", re.I)
_SMALL_BOX = 420


def without_newsletters(blocks: list[Block], root: El, headline: El | None) -> list[Block]:
    """Leave out boxes inside the text that offer a newsletter: a line about it, and something to sign up with."""
    boxes: list[El] = []
    for block in blocks:
        if not 8 <= len(block.text) <= 200 or not _LETTER.search(block.text) or any(b.holds(block.el) for b in boxes):
            continue
        box: El | None = None
        for above in (block.el, *block.el.ancestors()):
            if above is root or above.size > _SMALL_BOX or above.prose > 0.3 * root.prose:
                break
            box = above
        if box is None or (headline is not None and box.holds(headline)):
            continue
        offers = box.find("a", "button", "form", "input")
        if box.tag == "form" or any(el.tag != "a" or _SIGN_UP.search(el.text()) for el in offers):
            boxes.append(box)
    return [block for block in blocks if not any(box.holds(block.el) for box in boxes)] if boxes else blocks


def is_tail(block: Block) -> bool:
    """Whether the block is a heading under which nothing of the article follows."""
    return (block.kind == "h" or len(block.text) < 45) and bool(_TAIL_HEADING.match(block.text))


_SEPARATORS = re.compile(r"\s*[|·•]\s*")


def _small_print(text: str) -> bool:
    """Whether a line consists of several fields: "Veröffentlicht am: 12. November 2024 | Kategorien: Meldungen"."""
    if "|" not in text and "·" not in text and "•" not in text:
        return False
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    return (
        len(pieces) > 1
        and any(_FIELD_LINE.match(piece) for piece in pieces)
        and all(len(piece) < 50 and not piece.endswith(".") for piece in pieces)
    )


def _droppable(block: Block, position: int, prose_seen: int) -> bool:
    text = block.text
    length = len(text)
    if length < 60 and (not key(text) or key(text) in _LABELS):
        return True
    if block.kind == "row" and block.linked and re.search(r"\b[kKmM]i?B\b", text):
        return True  # a table of attached files
    if block.linked and block.linked > 0.75 * length and block.kind != "li" and length < 200:
        return True
    if length < 160:
        if _STAND.match(text) or _FIELD_LINE.match(text) or _NOTICE.match(text) or _small_print(text):
            return True
        if length < 130 and _CAPTION_LIKE.match(text):
            return True
        if (
            (prose_seen < 120 or position < 3)
            and block.kind in ("p", "h")
            and _BYLINE.match(text)
            and "." not in text[:-1]
        ):
            return True
        if prose_seen < 150 and block.kind != "li":
            found = line_date(text)
            if found is not None and len(re.findall(r"[^\W\d_]{3,}", found[1])) <= 5:
                return True
    return False


def _pictured(block: Block) -> bool:
    """Whether a short text stands in a box with a picture and with nothing else: its caption, whatever it is called."""
    text = block.text
    if (
        len(text) > 260
        or block.kind not in ("p", "row")
        or (block.el.tag == "p" and len(text) > 80 and text.endswith("."))
    ):
        return False
    for above in (block.el, *islice(block.el.ancestors(), 4)):
        if above.size > len(text) + 60 or above.tag in ("article", "main", "body"):
            return False
        if above.first("img", "picture") is not None:
            return True
    return False


def _repeats(text: str, dropped: set[str]) -> bool:
    """Whether a line says headline or kicker again, alone or one behind the other."""
    own = key(text)
    return own in dropped or any(
        len(other) > 20 and own.endswith(other) and len(own) < len(other) + 50 for other in dropped
    )


def _weight(block: Block) -> int:
    """How many characters of prose a block tells."""
    return len(block.text) if block.kind in ("p", "li", "quote") and block.linked < 0.5 * len(block.text) else 0


def _link_lists(blocks: list[Block]) -> set[int]:
    """The items of lists that hold nothing but links: related articles, downloads, social media."""
    found: set[int] = set()
    run: list[int] = []
    for index, block in enumerate([*blocks, None]):
        if block is not None and block.kind == "li":
            run.append(index)
            continue
        share = 0.6 if len(run) >= 3 else 0.85  # several items: a label before each link is none of the text either
        if run and all(blocks[i].linked > share * len(blocks[i].text) for i in run):
            found.update(run)
        run = []
    return found


def _tails(blocks: list[Block]) -> tuple[set[int], int]:
    """Hints inside the text with what they lead to, and where the text ends."""
    inside: set[int] = set()
    behind = [0] * (len(blocks) + 1)
    for index in range(len(blocks) - 1, -1, -1):
        behind[index] = behind[index + 1] + _weight(blocks[index])
    total = behind[0]
    for index, block in enumerate(blocks):
        before = total - behind[index]
        if before <= 80 or not is_tail(block):
            continue
        if behind[index] <= 0.2 * total or before >= 0.7 * total:
            return inside, index
        # too much follows: the heading only leads to a few links, behind which the text goes on
        inside.add(index)
        for following in range(index + 1, len(blocks)):
            if blocks[following].linked < 0.5 * len(blocks[following].text):
                break
            inside.add(following)
    return inside, len(blocks)


def select(blocks: list[Block], headline: str | None, kicker: str | None) -> list[Block]:
    """Keep the article's text: headline, labels, datelines, bylines and everything behind the article go."""
    dropped_keys = {key(text) for text in (headline, kicker) if text}
    inside, end = _tails(blocks)
    passed = inside | _link_lists(blocks)
    kept: list[Block] = []
    prose_seen = 0
    for position, block in enumerate(blocks[:end]):
        if position in passed:
            continue
        if (
            block.kind in ("h", "p")
            and prose_seen < 400
            and len(block.text) < 320
            and _repeats(block.text, dropped_keys)
        ):
            continue
        if _droppable(block, position, prose_seen) or _pictured(block):
            continue
        if block.text.endswith("]"):
            block.text = _TEASER_END.sub("", block.text)
        kept.append(block)
        if block.kind in ("p", "li", "quote"):
            prose_seen += len(block.text)
    while kept and kept[-1].kind == "h":
        kept.pop()
    result: list[Block] = []
    for index, block in enumerate(kept):
        following = kept[index + 1] if index + 1 < len(kept) else None
        if (
            block.kind == "h"
            and following is not None
            and following.kind == "h"
            and following.level <= block.level
            and len(block.text) < 30
        ):
            continue
        if result and block.text == result[-1].text:
            continue
        result.append(block)
    return result


_BOLD_ONLY = re.compile(r"^<strong>(?:(?!</strong>).)+</strong>:?$", re.S)


def subheadings(blocks: list[Block]) -> list[str]:
    """The subheadings; a short paragraph that is bold from end to end counts as one and is marked so."""
    for block, following in pairwise(blocks):
        if (
            block.kind == "p"
            and len(block.text) <= 110
            and not block.text.endswith((".", ",", ";"))
            and _BOLD_ONLY.match(block.html)
            and following.kind in ("p", "li")
            and len(following.text) > len(block.text)
        ):
            block.kind, block.level = "h", 3
            block.html = block.html.removeprefix("<strong>").removesuffix("</strong>")
    return [block.text for block in blocks if block.kind == "h"]
