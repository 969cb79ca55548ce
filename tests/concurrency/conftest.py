"""These tests share the ledger's small world, also behind a proxy."""

from tests.faults.conftest import behind, proxy
from tests.ledger.world import world

__all__ = ["behind", "proxy", "world"]
