"""A crawl on another day: ``python -m tests.crawl.clocked DAYS [SOURCE ...]`` runs with the clock that many days ahead."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from mpsc_crawler.crawl import CrawlJob, run_crawls
from mpsc_crawler.settings import load_settings


def main() -> int:
    ahead = timedelta(days=float(sys.argv[1]))
    job = CrawlJob(load_settings(), sys.argv[2:], progress=False, clock=lambda: datetime.now(UTC) + ahead)
    (outcome,) = run_crawls([job])
    for slug, tally in outcome.tallies.items():
        print(slug, tally.status, dict(tally.counts), dict(tally.failures))
    return 1 if outcome.fatal is not None else 0


if __name__ == "__main__":
    sys.exit(main())
