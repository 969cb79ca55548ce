"""Durable gifts a second through the gift writer, against the best that one gift for each transaction can do.

The baseline writes the same rows by one prepared statement for each gift, driven by pgbench over many connections, in a
database beside the first on the same server, in turns with it. Rates are medians of their rounds.
"""

import asyncio
import gc
import random
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import Any

from bench.machine import REST_S
from bench.server import Stage, stage
from bench.single import one_per_transaction, second_database
from largesse import collector
from largesse.ledger import GiftEntry, GiftRequest, GiftWriter, check
from largesse.types import new_id

GIFTS = 40_000
"""Of one round with full batches."""
SENDERS = 2_000
ROOMS = 100
ROUNDS = 7
SIDE_ROUNDS = 3
"""Of other batch sizes and skews."""
BATCH_SIZE = 512
BATCH_SIZES = {1: 0.04, 16: 0.25, 128: 1.0, 512: 1.0, 1024: 1.0}
"""The largest batch, and the part of `GIFTS` that a round takes with it."""
WAITING_BATCHES = 8
"""So many batches of requests wait while one is written."""
GIFT_COINS = 5
ZIPF_EXPONENT = 1.1
SINGLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the writer."""

    gifts_per_s: float
    batches_ms: list[float]
    """From one commit to the next."""


def requests(
    place: Stage, count: int, chance: random.Random, *, skew: str = "uniform"
) -> list[GiftRequest]:
    """Gifts of random viewers in random rooms; skewed, one creator receives everything, or few viewers send most."""
    rooms = place.rooms[:1] if skew == "one_creator" else place.rooms
    senders = _senders(place, count, chance, zipf=skew == "zipf_senders")
    made = []
    for sender in senders:
        room, creator = chance.choice(rooms)
        made.append(
            GiftRequest(
                id=new_id(),
                sender_id=sender,
                recipient_id=creator,
                room_id=room,
                gift_type_no=1,
                count=1,
                coins=GIFT_COINS,
                share_id=place.share.id,
                milli_diamonds=place.share.milli_diamonds(GIFT_COINS),
                hold_min_days=7,
                bonus_hold_days=7,
            )
        )
    return made


def _senders(place: Stage, count: int, chance: random.Random, *, zipf: bool) -> Sequence[Any]:
    if not zipf:
        return chance.choices(place.senders, k=count)
    weights = [1 / rank**ZIPF_EXPONENT for rank in range(1, len(place.senders) + 1)]
    return chance.choices(place.senders, weights, k=count)


async def batched(place: Stage, gifts: list[GiftRequest], *, batch_size: int = BATCH_SIZE) -> Round:
    """Commit and acknowledge the gifts, with enough of them waiting to fill the batches."""
    commits_s: list[float] = []

    def committed(_: Sequence[GiftEntry]) -> None:
        commits_s.append(time.perf_counter())

    writer = GiftWriter(place.db, batch_size_max=batch_size, on_commit=committed)
    await writer.start()
    waiting_max = WAITING_BATCHES * batch_size
    collector.settle()  # as a server does; the waiting requests are no garbage
    started_s = time.perf_counter()
    waiting: deque[asyncio.Future[GiftEntry]] = deque()
    for gift in gifts:
        if len(waiting) == waiting_max:
            await waiting.popleft()
        waiting.append(writer.submit_nowait(gift))
    await asyncio.gather(*waiting)
    elapsed_s = time.perf_counter() - started_s
    await writer.stop()
    gc.unfreeze()
    between_ms = [(later - earlier) * 1000 for earlier, later in pairwise(commits_s)]
    return Round(len(gifts) / elapsed_s, between_ms)


async def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """All figures; what is compared runs in turns, so that a slow moment of the machine hits both."""
    chance = random.Random(7)
    async with (
        stage(url, senders=SENDERS, rooms=ROOMS) as place,
        stage(second_database(url), senders=SENDERS, rooms=ROOMS) as single_place,
    ):
        await batched(place, requests(place, max(1, gifts // 10), chance))  # warms up
        rounds, single = [], []
        rest_s = REST_S if gifts >= GIFTS else 0.0
        for _ in range(ROUNDS):
            await asyncio.sleep(rest_s)
            rounds.append(await batched(place, requests(place, gifts, chance)))
            await asyncio.sleep(rest_s)
            rate = one_per_transaction(single_place, SINGLE_S * gifts / GIFTS, GIFT_COINS)
            single.append(await rate)
        sizes = await _by_batch_size(place, gifts, chance, rest_s)
        skews = await _by_skew(place, gifts, chance, rest_s)
        count, size_bytes = await gift_bytes(place)
        async with place.db.read() as conn:
            assert (await check(conn)).problems == []
    gifts_per_s = median(round_.gifts_per_s for round_ in rounds)
    return {
        "gifts_per_s": round(gifts_per_s),
        "one_per_transaction_per_s": round(median(single)),
        "ratio_to_one_per_transaction": round(gifts_per_s / median(single), 1),
        "bytes_per_gift": round(size_bytes / count),
        "batch_size": BATCH_SIZE,
        **batch_times(rounds),
        "gifts_per_s_by_batch_size": sizes,
        "gifts_per_s_by_skew": {"uniform": round(gifts_per_s), **skews},
        "rounds_gifts_per_s": [round(round_.gifts_per_s) for round_ in rounds],
        "rounds_one_per_transaction_per_s": [round(rate) for rate in single],
    }


async def _by_batch_size(
    place: Stage, gifts: int, chance: random.Random, rest_s: float
) -> dict[str, int]:
    found: dict[int, list[float]] = {size: [] for size in BATCH_SIZES}
    for _ in range(SIDE_ROUNDS):
        for size, part in BATCH_SIZES.items():
            wanted = requests(place, max(1, int(gifts * part)), chance)
            await asyncio.sleep(rest_s)
            found[size].append((await batched(place, wanted, batch_size=size)).gifts_per_s)
    return {str(size): round(median(rates)) for size, rates in found.items()}


async def _by_skew(
    place: Stage, gifts: int, chance: random.Random, rest_s: float
) -> dict[str, int]:
    found: dict[str, list[float]] = {"one_creator": [], "zipf_senders": []}
    for _ in range(SIDE_ROUNDS):
        for skew, rates in found.items():
            wanted = requests(place, gifts, chance, skew=skew)
            await asyncio.sleep(rest_s)
            rates.append((await batched(place, wanted)).gifts_per_s)
    return {skew: round(median(rates)) for skew, rates in found.items()}


def batch_times(rounds: Sequence[Round]) -> dict[str, float]:
    """How long a batch takes when the next one waits already."""
    times_ms = [time_ms for round_ in rounds for time_ms in round_.batches_ms]
    if len(times_ms) < 2:
        return {"batch_p50_ms": 0.0, "batch_p99_ms": 0.0}
    cuts = quantiles(times_ms, n=100, method="inclusive")
    return {"batch_p50_ms": round(cuts[49], 1), "batch_p99_ms": round(cuts[98], 1)}


async def gift_bytes(place: Stage) -> tuple[int, int]:
    """Rows of `gift`, and bytes on disk of its months with their indexes, and of the batches."""
    async with place.db.read() as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM gift), pg_total_relation_size('batch')"
            " + (SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('gift'))::bigint"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row
