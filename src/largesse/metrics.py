"""What Prometheus is told, beside the process's own figures."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

if TYPE_CHECKING:
    from largesse.ledger import GiftEntry

_GIFTS = Counter("largesse_gifts", "Gifts committed")
_COINS = Counter("largesse_gift_coins", "Coins of committed gifts")
_BATCH = Histogram(
    "largesse_batch_gifts", "Gifts per committed batch", buckets=(1, 4, 16, 64, 256, 512, 1024)
)


def figures() -> CollectorRegistry:
    """This process's figures; of one of several workers, the sums over all of them."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


OnCommit = Callable[[Sequence["GiftEntry"]], None]


def counted(publish: OnCommit) -> OnCommit:
    """`publish`, with each batch counted first."""

    def count_and_publish(entries: Sequence["GiftEntry"]) -> None:
        _GIFTS.inc(len(entries))
        _COINS.inc(sum(entry.request.coins for entry in entries))
        _BATCH.observe(len(entries))
        publish(entries)

    return count_and_publish
