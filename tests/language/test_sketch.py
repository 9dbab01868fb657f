"""Sketches meet for edited texts, and not for others."""

from __future__ import annotations

from itertools import combinations

from mpsc_crawler.language.sketch import SIZE, alike, runs_of, shared, sketch
from tests.sites.demo.build import HERE, read_post


def _bodies() -> dict[str, str]:
    return {
        str(path): read_post(path).markdown
        for path in sorted(HERE.glob("*/*.md"))
        if not path.name.endswith(".day2.md")
    }


def test_the_release_at_three_publishers_meets_and_nothing_else_does() -> None:
    sketches = {name: sketch(body) for name, body in _bodies().items()}
    release = [name for name in sketches if "pegelnetz" in name]
    assert len(release) == 3
    for one, other in combinations(sketches, 2):
        same = one in release and other in release
        assert not same or set(sketches[one]) & set(sketches[other]), (one, other)
        assert (alike(sketches[one], sketches[other]) > 0.2) == same, (one, other)


def test_letters_umlauts_and_soft_hyphens_do_not_matter_and_short_texts_have_none() -> None:
    text = (
        "Die Stadtwerke erproben Messstellen für Grundwasserstände im Müggelspreegebiet gemeinsam mit der Hochschule "
    )
    text += "und veröffentlichen anschließend sämtliche Ergebnisse auf der städtischen Datenplattform."
    written = text.upper().replace("Ü", "UE").replace("Ä", "AE").replace("Ö", "OE").replace("ẞ", "SS")
    assert sketch(text) == sketch(written) == sketch(text.replace("werke", "\xadwerke"))
    assert len(sketch(text)) == min(SIZE, len(set(runs_of(text))))
    assert sketch("Zu kurz.") == () and alike((), sketch(text)) == 0


def test_a_shortened_text_is_held_by_the_whole_one() -> None:
    body = next(body for name, body in _bodies().items() if "pegelnetz" in name)
    half = "\n\n".join(body.split("\n\n")[: len(body.split("\n\n")) // 2])
    assert shared(frozenset(runs_of(half)), frozenset(runs_of(body))) == 1.0
    assert set(sketch(half)) & set(sketch(body))


def test_every_value_fits_a_signed_64_bit_column() -> None:
    assert all(-(2**63) <= value < 2**63 for body in _bodies().values() for value in sketch(body))
