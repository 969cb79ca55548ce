"""Durable gifts a second through the gift writer, against the best that one gift for each transaction can do.

The baseline writes the same rows by one prepared statement for each gift, driven by pgbench over many connections on
the same server in the same run.
"""

import asyncio
import gc
import json
import random
import re
import subprocess
import tempfile
import time
from typing import Any

import uvloop

from bench.server import ROOM_ID_FIRST, SENDER_ID_FIRST, Stage, postgres, stage
from largesse.ledger import GiftEntry, GiftRequest, GiftWriter, check
from largesse.postgres_binaries import bin_dir
from largesse.types import new_id

SENDERS = 2_000
ROOMS = 100
ROUNDS = 3
BATCH_SIZE = 512
GIFTS_PER_ROUND = 40_000
WAITING_MAX = 8 * BATCH_SIZE
GIFT_COINS = 5
SINGLE_CONNECTIONS = 16
SINGLE_SECONDS = 4

_ONE_GIFT = f"""
\\set sender random(1, {SENDERS})
\\set room random(1, {ROOMS})
WITH paid AS (
  UPDATE balance SET amount = amount - {GIFT_COINS}, turnover = turnover + {GIFT_COINS},
         month_spent = month_spent + {GIFT_COINS}
   WHERE owner_id = ('{str(SENDER_ID_FIRST)[:24]}' || lpad(to_hex(:sender::bigint), 12, '0'))::uuid
     AND code = 1 AND NOT frozen AND amount >= {GIFT_COINS}
  RETURNING owner_id, turnover - {GIFT_COINS} AS spent_before
), seat AS (
  UPDATE room SET last_seq = last_seq + 1
   WHERE id = ('{str(ROOM_ID_FIRST)[:24]}' || lpad(to_hex(:room::bigint), 12, '0'))::uuid
     AND open AND gifting AND EXISTS (SELECT FROM paid)
  RETURNING id, recipient_id, last_seq
), received AS (
  INSERT INTO balance (owner_id, code, amount) SELECT recipient_id, 10, {GIFT_COINS * 500} FROM seat
  ON CONFLICT (owner_id, code) DO UPDATE SET amount = balance.amount + excluded.amount
)
INSERT INTO gift (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
                  milli_diamonds, created_at, batch_no, count, gift_type_no, lane, share_id, hold_days)
SELECT paid.owner_id, gen_random_uuid(), seat.recipient_id, seat.id, seat.last_seq, {GIFT_COINS}, 0,
       paid.spent_before, {GIFT_COINS * 500}, now(), 1, 1, 1, 99, 1, 7
  FROM paid, seat;
"""  # noqa: S608


def requests(place: Stage, count: int, chance: random.Random) -> list[GiftRequest]:
    """Gifts of random viewers in random rooms."""
    made = []
    for _ in range(count):
        room, creator = chance.choice(place.rooms)
        made.append(
            GiftRequest(
                id=new_id(),
                sender_id=chance.choice(place.senders),
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


async def batched(place: Stage, gifts: list[GiftRequest]) -> float:
    """The rate at which gifts are committed and acknowledged, with enough of them waiting to fill the batches."""
    writer = GiftWriter(place.db, batch_size_max=BATCH_SIZE, on_commit=lambda entries: None)
    await writer.start()
    gc.collect()
    gc.freeze()  # as a server does once it has started; the waiting requests are no garbage
    started = time.perf_counter()
    futures: list[asyncio.Future[GiftEntry]] = []
    for number, gift in enumerate(gifts):
        if number >= WAITING_MAX:
            await futures[number - WAITING_MAX]
        futures.append(writer.submit_nowait(gift))
    await asyncio.gather(*futures)
    elapsed = time.perf_counter() - started
    await writer.stop()
    return len(gifts) / elapsed


def one_per_transaction(url: str) -> float:
    """The rate of gifts that are a transaction each."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_ONE_GIFT)
        script.flush()
        command = [str(bin_dir() / "pgbench"), "-n", "-M", "prepared", "-j", "1"]
        command += [
            "-c",
            str(SINGLE_CONNECTIONS),
            "-T",
            str(SINGLE_SECONDS),
            "-f",
            script.name,
            url,
        ]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
    rate = re.search(r"tps = ([\d.]+)", run.stdout)
    assert rate is not None, run.stdout
    return float(rate.group(1))


async def gift_bytes(place: Stage) -> tuple[int, int]:
    """Rows of `gift`, and bytes on disk of it and its indexes and batches."""
    async with place.db.read() as conn:
        cursor = await conn.execute(
            "SELECT (SELECT count(*) FROM gift),"
            " pg_total_relation_size('gift') + pg_total_relation_size('batch')"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row


async def measure(url: str) -> dict[str, Any]:
    """All figures; both rates in turns, so that a slow moment of the machine hits both."""
    chance = random.Random(7)
    rates: list[float] = []
    single: list[float] = []
    async with stage(url, senders=SENDERS, rooms=ROOMS) as place:
        for _ in range(ROUNDS):
            rates.append(await batched(place, requests(place, GIFTS_PER_ROUND, chance)))
        gifts, size_bytes = await gift_bytes(place)
        async with place.db.read() as conn:
            assert (await check(conn)).problems == []
        for _ in range(ROUNDS):
            single.append(await asyncio.to_thread(one_per_transaction, url))
            rates.append(await batched(place, requests(place, GIFTS_PER_ROUND, chance)))
    return {
        "gifts_per_s": round(max(rates)),
        "one_per_transaction_per_s": round(max(single)),
        "ratio_to_one_per_transaction": round(max(rates) / max(single), 1),
        "bytes_per_gift": round(size_bytes / gifts),
        "batch_size": BATCH_SIZE,
        "rounds_gifts_per_s": [round(rate) for rate in rates],
        "rounds_one_per_transaction_per_s": [round(rate) for rate in single],
    }


def main(*, as_json: bool = False) -> None:
    with postgres() as url:
        figures = uvloop.run(measure(url))
    if as_json:
        print(json.dumps(figures))
        return
    print(f"durable gifts/s, core, batches of up to {BATCH_SIZE}: {figures['gifts_per_s']:,}")
    print(f"one gift for each transaction, same server: {figures['one_per_transaction_per_s']:,}")
    print(f"ratio: {figures['ratio_to_one_per_transaction']}")
    print(f"bytes per gift, indexes included: {figures['bytes_per_gift']}")


if __name__ == "__main__":
    main()
