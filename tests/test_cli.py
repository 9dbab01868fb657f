"""What a user reads: every wrong input gets one clear line and its exit code; every command is documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest

from mpsc_crawler.cli import main
from mpsc_crawler.cli.common import EXIT_CODES
from mpsc_crawler.settings import DOCUMENTATION, ENV_PREFIX, Settings, SettingsError, load_settings
from tests.conftest import mpsc

DOCS = Path(__file__).parents[1] / "docs"


def commands(group: click.Group, prefix: str = "mpsc") -> list[str]:
    names = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        names.append(f"{prefix} {name}")
        if isinstance(command, click.Group):
            names += commands(command, f"{prefix} {name}")
    return names


@pytest.mark.parametrize("command", commands(main))
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert f"`{command}" in (DOCS / "commands.md").read_text(encoding="utf-8")
    target: click.Command = main
    for name in command.split()[1:]:
        assert isinstance(target, click.Group)
        found = target.get_command(click.Context(target), name)
        assert found is not None
        target = found
    assert target.help


def test_every_setting_is_documented() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for field in Settings.__dataclass_fields__.values():
        assert f"`{ENV_PREFIX}{field.name.upper()}`" in text and field.name in DOCUMENTATION
        assert f"`{field.default}`" in text or field.default == "", field.name


def test_every_exit_code_is_documented() -> None:
    text = (DOCS / "operating.md").read_text(encoding="utf-8")
    for code, meaning in EXIT_CODES.items():
        assert f"| {code} | {meaning} |" in text


def test_every_dependency_has_its_reason() -> None:
    import re
    import tomllib

    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["dependencies"] + [d for extra in project["optional-dependencies"].values() for d in extra]
    text = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    for requirement in named:
        name = re.split(r"[\[<>=;! ]", requirement)[0]
        assert name == "mpsc-crawler" or f"| {name} |" in text, name


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "message"),
    [
        (["crawl", "jenna"], {}, 2, "unknown source 'jenna': did you mean jena"),
        (["crawl"], {"MPSC_DELAY": "schnell"}, 2, "MPSC_DELAY: must be a number, not 'schnell'"),
        (["crawl"], {"MPSC_BATCH": "0"}, 2, "MPSC_BATCH: must be more than 0, not '0'"),
        (["crawl"], {"MPSC_SOURCES_DIR": "nirgends"}, 2, "nirgends: no such folder"),
        (["crawl", "jena"], {"MPSC_CODEBOOK": "nirgends.toml"}, 2, "nirgends.toml: cannot be read"),
        (["crawl", "jena", "--replay", "nirgends.warc.gz"], {}, 4, "nirgends.warc.gz: No such file"),
        (["crawl", "jena"], {"MPSC_DATABASE_URL": "unsinn"}, 4, "no database address: 'unsinn'"),
        (["crawl"], {"MPSC_DELAY": "-1"}, 2, "MPSC_DELAY: must be 0 or more, not '-1'"),
        (["crawl"], {"MPSC_DEALY": "3"}, 2, "MPSC_DEALY: unknown setting, did you mean MPSC_DELAY?"),
        (["crawl"], {"MPSC_CONTACT": "a@b\nX-Evil: y"}, 2, "MPSC_CONTACT: must be plain ASCII on one line"),
        (["crawl", ""], {}, 2, "a source's name is empty"),
        (["crawl", "jena", "--replay-at", "2026-01-01"], {}, 2, "--replay-at needs --replay"),
        (["demo"], {"MPSC_CODEBOOK": "nirgends.toml"}, 2, "nirgends.toml: cannot be read"),
        (["demo"], {"MPSC_DATABASE_URL": "sqlite://"}, 4, "a database in memory"),
        (["articles", "--limit", "-1"], {}, 2, "-1 is not in the range"),
        (["articles", "show", "99999999999999999999"], {}, 2, "is not in the range"),
        (["export", "jsonfeed", "--base-url", "nirgends"], {}, 2, "--base-url must be a full http or https address"),
        (["articles"], {}, 4, "does not exist yet"),
        (["articles", "show", "1"], {}, 4, "does not exist yet"),
        (["export", "jsonfeed"], {}, 4, "does not exist yet"),
        (["articles", "--since", "gestern"], {}, 2, "'gestern' does not match the format"),
        (["sources", "show", "koln"], {}, 2, "did you mean koeln"),
        (["sources", "list", "--kind", "zeitung"], {}, 2, "is not one of"),
        (["unsinn"], {}, 2, "No such command 'unsinn'"),
    ],
)
def test_wrong_input_gets_a_clear_line(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], code: int, message: str
) -> None:
    done = mpsc(*arguments, cwd=tmp_path, **environment)
    assert message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == code
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--source", "jena"], "source 'jena' is not in the database; it has: auental"),
        (["--topic", "quatsch"], "no article has topic 'quatsch'; there are: beteiligung"),
        (["--state", "Bayern"], "no source in 'Bayern'"),
        (["--since", "2026-01-01", "--until", "2025-01-01"], "no day is between them"),
    ],
)
def test_filters_that_find_nothing_say_why(demo: dict[str, Any], arguments: list[str], message: str) -> None:
    done = mpsc("articles", *arguments, cwd=demo["folder"])
    assert done.returncode == 2 and message in done.stderr


def test_articles_are_listed_and_one_is_shown_with_its_evidence(demo: dict[str, Any]) -> None:
    listed = mpsc("articles", "--source", "lindenfurt", "--since", "2024-01-01", cwd=demo["folder"])
    assert listed.returncode == 0 and "lindenfurt" in listed.stdout and "without a publication date" in listed.stdout
    shown = mpsc("articles", "show", "1", cwd=demo["folder"])
    assert shown.returncode == 0
    for word in ("identity", "evidence", "published", "topic"):
        assert word in shown.stdout
    assert "no article has number 9999" in mpsc("articles", "show", "9999", cwd=demo["folder"]).stderr


def test_the_registry_is_listed_and_shown(tmp_path: Path) -> None:
    listed = mpsc("sources", "list", "--kind", "project", cwd=tmp_path)
    assert listed.returncode == 0 and "73 sources" in listed.stdout
    shown = mpsc("sources", "show", "jena", cwd=tmp_path)
    assert "AGS 16053000" in shown.stdout and "unverified" in shown.stdout


def test_check_asks_the_live_site_and_says_what_to_do(tmp_path: Path) -> None:
    from tests.crawl import loopback as lb
    from tests.crawl.test_live import register

    with lb.serving(good=lb.healthy(3), bad={"/news": lb.status(404)}) as sites:
        env = {
            "MPSC_SOURCES_DIR": register(tmp_path / "sources", sites),
            "MPSC_DELAY": "0",
            "MPSC_CONTACT": "x",
            "COLUMNS": "200",
        }
        done = mpsc("sources", "check", cwd=tmp_path, **env)
    assert done.returncode == 1
    assert "Sensoren im Viertel 0 (2025-03-12" in done.stdout and "http-404" in done.stdout
    assert "1 of 2 addresses are well" in done.stdout


def test_scrapys_own_commands_work(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    root = Path(__file__).parents[1]
    env = os.environ | {
        "MPSC_DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
        "MPSC_ARCHIVE_DIR": str(tmp_path / "archive"),
    }
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == ["news"]
    from tests.crawl import loopback as lb
    from tests.crawl.test_live import ask, register

    with lb.serving(one=lb.healthy(2), two=lb.healthy(2)) as sites:
        env |= {"MPSC_SOURCES_DIR": register(tmp_path / "sources", sites), "MPSC_DELAY": "0"}
        crawled = subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "sources=one"],
            cwd=root,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert crawled.returncode == 0, crawled.stderr
        fetched = subprocess.run(
            [sys.executable, "-m", "scrapy", "shell", sites["two"].base + "/news", "-c", "response.status"],
            cwd=root,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "200" in fetched.stdout, fetched.stderr
    assert ask(tmp_path / "a.db", "select count(*) from article") == [(2,)]


def test_settings_come_from_the_environment() -> None:
    assert load_settings({"MPSC_DELAY": "2.5", "MPSC_CONTACT": " a@b.example "}) == Settings(
        delay=2.5, contact="a@b.example"
    )
    with pytest.raises(SettingsError, match="MPSC_TIMEOUT"):
        load_settings({"MPSC_TIMEOUT": "nan"})
