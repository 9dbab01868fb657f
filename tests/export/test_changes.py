"""How an edit is told: the words that went and came, with a little of what stands around them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mpsc_crawler.export.changes import CAME, GAP, KEPT, WENT, changed_words


def test_a_changed_word_is_shown_in_its_surroundings() -> None:
    before = (
        "Die Stadt stellt im Mai zwölf neue Sensoren auf dem Marktplatz vor dem Rathaus auf und misst damit die Luft."
    )
    after = before.replace("zwölf", "vierzehn")
    assert changed_words(before, after, around=2) == [
        (GAP, "…"),
        (KEPT, "im Mai"),
        (WENT, "zwölf"),
        (CAME, "vierzehn"),
        (KEPT, "neue Sensoren"),
        (GAP, "…"),
    ]


def test_what_was_added_at_the_end_and_what_was_nothing_before() -> None:
    assert changed_words("Ein Satz.", "Ein Satz. Noch einer.") == [(KEPT, "Ein Satz."), (CAME, "Noch einer.")]
    assert changed_words(None, "Neu") == [(CAME, "Neu")]
    assert changed_words("Alt", None) == [(WENT, "Alt")]
    assert changed_words("gleich", "gleich") == []


_TEXTS = st.lists(st.sampled_from("Rad Weg Stadt neu alt".split()), max_size=25).map(" ".join)


@given(_TEXTS, _TEXTS)
def test_what_is_kept_and_what_came_give_the_new_text(before: str, after: str) -> None:
    told = changed_words(before, after, around=10**6)
    if before != after:
        assert " ".join(text for sign, text in told if sign in (KEPT, CAME)) == after
        assert " ".join(text for sign, text in told if sign in (KEPT, WENT)) == before
