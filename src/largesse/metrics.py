"""What Prometheus is told, beside the process's own figures."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from largesse.ledger import GiftEntry

_GIFTS = Counter("largesse_gifts", "Gifts committed")
_COINS = Counter("largesse_gift_coins", "Coins of committed gifts")
_BATCH = Histogram(
    "largesse_batch_gifts", "Gifts per committed batch", buckets=(1, 4, 16, 64, 256, 512, 1024)
)

OnCommit = Callable[[Sequence["GiftEntry"]], None]


def counted(publish: OnCommit) -> OnCommit:
    """`publish`, with each batch counted first."""

    def count_and_publish(entries: Sequence["GiftEntry"]) -> None:
        _GIFTS.inc(len(entries))
        _COINS.inc(sum(entry.request.coins for entry in entries))
        _BATCH.observe(len(entries))
        publish(entries)

    return count_and_publish
