"""Demo mode: people, live rooms and posts to look around in. Seeding again changes nothing but the password."""

from largesse.demo.service import seed

__all__ = ["seed"]
