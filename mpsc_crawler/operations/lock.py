"""Who asks which host? One run at a time, across processes and machines that share a database.

A lock is a row that tells its holder and the holder's last sign of life. It is held by the database while it is looked at
and taken, so that of two runs that want a dead one's lock only one gets it. What is let go keeps the moment from which the host may be asked
again: the pause between two requests holds across runs, too.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from mpsc_crawler.operations.due import LONGEST_CRAWL_DELAY, PATIENCE
from mpsc_crawler.storage.models import HostLock
from mpsc_crawler.storage.registry import bury, running
from mpsc_crawler.storage.session import begin_writing

BEAT = timedelta(seconds=60)
"""How often a run tells that it is alive."""
STALE = timedelta(minutes=10)
"""Without a sign of life for so long, a run on another machine counts as dead."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: its machine, its number, and when and where it began.

    Numbers are used again, and machines and containers may share a name: ``began`` tells the kernel's boot, the name space
    of the number, and the moment; only in the same boot and name space it is known whether a process has ended.
    """

    machine: str
    pid: int
    began: str

    def __str__(self) -> str:
        return f"{self.machine}:{self.pid}:{self.began}"

    @classmethod
    def parse(cls, told: str) -> Holder:
        """The holder that :meth:`__str__` tells."""
        machine, pid, began = told.rsplit(":", 2)
        return cls(machine, int(pid), began)

    @property
    def is_dead(self) -> bool:
        """Whether it is known to have ended; of other machines that is never known."""
        here, moment = _here(), self.began.rpartition("/")[2]
        if self.machine != platform.node() or not here or self.began.rpartition("/")[0] != here:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return moment != _moment(self.pid)


def _here() -> str:
    """The boot of the kernel and the name space of process numbers; empty where they are not told (not Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _moment(pid: int) -> str:
    """When a process began, in the kernel's ticks; empty where that is not told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="latin-1").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def this_process() -> Holder:
    """The holder that we are."""
    return Holder(platform.node(), os.getpid(), f"{_here()}/{_moment(os.getpid())}")


def is_held(holder: Holder, beat: datetime, now: datetime) -> bool:
    """Whether a lock holds: its process is not known to have ended, and has told of itself in time."""
    return not holder.is_dead and now - beat <= STALE


def bury_dead_runs(engine: Engine, now: datetime) -> None:
    """Note of runs whose processes are known to have ended without a word that they were killed."""
    dead = [number for number, holder in running(engine).items() if Holder.parse(holder).is_dead]
    if dead:
        with engine.begin() as connection:
            bury(connection, dead, now)


@dataclass(frozen=True, slots=True)
class Busy:
    """A host that another run holds."""

    host: str
    holder: Holder
    since: datetime

    def __str__(self) -> str:
        return (
            f"busy: {self.host} is asked by process {self.holder.pid} on {self.holder.machine}"
            f" since {self.since:%Y-%m-%d %H:%M} UTC"
        )


@dataclass(frozen=True, slots=True)
class Resting:
    """A host that has refused, and is left alone until then."""

    host: str
    until: datetime
    refusals: int

    def __str__(self) -> str:
        times = "once" if self.refusals <= 1 else f"{self.refusals} times in a row"
        return f"resting: {self.host} has refused {times}; it is left alone until {self.until:%Y-%m-%d %H:%M} UTC"


@dataclass(slots=True)
class HostLocks:
    """The locks of one run. Times are aware; the functions read no clock."""

    engine: Engine
    me: Holder
    run_id: int | None = None
    refusals: dict[str, int] = field(default_factory=dict)
    _held: dict[str, set[str]] = field(default_factory=dict)
    # asked from several threads: a host that is let go while the beat is told must not seem to be lost
    _alone: Lock = field(default_factory=Lock)

    def take(self, source: str, hosts: Iterable[str], now: datetime, pause: float) -> Busy | Resting | float:
        """Take all hosts of a source, or none of them; how often they have refused in a row is told in ``refusals``.

        :param pause: seconds to wait where a dead run does not tell when it asked last.
        :returns: who is in the way, which host wants to be left alone, or how many seconds are to be waited before the first request.
        """
        with self._alone:
            return self._take_all(source, sorted(set(hosts)), now, pause)

    def _take_all(self, source: str, hosts: list[str], now: datetime, pause: float) -> Busy | Resting | float:
        for _ in range(3):
            try:
                with self.engine.begin() as connection:
                    answer = self._take(connection, hosts, now, pause)
                    if not isinstance(answer, float):
                        connection.rollback()
                        return answer
                break
            except IntegrityError:
                continue  # another run was faster with a host that nobody had asked before: look again
        else:
            raise RuntimeError(f"the locks of {', '.join(hosts)} could not be taken")
        self._held[source] = set(hosts)
        return answer

    def _take(self, connection: Connection, hosts: list[str], now: datetime, pause: float) -> Busy | Resting | float:
        begin_writing(connection)
        asked = select(HostLock.__table__).where(HostLock.host.in_(hosts)).order_by(HostLock.host).with_for_update()
        known = {row.host: row for row in connection.execute(asked)}
        wait = 0.0
        for host in hosts:
            seen = known.get(host)
            values: dict[str, Any] = {
                "holder": str(self.me), "run_id": self.run_id, "since": now, "beat": now, "free_at": None,
            }  # fmt: skip
            if seen is None:
                connection.execute(insert(HostLock).values(host=host, **values))
                continue
            if seen.holder == str(self.me):
                continue
            if seen.holder is not None:
                holder = Holder.parse(seen.holder)
                if is_held(holder, seen.beat, now):
                    return Busy(host, holder, seen.since)
                wait = max(wait, pause)
                if seen.run_id is not None:  # it has not ended by itself: its record says so
                    bury(connection, [seen.run_id], seen.beat)
            elif seen.free_at is not None:
                left = seen.free_at - now
                if left > (PATIENCE if seen.refusals else timedelta(seconds=LONGEST_CRAWL_DELAY)):
                    return Resting(host, seen.free_at, seen.refusals)
                wait = max(wait, left.total_seconds())
            self.refusals[host] = seen.refusals
            connection.execute(update(HostLock).where(HostLock.host == host).values(values))
        return max(0.0, wait)

    def beat(self, now: datetime) -> set[str]:
        """Tell that we are alive; returns the hosts that another run has taken over meanwhile."""
        with self._alone, self.engine.begin() as connection:
            hosts = set().union(*self._held.values())
            mine = (HostLock.host.in_(hosts), HostLock.holder == str(self.me))
            connection.execute(update(HostLock).where(*mine).values(beat=now))
            return hosts - set(connection.execute(select(HostLock.host).where(*mine)).scalars())

    def release(
        self,
        source: str,
        now: datetime,
        pauses: Mapping[str, float],
        pause: float = 0.0,
        refusals: Mapping[str, int] | None = None,
    ) -> None:
        """Let go what only this source still needs.

        :param pauses: by host, how many seconds it is not to be asked again; ``pause`` for all others.
        :param refusals: by host, how often in a row it has refused; none for all others.
        """
        with self._alone, self.engine.begin() as connection:
            hosts = self._held.pop(source, set()).difference(*self._held.values())
            for host in sorted(hosts):
                free_at = now + timedelta(seconds=pauses.get(host, pause))
                connection.execute(
                    update(HostLock)
                    .where(HostLock.host == host, HostLock.holder == str(self.me))
                    .values(holder=None, run_id=None, beat=now, free_at=free_at, refusals=(refusals or {}).get(host, 0))
                )

    def release_all(
        self, now: datetime, pauses: Mapping[str, float], pause: float = 0.0, refusals: Mapping[str, int] | None = None
    ) -> None:
        """Let go everything, at the end of the run."""
        for source in list(self._held):
            self.release(source, now, pauses, pause, refusals)

    @property
    def hosts(self) -> frozenset[str]:
        """Everything that is held."""
        return frozenset().union(*self._held.values())
