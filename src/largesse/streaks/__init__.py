"""Streaks: one sender's gifts of one version under one id, closed by the server with their total."""
