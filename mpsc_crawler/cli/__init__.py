"""The command line: ``mpsc …``, one thin function per command. Exit codes are listed in docs/operating.md."""

from __future__ import annotations

import logging
import sys
from importlib import import_module

import click

from mpsc_crawler import __version__

# where each command lives: it is loaded when it is called, so that no command (and no worker process) waits for all
_COMMANDS = {
    "demo": "crawl",
    "crawl": "crawl",
    "status": "status",
    "runs": "status",
    "sources": "sources",
    "articles": "articles",
    "search": "search",
    "stories": "stories",
    "topics": "topics",
    "timeline": "research",
    "compare": "research",
    "report": "research",
    "export": "export",
    "snapshot": "snapshot",
    "extract": "extract",
    "reextract": "reextract",
    "archive": "archive",
    "erase": "erase",
    "db": "database",
}


class _Commands(click.Group):
    """The commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"mpsc_crawler.cli.{_COMMANDS[cmd_name]}"), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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
