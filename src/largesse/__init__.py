"""Largesse: the open-source coin economy for live platforms."""

__version__ = "0.1.0"
