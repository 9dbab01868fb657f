"""What follows a run: old archive files are dropped, figures written, people told. Nothing here can undo what the run stored."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from mpsc_crawler.operations.examine import alarms, examine
from mpsc_crawler.operations.metrics import check_metrics, write_metrics
from mpsc_crawler.operations.notify import check_notify, notice_of, send
from mpsc_crawler.operations.retention import drop_old
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
    engine: Engine, settings: Settings, started: datetime, now: datetime, status: str, counts: dict[str, Any]
) -> dict[str, Any]:
    """Do what follows a run; returns what its record is to hold beside its counts.

    :param started: aware, as ``now``.
    :raises DatabaseError, ArchiveError: old files could not be dropped.
    """
    told: dict[str, Any] = {}
    folder = archive_path(settings)
    if settings.archive_days and folder is not None:
        dropped = drop_old(engine, folder, settings.archive_days, now)
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
        past = (run["counts"].get("alarms") for run in history.runs(engine, 20))
        before: dict[str, list[str]] = next((told for told in past if told is not None), {})
        problem = "No source could be reached." if status == "failed" else ""
        notice = notice_of(found, before, problem)
        if notice is not None:
            send(settings.notify, notice)
    return told
