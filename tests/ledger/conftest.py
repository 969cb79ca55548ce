"""The ledger's tests share one small world."""

from tests.ledger.world import world

__all__ = ["world"]
