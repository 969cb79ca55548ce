"""The ledger's small world serves its followers too."""

from tests.ledger.world import world

__all__ = ["world"]
