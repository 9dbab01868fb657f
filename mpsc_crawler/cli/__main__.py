"""``python -m mpsc_crawler.cli``."""

from mpsc_crawler.cli import main

if __name__ == "__main__":  # worker processes import this module, too
    main()
