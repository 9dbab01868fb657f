"""Gathers the news of the German Modellprojekte Smart Cities into one database."""

__version__ = "0.1.0"
SOFTWARE = f"MPSC-Crawler/{__version__}"
