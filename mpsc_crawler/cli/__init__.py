"""The command line: ``mpsc …``, one thin function per command. Exit codes are listed in docs/operating.md."""

from __future__ import annotations

import logging
import sys

import click

from mpsc_crawler import __version__
from mpsc_crawler.cli.articles import articles
from mpsc_crawler.cli.crawl import crawl, demo
from mpsc_crawler.cli.database import db
from mpsc_crawler.cli.export import export
from mpsc_crawler.cli.extract import extract
from mpsc_crawler.cli.sources import sources


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="mpsc")
@click.option("-v", "--verbose", count=True, help="Log more; twice for everything.")
def main(verbose: int) -> None:
    """Gathers the news of the German Modellprojekte Smart Cities into one database."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for name in ("scrapy", "twisted", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR if verbose < 2 else logging.DEBUG)
    if verbose < 2:
        # a robots.txt that cannot be fetched is told once, with the source it belongs to
        logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    if verbose == 0 and not sys.stderr.isatty():
        logging.getLogger("mpsc").setLevel(logging.INFO)


for command in (demo, crawl, sources, articles, export, extract, db):
    main.add_command(command)
