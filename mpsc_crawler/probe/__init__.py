"""Questions to live sites: does a known source still work (``check``), what would we make of a new one (``site``)?"""

from __future__ import annotations

from mpsc_crawler.probe.check import AddressCheck, check_source
from mpsc_crawler.probe.site import Proposal, probe_site

__all__ = ["AddressCheck", "Proposal", "check_source", "probe_site"]
