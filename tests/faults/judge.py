"""Holds what the clients were told against what the database says."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

from largesse import ledger
from largesse.db import Database, ReadConnection
from tests.faults.stage import Stage, Viewer
from tests.faults.tally import Tally, Wish

_NAMED_MAX = 5

_GIFTS = "SELECT id, sender_id, recipient_id, room_id, seq, coins_paid + coins_bonus, milli_diamonds FROM gift"


@dataclass
class Verdict:
    """What was found; everything must be empty."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not there."""
    doubled: list[str] = field(default_factory=list)
    """There twice, or taken from a wallet and never acknowledged."""
    wrong: list[str] = field(default_factory=list)
    """Everything else that does not agree."""
    broken: list[str] = field(default_factory=list)
    """What `largesse ledger check` says."""
    checked: bool = False
    """It was asked."""

    @property
    def findings(self) -> list[str]:
        """One sentence each, a few of each sort."""
        sorts = {
            "lost": self.lost,
            "doubled": self.doubled,
            "wrong": self.wrong,
            "ledger": self.broken,
        }
        lines = []
        for name, found in sorts.items():
            lines += [f"{name}: {line}" for line in found[:_NAMED_MAX]]
            if len(found) > _NAMED_MAX:
                lines.append(f"{name}: and {len(found) - _NAMED_MAX} more")
        return lines


async def judge(url: str, stage: Stage, tally: Tally) -> Verdict:
    """Compare, once every gift is settled and nothing is in flight."""
    verdict = Verdict()
    db = Database(url, size_max=2)
    await db.open()
    try:
        async with db.read() as conn:
            rows = await _rows(conn, _GIFTS)
            _judge_gifts(verdict, tally, rows)
            await _judge_wallets(verdict, conn, stage, tally)
            await _judge_rooms(verdict, conn, stage, tally)
            await _judge_orders(verdict, conn, tally)
            report = await ledger.check(conn)
    finally:
        await db.close()
    verdict.broken += [f"invariant {p.invariant}: {p.place}: {p.detail}" for p in report.problems]
    verdict.checked = True
    verdict.wrong += tally.surprises
    if tally.unsettled():
        verdict.wrong.append(f"{tally.unsettled()} gifts were never answered for good")
    return verdict


async def _rows(
    conn: ReadConnection, query: LiteralString, *params: object
) -> list[tuple[Any, ...]]:
    return await (await conn.execute(query, params)).fetchall()


def _judge_gifts(verdict: Verdict, tally: Tally, rows: list[tuple[Any, ...]]) -> None:
    times = Counter(row[0] for row in rows)
    verdict.doubled += [f"gift {id_} is there {n} times" for id_, n in times.items() if n > 1]
    verdict.lost += [f"gift {id_}" for id_ in tally.acknowledged if id_ not in times]
    for id_, sender_id, recipient_id, room_id, seq, coins, milli in rows:
        wish = tally.sent.get(id_)
        if wish is None:
            verdict.wrong.append(f"gift {id_} is there and nobody sent it")
        elif (answer := tally.acknowledged.get(id_)) is None:
            verdict.doubled.append(f"gift {id_} is there, its sender was told {_told(tally, id_)}")
        elif not _is_same(wish, sender_id, recipient_id, room_id, coins) or (seq, milli) != (
            answer.seq,
            answer.milli_diamonds,
        ):
            verdict.wrong.append(f"gift {id_} is there, but not as it was acknowledged")


def _told(tally: Tally, id_: UUID) -> str:
    return tally.refused.get(id_, "nothing")


def _is_same(wish: Wish, sender_id: UUID, recipient_id: UUID, room_id: UUID, coins: int) -> bool:
    return (wish.sender_id, wish.recipient_id, wish.stream_id, wish.coins) == (
        sender_id,
        recipient_id,
        room_id,
        coins,
    )


async def _judge_wallets(
    verdict: Verdict, conn: ReadConnection, stage: Stage, tally: Tally
) -> None:
    """A wallet is what it was, and what was bought, less what was acknowledged."""
    expected: Counter[UUID] = Counter()
    for viewer in (*stage.viewers, *stage.buyers):
        expected[viewer.id] = viewer.coins
    for buyer_id, coins in tally.credited.values():
        expected[buyer_id] += coins
    for id_ in tally.acknowledged:
        expected[tally.sent[id_].sender_id] -= tally.sent[id_].coins
    for viewer in (*stage.viewers, *stage.buyers):
        await _judge_wallet(verdict, conn, viewer, expected[viewer.id])


async def _judge_wallet(
    verdict: Verdict, conn: ReadConnection, viewer: Viewer, expected: int
) -> None:
    wallet = await ledger.wallet_state(conn, viewer.id)
    coins = wallet.coins_paid + wallet.coins_bonus
    if coins != expected:
        sort = verdict.doubled if coins < expected else verdict.wrong
        sort.append(f"wallet {viewer.id} holds {coins} coins, its owner knows of {expected}")


async def _judge_rooms(verdict: Verdict, conn: ReadConnection, stage: Stage, tally: Tally) -> None:
    """Acknowledged gifts number their room from 1, without gaps; their diamonds are with the creator."""
    seqs: dict[UUID, list[int]] = {stream.id: [] for stream in stage.streams}
    milli: Counter[UUID] = Counter()
    for id_, answer in tally.acknowledged.items():
        wish = tally.sent[id_]
        seqs[wish.stream_id].append(answer.seq)
        milli[wish.recipient_id] += answer.milli_diamonds
    for stream in stage.streams:
        if sorted(seqs[stream.id]) != list(range(1, len(seqs[stream.id]) + 1)):
            verdict.wrong.append(
                f"the acknowledged gifts of room {stream.id} are not numbered 1, 2, .."
            )
        if await ledger.last_seq(conn, stream.id) != len(seqs[stream.id]):
            verdict.wrong.append(f"room {stream.id} has another last number than its gifts")
        held = (await ledger.balances(conn, stream.recipient_id)).get(
            ledger.Code.DIAMONDS_PENDING, 0
        )
        if held != milli[stream.recipient_id]:
            verdict.wrong.append(
                f"creator {stream.recipient_id} has {held} milli-diamonds of"
                f" {milli[stream.recipient_id]} that were acknowledged"
            )


async def _judge_orders(verdict: Verdict, conn: ReadConnection, tally: Tally) -> None:
    """Every order that was said to be credited has its top-up, and no other one of theirs has."""
    query: LiteralString = (
        "SELECT DISTINCT entry_id FROM transfer WHERE kind = 'top_up' AND entry_id = ANY (%s)"
    )
    credited = {row[0] for row in await _rows(conn, query, list(tally.ordered))}
    verdict.lost += [f"order {id_} has no coins" for id_ in tally.credited.keys() - credited]
    verdict.doubled += [
        f"order {id_} has coins nobody was told of" for id_ in credited - tally.credited.keys()
    ]
