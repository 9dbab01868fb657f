"""The shipped registry is valid and honest, and wrong files are told apart by one line each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mpsc_crawler.sources.registry import RegistryError, load_registry, municipalities, read_folder, read_source

GOOD = """slug = "musterstadt"
name = "Smart City Musterstadt"
kind = "project"
addresses = [{ url = "https://musterstadt.example/aktuelles", kind = "list", origin = "seen", verified = true }]
"""


def test_all_73_projects_are_there_with_their_town_halls_and_portals() -> None:
    registry = load_registry()
    kinds = [source.kind for source in registry]
    assert kinds.count("project") == 73
    assert kinds.count("municipality") >= 60
    assert kinds.count("portal") + kinds.count("press") >= 25
    assert {source.cohort for source in registry if source.kind == "project"} == {2019, 2020, 2021}


def test_scope_is_whole_for_projects_and_the_programme_portal_only() -> None:
    registry = load_registry()
    assert registry.get("smart-city-dialog").scope == "all"
    assert {source.slug for source in registry if source.scope == "all" and source.kind != "project"} == {
        "smart-city-dialog"
    }


def test_nothing_inferred_or_guessed_is_called_verified() -> None:
    for source in load_registry():
        for address in source.addresses:
            assert not (address.verified and address.origin in ("inferred", "guessed")), (source.slug, address.url)
        if source.platform is not None:
            assert not source.platform.verified, f"{source.slug}: platforms were judged from addresses alone"


def test_every_key_of_a_member_is_in_the_official_register() -> None:
    register = municipalities()
    assert len(register) == 11298
    for source in load_registry():
        for member in source.members:
            assert member.ags == "" or member.ags in register, (source.slug, member)
    assert register["16053000"].name.startswith("Jena")
    assert register["01051"].latitude is None, "what is unknown stays empty"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ('kind = "project"', 'kind = "projekt"'),
            "musterstadt.toml: kind: Input should be 'portal', 'project', 'municipality' or 'press', not 'projekt'",
        ),
        (("name =", "nmae ="), "musterstadt.toml: nmae: unknown key, did you mean name?"),
        (('kind = "project"\n', ""), "musterstadt.toml: kind: required key is missing"),
        (
            ("https://musterstadt.example", "musterstadt.example"),
            "musterstadt.toml: addresses.0.url: must be a full http or https address, not 'musterstadt.example/aktuelles'",
        ),
        (('"seen"', '"guessed"'), "an inferred or guessed address cannot be verified = true"),
        (
            ('slug = "musterstadt"', 'slug = "Muster Stadt"'),
            "slug: must be small letters, digits and single hyphens, not 'Muster Stadt'",
        ),
        (('slug = "musterstadt"', 'slug = "andere"'), "slug: must equal the file's name 'musterstadt', not 'andere'"),
        (
            ('"list"', '"other"'),
            "an active source needs at least one address of kind list, feed, sitemap, wordpress or website",
        ),
        (('kind = "project"', "kind = project"), "musterstadt.toml: not valid TOML"),
        (
            ('kind = "project"', 'kind = "project"\nmarkup = [{ since = 2024-03-01, until = 2023-01-01 }]'),
            "musterstadt.toml: markup.0: since must not be later than until",
        ),
    ],
)
def test_a_broken_file_gets_one_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "musterstadt.toml"
    assert change[0] in GOOD
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        read_source(path)
    assert message in str(caught.value)
    assert all(
        line.startswith("musterstadt.toml")
        for line in str(caught.value).splitlines()
        if line and "nmae" not in change[1]
    )


def test_every_broken_file_of_a_folder_is_named(tmp_path: Path) -> None:
    for name in ("eins", "zwei"):
        (tmp_path / f"{name}.toml").write_text(f'slug = "{name}"\n', encoding="utf-8")
    with pytest.raises(RegistryError) as caught:
        read_folder(tmp_path)
    assert "eins.toml: name" in str(caught.value) and "zwei.toml: name" in str(caught.value)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(RegistryError, match="unknown source 'jenna': did you mean jena"):
        load_registry().select(["jenna"])


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="no source files"):
        read_folder(tmp_path)


def test_markup_holds_between_its_days(tmp_path: Path) -> None:
    path = tmp_path / "musterstadt.toml"
    told = (
        'kind = "project"\nplatform = { name = "typo3" }\nmarkup = [{ until = 2024-02-29, content = "alt" },'
        ' { since = 2024-03-01, platform = "drupal", content = "neu", published = "wann*" }]'
    )
    path.write_text(GOOD.replace('kind = "project"', told), encoding="utf-8")
    source = read_source(path)
    assert source.read_as(date(2024, 2, 29)) == ("typo3", {"content": "alt"})
    assert source.read_as(date(2024, 3, 1)) == ("drupal", {"content": "neu", "published": "wann*"})
