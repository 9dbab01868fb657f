"""``python -m mpsc_crawler.cli``."""

from mpsc_crawler.cli import main

main()
