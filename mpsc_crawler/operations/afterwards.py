"""What follows a run: old archive files are dropped, figures written, people told. Nothing here can undo what the run stored."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mpsc_crawler.archive.warc import ArchiveError
from mpsc_crawler.operations.examine import alarms, examine
from mpsc_crawler.operations.metrics import check_metrics, write_metrics
from mpsc_crawler.operations.notify import check_notify, notice_of, send
from mpsc_crawler.operations.retention import Dropped, drop_old
from mpsc_crawler.settings import Settings, archive_path
from mpsc_crawler.storage import history

logger = logging.getLogger("mpsc")


def check_afterwards(settings: Settings) -> None:
    """Make sure, before anything is fetched, that what follows a run can be done.

    :raises SettingsError: a library is missing, or an address is wrong.
    """
    if settings.metrics_file:
        check_metrics()
    if settings.notify:
        check_notify(settings.notify)


def afterwards(
    engine: Engine,
    settings: Settings,
    run_id: int,
    started: datetime,
    now: datetime,
    status: str,
    counts: dict[str, Any],
) -> dict[str, Any]:
    """Do what follows a run; returns what its record is to hold beside its counts.

    :param started: aware, as ``now``.
    :raises DatabaseError: the database refused.
    """
    told: dict[str, Any] = {}
    folder = archive_path(settings)
    if settings.archive_days and folder is not None:
        try:
            dropped = drop_old(engine, folder, settings.archive_days, now)
        except ArchiveError as error:
            logger.error("%s", error)
            dropped = Dropped()
        if dropped.files:
            logger.warning("%s", dropped)
            told["dropped"] = {"files": len(dropped.files), "bytes": dropped.size, "articles": dropped.articles}
    examined = examine(engine, now)
    found = alarms(examined)
    told["alarms"] = {slug: [finding.kind for finding in findings] for slug, findings in found.items()}
    if settings.metrics_file:
        run = {"started": started, "ended": now, "status": status, "counts": counts, "failures": counts["failures"]}
        try:
            write_metrics(Path(settings.metrics_file), run, examined)
        except OSError as error:
            logger.error(
                "figures %s: %s; set MPSC_METRICS_FILE to another place", settings.metrics_file, error.strerror
            )
    if settings.notify:
        earlier = [run for run in history.runs(engine, 20) if run["id"] != run_id and "alarms" in run["counts"]]
        before: dict[str, list[str]] = earlier[0]["counts"]["alarms"] if earlier else {}
        again = bool(earlier) and earlier[0]["status"] == "failed"
        problem = "No source could be reached in this run." if status == "failed" and not again else ""
        notice = notice_of(found, before, problem)
        if notice is not None:
            send(settings.notify, notice)
    return told
