"""Overlays: widgets for streaming software, each behind a secret address."""
