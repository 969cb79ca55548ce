"""The baseline: one gift for each transaction, the same rows, by pgbench."""

import asyncio
import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from bench.server import ROOM_ID_FIRST, SENDER_ID_FIRST, Stage
from largesse.migrate import migrate
from largesse.postgres_binaries import bin_dir

CONNECTIONS = 16
_DATABASE = "single"

# The ids are UUIDv7 like those of clients, so that the rows lie in the same month's table.
_ONE_GIFT = """
\\set sender random(1, {senders})
\\set room random(1, {rooms})
WITH paid AS (
  UPDATE balance SET amount = amount - {coins}, turnover = turnover + {coins},
         month_spent = month_spent + {coins}
   WHERE owner_id = ('{sender_prefix}' || lpad(to_hex(:sender::bigint), 12, '0'))::uuid
     AND code = 1 AND NOT frozen AND amount >= {coins}
  RETURNING owner_id, turnover - {coins} AS spent_before
), seat AS (
  UPDATE room SET last_seq = last_seq + 1
   WHERE id = ('{room_prefix}' || lpad(to_hex(:room::bigint), 12, '0'))::uuid
     AND open AND gifting AND EXISTS (SELECT FROM paid)
  RETURNING id, recipient_id, last_seq
), received AS (
  INSERT INTO balance (owner_id, code, amount)
  SELECT recipient_id, 10, {milli_diamonds} FROM seat
  ON CONFLICT (owner_id, code) DO UPDATE SET amount = balance.amount + excluded.amount
)
INSERT INTO gift (sender_id, id, recipient_id, room_id, seq, coins_paid, coins_bonus, spent_before,
                  milli_diamonds, created_at, batch_no, count, gift_type_no, lane, share_id, hold_days)
SELECT paid.owner_id, uuidv7(), seat.recipient_id, seat.id, seat.last_seq, {coins}, 0,
       paid.spent_before, {milli_diamonds}, now(), 1, 1, 1, 99, {share_id}, 7
  FROM paid, seat;
"""


def second_database(url: str) -> str:
    """The address of a database with the same schema on the same server."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {_DATABASE}")
    second = url.replace("dbname=largesse", f"dbname={_DATABASE}")
    migrate(second)
    return second


async def one_per_transaction(place: Stage, seconds: float, coins: int) -> float:
    """The rate of gifts that are a transaction each, over so many seconds (at least one)."""
    return await asyncio.to_thread(_pgbench, place, max(1, round(seconds)), coins)


def _pgbench(place: Stage, seconds: int, coins: int) -> float:
    script = _ONE_GIFT.format(
        senders=len(place.senders),
        rooms=len(place.rooms),
        sender_prefix=str(SENDER_ID_FIRST)[:24],
        room_prefix=str(ROOM_ID_FIRST)[:24],
        coins=coins,
        milli_diamonds=place.share.milli_diamonds(coins),
        share_id=place.share.id,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gift.sql"
        path.write_text(script)
        command = [str(bin_dir() / "pgbench"), "-n", "-M", "prepared", "-j", "1"]
        command += ["-c", str(CONNECTIONS), "-T", str(seconds), "-f", str(path), place.db.url]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
    rate = re.search(r"tps = ([\d.]+)", run.stdout)
    assert rate is not None, run.stdout
    return float(rate.group(1))
