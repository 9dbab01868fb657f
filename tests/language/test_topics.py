"""The codebook: words of German, exclusions, evidence, and clear errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpsc_crawler.language.codebook import CodebookError, Pattern, read_codebook, shipped_codebook
from mpsc_crawler.language.topics import TopicCoder, find_topics
from mpsc_crawler.language.words import normalize

SLUGS = set(
    "verwaltung mobilitaet klima-umwelt energie daten zwilling iot ki beteiligung bildung gesundheit-soziales kultur-tourismus"
    " wirtschaft sicherheit transfer verstetigung foerderung open-source inklusion".split()
)


def topics(headline: str, body: str = "") -> set[str]:
    return {t.topic for t in find_topics({"headline": headline, "body": body})}


def test_the_nineteen_topics_are_there_with_definitions() -> None:
    book = shipped_codebook()
    assert set(book.topics) == SLUGS
    assert all(topic.definition and topic.label for topic in book.topics.values())


@pytest.mark.parametrize(
    ("headline", "topic"),
    [
        ("Wärmeplanungsplattform geht online", "energie"),
        ("Hochwasserfrühwarnsystem für das Tal", "sicherheit"),
        ("Bürger:innenbeteiligung zum Marktplatz", "beteiligung"),
        ("Digitaler Zwilling der Altstadt", "zwilling"),
        ("KI-Kompetenz für das Rathaus", "ki"),
        ("Verstetigung der Maßnahmen beschlossen", "verstetigung"),
        ("LoRaWAN für die ganze Stadt", "iot"),
        ("Open-Source-Lösung für Kommunen", "open-source"),
        ("Barrierefreie Wege per App", "inklusion"),
    ],
)
def test_compounds_and_phrases_are_found(headline: str, topic: str) -> None:
    assert topic in topics(headline)


@pytest.mark.parametrize(
    ("headline", "topic"),
    [
        ("Gutes Gesprächsklima im Ausschuss", "klima-umwelt"),
        ("Datenschutzhinweise aktualisiert", "daten"),
        ("Sicherlich ein schöner Tag", "sicherheit"),
        ("Ständig unterwegs", "verstetigung"),
        ("Stadtbibliothek öffnet wieder", "iot"),
        ("Landwirtschaft im Wandel", "wirtschaft"),
    ],
)
def test_lookalikes_are_not_found(headline: str, topic: str) -> None:
    assert topic not in topics(headline)


@pytest.mark.parametrize(
    "form", ["Bürger:innen", "Bürger*innen", "Bürger_innen", "BürgerInnen", "Bürger/innen", "Bür\u00adger\u00adinnen"]
)
def test_gendered_forms_and_soft_hyphens_are_one_word(form: str) -> None:
    assert normalize(form) == "bürgerinnen"


def test_every_assignment_shows_its_words_where_they_stand() -> None:
    fields = {"headline": "Sensoren im Stadtwald", "teaser": "", "body": "Die Sensorik funkt über LoRaWAN."}
    (match,) = [t for t in find_topics(fields) if t.topic == "iot"]
    assert match.codebook_version == shipped_codebook().version
    assert {w.word for w in match.words} == {"Sensoren", "Sensorik", "LoRaWAN", "funkt"}
    for word in match.words:
        assert fields[word.field][word.start : word.end] == word.word


def test_the_same_text_gives_the_same_result_in_any_order_of_reading() -> None:
    first, second = TopicCoder(), TopicCoder()
    texts = [{"headline": h} for h in ("Wärmenetz", "Datenplattform für alle", "Kongress zur Verstetigung")]
    assert [first.find(t) for t in texts] == list(reversed([second.find(t) for t in reversed(texts)]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("version = 1", "version"),
        ('version = "1"\nthreshold = -1\n[[topic]]\nslug = "a"\nlabel = "A"\ndefinition = "x"', "threshold"),
        (
            'version = "1"\nthreshold = 1\n[[topic]]\nslug = "a"\nlabel = "A"\ndefinition = "x"\ninclud = ["b"]',
            "topic.0.includ",
        ),
        (
            'version = "1"\nthreshold = 1\n[[topic]]\nslug = "a"\nlabel = "A"\ndefinition = "x"\ninclude = ["*"]',
            "empty pattern",
        ),
        (
            'version = "1"\nthreshold = 1\n' + '[[topic]]\nslug = "a"\nlabel = "A"\ndefinition = "x"\n' * 2,
            "stands twice",
        ),
        ("version = ", "not valid TOML"),
    ],
)
def test_a_broken_codebook_is_explained(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    assert message in str(caught.value) and "mine.toml" in str(caught.value)


def test_an_own_codebook_works(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'version = "mine"\nthreshold = 1\n[[topic]]\nslug = "brot"\nlabel = "Brot"\ndefinition = "Bäckereien"\ninclude = ["*bäcker*"]',
        encoding="utf-8",
    )
    found = find_topics({"headline": "Dorfbäckerei eröffnet"}, read_codebook(path))
    assert [t.topic for t in found] == ["brot"]
    assert found[0].codebook_version.startswith("mine+")


def test_two_codebooks_that_differ_never_share_a_version(tmp_path: Path) -> None:
    written = (
        'version = "mine"\nthreshold = 1\n[[topic]]\nslug = "brot"\nlabel = "Brot"\ndefinition = "x"\ninclude = ["{}"]'
    )
    versions = []
    for pattern in ("*bäcker*", "*bäcker*", "*metzger*"):
        path = tmp_path / "mine.toml"
        path.write_text(written.format(pattern), encoding="utf-8")
        versions.append(read_codebook(path).version)
    assert versions[0] == versions[1] != versions[2]


def test_a_topic_far_behind_the_best_one_is_left_out() -> None:
    body = "Sensoren, Gateways und LoRaWAN messen Pegel. " * 20 + "Am Rand stand ein Fahrrad."
    assert topics("Sensoren und LoRaWAN im ganzen Tal", body) == {"iot"}


def test_a_truncated_word_is_made_whole() -> None:
    fields = {"headline": "Bürger- und Wirtschaftsdialog am Montag", "body": "Mehr zum Rad- und Fußverkehr."}
    found = {w.pattern: (w.word, w.field) for t in find_topics(fields) for w in t.words}
    assert found["*bürgerdialog*"] == ("Bürger- und Wirtschaftsdialog", "headline")
    words = [w for t in find_topics({"headline": "Rad- und Fußverkehr"}) for w in t.words]
    assert ("radverkehr*", "Rad- und Fußverkehr") in {(w.pattern, w.word) for w in words}


@given(
    st.lists(st.sampled_from(["*", "a", "b", "ab", "*a", "ba*"]), min_size=1, max_size=4).map("".join),
    st.text("ab", max_size=7),
)
def test_a_star_stands_for_any_letters_as_in_a_regular_expression(pattern: str, word: str) -> None:
    compiled = Pattern("t", pattern, 1.0, (tuple(pattern.split("*")),))
    regex = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    assert compiled.fits(0, word) == bool(regex.fullmatch(word))
