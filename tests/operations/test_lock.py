"""One run at a time asks a host: taken whole or not at all, told who holds it, taken over from the dead only."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from mpsc_crawler.operations.lock import STALE, Busy, Holder, HostLocks, this_process

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ELSEWHERE, OTHER = Holder("server-a", 17, "1"), Holder("server-b", 18, "2")


def test_two_runs_share_no_host_and_the_second_is_told_who_holds_it(engine: Engine) -> None:
    first, second = HostLocks(engine, ELSEWHERE), HostLocks(engine, OTHER)
    assert first.take("jena", {"jena.de", "smartcity-jena.de"}, NOW, 1.0) == 0
    busy = second.take("portal", {"portal.de", "jena.de"}, NOW + timedelta(minutes=3), 1.0)
    assert isinstance(busy, Busy)
    assert (busy.host, busy.since) == ("jena.de", NOW)
    assert "server-a" in str(busy) and "17" in str(busy)
    assert HostLocks(engine, Holder("server-c", 1, "")).take("portal", {"portal.de"}, NOW, 1.0) == 0, (
        "what was refused must not keep the other host"
    )


def test_sources_of_one_run_share_a_host_until_the_last_is_done(engine: Engine) -> None:
    locks, other = HostLocks(engine, ELSEWHERE), HostLocks(engine, OTHER)
    assert locks.take("news", {"jena.de"}, NOW, 1.0) == 0
    assert locks.take("press", {"jena.de"}, NOW, 1.0) == 0
    locks.release("news", NOW, {})
    assert isinstance(other.take("x", {"jena.de"}, NOW, 1.0), Busy)
    locks.release("press", NOW, {"jena.de": 20.0})
    wait = other.take("x", {"jena.de"}, NOW + timedelta(seconds=5), 1.0)
    assert wait == pytest.approx(15.0), "the pause that the host asks for holds for the next run too"


def test_a_lock_goes_stale_only_without_a_sign_of_life(engine: Engine) -> None:
    first, second = HostLocks(engine, ELSEWHERE), HostLocks(engine, OTHER)
    first.take("jena", {"jena.de"}, NOW, 1.0)
    first.beat(NOW + timedelta(minutes=8))
    assert isinstance(second.take("jena", {"jena.de"}, NOW + STALE + timedelta(minutes=1), 1.0), Busy)
    later = NOW + timedelta(minutes=8) + STALE + timedelta(seconds=1)
    assert second.take("jena", {"jena.de"}, later, 2.5) == 2.5
    assert first.beat(later) == {"jena.de"}, "the first is told that it has lost the host"


def test_a_process_that_died_on_this_machine_is_known_at_once(engine: Engine) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from mpsc_crawler.operations.lock import this_process as t; print(t())"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    dead = HostLocks(engine, Holder.parse(told))
    dead.take("jena", {"jena.de"}, NOW, 1.0)
    mine = HostLocks(engine, this_process())
    assert mine.take("jena", {"jena.de"}, NOW + timedelta(seconds=1), 1.0) == 1.0
    assert isinstance(HostLocks(engine, OTHER).take("x", {"jena.de"}, NOW + timedelta(seconds=2), 1.0), Busy)


def test_a_process_in_another_name_space_is_not_known_to_be_dead(engine: Engine) -> None:
    me = this_process()
    elsewhere = Holder(me.machine, 4_000_000, "another-boot/4026531836/17")
    assert not elsewhere.is_dead, "two containers may share a name and know nothing of each other's processes"
    if me.began.startswith("/"):
        pytest.skip("no Linux: whether a process has ended is never known")
    assert Holder(me.machine, 4_000_000, me.began).is_dead
    assert not me.is_dead


def test_what_is_let_go_while_the_beat_is_told_is_not_lost(engine: Engine) -> None:
    locks = HostLocks(engine, ELSEWHERE)
    names = [f"s{n}" for n in range(12)]
    for name in names:
        locks.take(name, {f"{name}.de"}, NOW, 1.0)
    lost: set[str] = set()
    ended = threading.Event()

    def beating() -> None:
        while not ended.is_set():
            lost.update(locks.beat(NOW))

    beater = threading.Thread(target=beating)
    beater.start()
    for name in names:
        locks.release(name, NOW, {})
    ended.set()
    beater.join()
    assert lost == set()


def test_a_clock_that_jumps_back_frees_nothing(engine: Engine) -> None:
    HostLocks(engine, ELSEWHERE).take("jena", {"jena.de"}, NOW, 1.0)
    assert isinstance(HostLocks(engine, OTHER).take("x", {"jena.de"}, NOW - timedelta(days=1), 1.0), Busy)
