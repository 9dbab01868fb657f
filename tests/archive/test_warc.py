"""What is archived can be read back, by us and by others."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mpsc_crawler.archive import warc
from mpsc_crawler.archive.warc import ArchiveError, ReplayArchive, WarcArchive, read_exchanges
from mpsc_crawler.items import Exchange

DAY = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)


def exchange(url: str, body: bytes, at: datetime = DAY, status: int = 200) -> Exchange:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", '"1"'))
    return Exchange(url, status, headers, body, at, (("User-Agent", "MPSC-Crawler"),))


def test_responses_come_back_and_other_tools_read_them(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, "test", DAY)
    positions = [archive.write(exchange(f"https://a.example/{n}", f"<p>Größe {n}</p>".encode())) for n in range(3)]
    archive.close()
    (path,) = tmp_path.glob("*.warc.gz")
    found = list(read_exchanges(path))
    assert [e.body.decode() for e in found] == [f"<p>Größe {n}</p>" for n in range(3)]
    assert (
        found[0].header("etag") == '"1"' and found[0].header("Content-Encoding") is None and found[0].fetched_at == DAY
    )
    with path.open("rb") as stream:
        for name, offset in positions:
            assert name == path.name
            stream.seek(offset)
            assert stream.read(2) == b"\x1f\x8b", "every record is compressed by itself"
    checked = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_killed_writer_loses_at_most_the_last_record(tmp_path: Path) -> None:
    archive = WarcArchive(tmp_path, "test", DAY)
    for n in range(3):
        archive.write(exchange(f"https://a.example/{n}", b"x" * 5000))
    archive.flush()
    (path,) = tmp_path.glob("*.warc.gz")
    path.write_bytes(path.read_bytes()[:-30])
    archive.close()
    assert [e.url for e in read_exchanges(path)][:2] == ["https://a.example/0", "https://a.example/1"]


def test_files_rotate_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc, "ROTATE_BYTES", 2000)
    archive = WarcArchive(tmp_path, "test", DAY)
    for n in range(6):
        archive.write(exchange(f"https://a.example/{n}", str(range(n)).encode() * 50))
    archive.close()
    assert len(list(tmp_path.glob("*.warc.gz"))) > 1


def test_replay_answers_as_of_a_moment(tmp_path: Path) -> None:
    later = DAY.replace(day=16)
    archive = WarcArchive(tmp_path, "test", DAY)
    archive.write(exchange("https://a.example/x?utm_source=1", b"alt"))
    archive.write(exchange("https://a.example/x", b"neu", later))
    archive.close()
    paths = list(tmp_path.glob("*.warc.gz"))
    first, last = ReplayArchive(paths, DAY), ReplayArchive(paths)
    assert (found := first.get("https://a.example/x")) is not None and found.body == b"alt"
    assert (found := last.get("https://a.example/x")) is not None and found.body == b"neu"
    assert last.now == later and last.get("https://a.example/y") is None


def test_wrong_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        ReplayArchive([tmp_path / "none.warc.gz"])
    (tmp_path / "odd.warc.gz").write_bytes(b"no archive at all")
    with pytest.raises(ArchiveError, match=r"odd\.warc\.gz"):
        ReplayArchive([tmp_path / "odd.warc.gz"])
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="MPSC_ARCHIVE_DIR"):
        WarcArchive(tmp_path / "file", "test", DAY).write(exchange("https://a.example/", b""))
