"""A crawled site cannot make us ask addresses of the local network: not by redirects, not by links, not by its DNS."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpsc_crawler.middlewares.local import is_public
from tests.conftest import mpsc
from tests.crawl import loopback as lb
from tests.crawl.test_live import ask, register


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
        "fe80::1", "fc00::1", "::ffff:10.0.0.8", "64:ff9b::a00:8", "224.0.0.1", "255.255.255.255", "fe80::1%eth0", "fec0::1", "::127.0.0.1",
        "64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_on_the_public_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2a00:1450:4001:82f::200e", "::ffff:93.184.215.14"])
def test_addresses_on_the_public_network(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.9.9", "localhost", "2130708745", "0x7f000909", "[::ffff:127.0.9.9]"])
def test_a_redirect_into_the_local_network_is_not_followed(tmp_path: Path, host: str) -> None:
    with lb.serving_at(
        "127.0.9.9" if host != "localhost" else "127.0.0.1", {"*": lb.page(b"<h1>Geheim</h1>")}
    ) as inside:
        routes = lb.healthy(2) | {
            "/news": lb.page(lb.listing("/news/0", "/news/1", "/news/falle")),
            "/news/falle": lb.redirect(f"http://{host}:{inside.server_address[1]}/geheim"),
        }
        with lb.serving(one=routes) as sites:
            done = mpsc(
                "crawl", cwd=tmp_path, MPSC_SOURCES_DIR=register(tmp_path / "sources", sites), MPSC_DELAY="0",
                MPSC_CONTACT="x",
            )  # fmt: skip
    assert inside.log == [], "not even robots.txt was asked for"
    assert ask(tmp_path / "mpsc.db", "select failure from issue_log") == [("local-address",)], done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(2,)]


def test_a_source_may_say_that_its_name_leads_to_the_local_network(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    env = {"MPSC_SOURCES_DIR": str(folder), "MPSC_DELAY": "0", "MPSC_CONTACT": "x"}
    with lb.serving_at("127.0.0.1", lb.healthy(2)) as site:
        told = (
            f'slug = "intern"\nname = "Intern"\nkind = "project"\n%saddresses = [{{ url = "http://localhost:{site.server_address[1]}/news",'
            ' kind = "list", origin = "seen", verified = true }]\n'
        )
        (folder / "intern.toml").write_text(told % "")
        refused = mpsc("crawl", cwd=tmp_path, **env)
        assert site.log == []
        assert refused.returncode == 3 and "local-address" in refused.stdout and "local = true" in refused.stdout
        (folder / "intern.toml").write_text(told % "local = true\n")
        done = mpsc("crawl", cwd=tmp_path, **env)
        assert done.returncode == 0, done.stderr
    assert ask(tmp_path / "mpsc.db", "select count(*) from article") == [(2,)]
