"""How a process is set up to read pages, the main one or one beside it."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time


def look_seldom() -> None:
    """What is loaded by now stays for good, and pages are freed without the collector: it need not look so often."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def prepare_worker() -> None:
    """Leave it to the main process when to end, and end with it."""
    look_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """A worker whose main process was killed would wait for work for ever, and keep its output open."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
