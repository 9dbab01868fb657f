"""Would a library find the parts of German compounds better than patterns do? Prints figures on gold that ships beside this.

``python -m benchmarks.morphology``. ``gold/compounds.jsonl`` says of 420 pairs whether a word holds another as a real part; half
of them are traps ("Staubsauger" holds no "Stau"). Peers: Snowball stems, simplemma's lemmas (a dictionary of 110 MB in memory)
and the n-gram splitter of compound-split, alone and joined.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from functools import cache

import simplemma
import snowballstemmer
from compound_split import char_split

from benchmarks.german import GOLD
from benchmarks.pages import paragraphs
from mpsc_crawler.language.compounds import Vocabulary, is_part, part_of
from mpsc_crawler.language.stemming import tokens
from mpsc_crawler.language.words import normalize

_STEM = snowballstemmer.stemmer("german").stemWord
_PLAIN = str.maketrans("äöü", "aou")
_LINKS = re.compile(r"(?:s|n|en|er|es)$")
_SURE = -0.3  # below this score the n-gram splitter sees no compound


def holds(word: str, part: str) -> bool:
    """What the pattern ``*part*`` says."""
    return part.lower() in normalize(word)


def stem(word: str, part: str) -> bool:
    """The same Snowball stem."""
    return bool(_STEM(normalize(word)) == _STEM(part.lower()))


def lemma(word: str, part: str) -> bool:
    """The same lemma, greedily cut."""
    return simplemma.lemmatize(word, "de", greedy=True).lower().endswith(part.lower())


def split(word: str, part: str) -> bool:
    """A part of the n-gram splitter with the same stem."""
    wanted = _STEM(part.lower()).translate(_PLAIN)
    todo = [normalize(word).strip("-").capitalize()]
    for _ in range(3):
        further: list[str] = []
        for piece in todo:
            if _STEM(piece.lower()).translate(_PLAIN) == wanted:
                return True
            if "-" in piece:
                further += [half.capitalize() for half in piece.split("-")]
            elif len(piece) > 5:
                score, left, right = char_split.split_compound(piece)[0]
                if score > _SURE:
                    further += [left, _LINKS.sub("", left), right]
        todo = further
    return False


@cache
def _vocabulary() -> Vocabulary:
    """The words of the demo's articles and their stems: what a small corpus vouches for."""
    found = [token for paragraph in paragraphs() for token in tokens(paragraph)]
    return Vocabulary(frozenset(token.word for token in found), frozenset(token.stem for token in found))


def ours(word: str, part: str) -> bool:
    """What the search says, knowing the words of the demo only."""
    told = list(tokens(word))
    wanted = [token.stem for token in tokens(part)]
    if len(wanted) > 1:
        return wanted == [token.stem for token in told][: len(wanted)]
    within = part_of(part)
    return any(
        token.stem == wanted[0] or (within is not None and is_part(token.word, within, _vocabulary())) for token in told
    )


def main() -> None:
    pairs = [json.loads(line) for line in (GOLD / "compounds.jsonl").read_text(encoding="utf-8").splitlines()]
    readers: dict[str, Callable[[str, str], bool]] = {
        "pattern *part*": holds,
        "Snowball stem": stem,
        "simplemma, greedy": lemma,
        "compound-split and Snowball": split,
        "ours, demo's vocabulary": ours,
    }
    print(f"{len(pairs)} pairs of a word and a part")
    for name, reader in readers.items():
        start = time.perf_counter()
        found = [(reader(pair["word"], pair["part"]), pair["is_part"]) for pair in pairs]
        right = sum(a and b for a, b in found)
        precision, recall = right / max(1, sum(a for a, _ in found)), right / sum(b for _, b in found)
        accuracy = sum(a == b for a, b in found) / len(found)
        took = 1000 * (time.perf_counter() - start) / len(pairs)
        print(
            f"  {name:28} accuracy {accuracy:.3f}, precision {precision:.3f}, recall {recall:.3f}, {took:.2f} ms a word"
        )


if __name__ == "__main__":
    main()
