"""Gathers the news of the German Modellprojekte Smart Cities into one database."""

__version__ = "0.1.0"
