"""How a process beside the main one is set up to read pages."""

from __future__ import annotations

import gc
import signal


def prepare_worker() -> None:
    """Let the collector look seldom (pages are freed without it), and leave it to the main process when to end."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
