"""Durable gifts a second through the gift writer: in batches, and one for each transaction."""

import asyncio
import random
import time

from bench.server import Stage, postgres, stage
from largesse.ledger import GiftRequest, GiftWriter
from largesse.types import new_id

SENDERS = 2_000
ROOMS = 20
ROUNDS = 3
BATCH_SIZE = 512
BATCHED_GIFTS = 40_000
SINGLE_GIFTS = 5_000
WAITING_MAX = 10_000
GIFT_COINS = 5


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


async def gifts_per_s(place: Stage, gifts: list[GiftRequest], *, batch_size: int) -> float:
    """The rate at which gifts are committed and acknowledged."""
    writer = GiftWriter(place.db, batch_size_max=batch_size, on_commit=lambda entries: None)
    await writer.start()
    started = time.perf_counter()
    for start in range(0, len(gifts), WAITING_MAX):
        part = gifts[start : start + WAITING_MAX]
        await asyncio.gather(*(writer.submit_nowait(gift) for gift in part))
    elapsed = time.perf_counter() - started
    await writer.stop()
    return len(gifts) / elapsed


async def measure(url: str) -> tuple[list[float], list[float]]:
    """Both rates, taken in turns so that a slow moment of the machine hits both."""
    chance = random.Random(7)
    batched, single = [], []
    async with stage(url, senders=SENDERS, rooms=ROOMS) as place:
        for _ in range(ROUNDS):
            gifts = requests(place, BATCHED_GIFTS, chance)
            batched.append(await gifts_per_s(place, gifts, batch_size=BATCH_SIZE))
            gifts = requests(place, SINGLE_GIFTS, chance)
            single.append(await gifts_per_s(place, gifts, batch_size=1))
    return batched, single


def main() -> None:
    with postgres() as url:
        batched, single = asyncio.run(measure(url))
    best, alone = max(batched), max(single)
    print(f"durable gifts/s, core, batches of up to {BATCH_SIZE}: {best:,.0f}")
    print(f"  each of {ROUNDS} rounds: {', '.join(f'{rate:,.0f}' for rate in batched)}")
    print(
        f"one gift for each transaction, same server: {alone:,.0f} (batches: {best / alone:.1f}x)"
    )


if __name__ == "__main__":
    main()
