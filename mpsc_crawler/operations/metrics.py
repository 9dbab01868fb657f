"""Figures of a run as a text file for Prometheus' node exporter (textfile collector); extra ``operations``."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from mpsc_crawler.operations.examine import Examined, last_read, newest
from mpsc_crawler.settings import SettingsError


def check_metrics() -> None:
    """Make sure, before anything is fetched, that figures can be written.

    :raises SettingsError: the library is missing.
    """
    try:
        import prometheus_client  # noqa: F401
    except ModuleNotFoundError as error:
        raise SettingsError(
            "MPSC_METRICS_FILE needs prometheus-client: pip install 'mpsc-crawler[operations]'"
        ) from error


def write_metrics(path: Path, run: dict[str, Any], examined: Examined) -> None:
    """Write the figures of a run and the state of every source; the file is replaced whole.

    :param run: ``started``, ``ended`` (aware), ``status``, ``counts`` by name, ``failures`` by class.
    :raises OSError: the file cannot be written.
    """
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

    registry = CollectorRegistry()

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"mpsc_{name}", text, labels, registry=registry)

    gauge("run_end_timestamp_seconds", "When the last run ended.").set(run["ended"].timestamp())
    gauge("run_duration_seconds", "How long it took.").set((run["ended"] - run["started"]).total_seconds())
    gauge("run_status", "How it ended; 1 for the status that holds.", "status").labels(run["status"]).set(1)
    counts = gauge("run_articles", "What it found, by kind.", "kind")
    for kind in ("new", "changed", "unchanged", "missing", "gone", "outside", "failed"):
        counts.labels(kind).set(run["counts"].get(kind, 0))
    failures = gauge("run_failures", "Failed requests, by class.", "failure")
    for failure, number in run["failures"].items():
        failures.labels(failure).set(number)
    articles = gauge("source_articles", "Articles of a source in the database.", "source")
    read = gauge("source_last_read_timestamp_seconds", "When a list of a source was last read.", "source")
    day = gauge("source_newest_timestamp_seconds", "The newest publication day of a source (midnight UTC).", "source")
    alarm = gauge("source_alarms", "Findings at a source that need a person.", "source")
    finding = gauge("source_finding", "A finding at a source.", "source", "kind")
    for past, told in examined:
        articles.labels(past.slug).set(past.count)
        alarm.labels(past.slug).set(sum(f.alarm for f in told))
        moment, latest = last_read(past), newest(past)
        if moment is not None:
            read.labels(past.slug).set(moment.timestamp())
        if latest is not None:
            day.labels(past.slug).set(datetime.combine(latest, time(), UTC).timestamp())
        for one in told:
            if one.alarm:
                finding.labels(past.slug, one.kind).set(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
