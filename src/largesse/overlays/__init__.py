"""Overlays: pages for streaming software, each of one kind, with its settings and a secret address."""

from largesse.overlays.defaults import load_defaults
from largesse.overlays.figures import FIGURES
from largesse.overlays.forgetting import forget_person
from largesse.overlays.jobs import register_jobs
from largesse.overlays.service import overlay_link

__all__ = ["FIGURES", "forget_person", "load_defaults", "overlay_link", "register_jobs"]
