"""Demo mode: people, live rooms and posts to look around in. Seeding again changes nothing but the password."""

from largesse.demo.history import HistoryRefused, Seeded, seed_history
from largesse.demo.service import seed

__all__ = ["HistoryRefused", "Seeded", "seed", "seed_history"]
