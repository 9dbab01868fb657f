"""Fingerprints are near for edited texts and far for others."""

from __future__ import annotations

from mpsc_crawler.language.fingerprint import distance, fingerprint
from tests.sites.demo.build import HERE, read_post


def _bodies() -> dict[str, str]:
    return {
        str(path): read_post(path).markdown
        for path in sorted(HERE.glob("*/*.md"))
        if not path.name.endswith(".day2.md")
    }


def test_the_release_at_three_publishers_is_nearer_to_itself_than_to_anything_else() -> None:
    prints = {name: fingerprint(body) for name, body in _bodies().items()}
    release = [value for name, value in prints.items() if "pegelnetz" in name and value is not None]
    others = [value for name, value in prints.items() if "pegelnetz" not in name and value is not None]
    assert len(release) == 3
    own = max(distance(a, b) for a in release for b in release)
    assert own < min(distance(a, b) for a in release for b in others)


def test_equal_texts_have_equal_fingerprints_and_short_ones_none() -> None:
    text = "Die Stadt lädt ein. " * 20
    assert fingerprint(text) == fingerprint(text.upper())
    assert fingerprint("Zu kurz.") is None


def test_it_fits_a_signed_64_bit_column() -> None:
    for body in _bodies().values():
        value = fingerprint(body)
        assert value is None or -(2**63) <= value < 2**63
