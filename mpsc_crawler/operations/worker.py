"""How a process beside the main one is set up to read pages."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time


def prepare_worker() -> None:
    """Let the collector look seldom (pages are freed without it), and leave it to the main process when to end."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """A worker whose main process was killed would wait for work for ever, and keep its output open."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
