"""The ranking of a room that somebody is in follows disputes."""

from typing import Any

from largesse import ledger
from largesse.db import Database
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open, Socket


def ranked(items: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(place["user"]["display_name"], place["coins"]) for place in items]


def told(socket: Socket) -> list[tuple[str, int]]:
    """The last ranking that a socket was told."""
    rankings = [event["items"] for event in socket.events if event["type"] == "supporters"]
    return ranked(rankings[-1]) if rankings else []


async def order_of(db: Database, owner: SignedIn) -> Any:
    async with db.read() as conn:
        (lot,) = (await ledger.lots(conn, owner.id)).items
    return lot.id


async def test_a_disputed_gift_leaves_the_ranking_and_comes_back(
    open_socket: Open, stream: dict[str, Any], viewer: MakeViewer, db: Database
) -> None:
    vera, otto = await viewer("Vera", coins=300), await viewer("Otto", coins=300)
    order = await order_of(db, vera)
    sockets = {person: await open_socket("streams", stream["id"]) for person in (vera, otto)}
    for person, coins in ((vera, 200), (otto, 50)):
        await sockets[person].join(person.token)
        await sockets[person].gift("rose", coins)
    watcher = sockets[otto]
    both = [("Vera", 200), ("Otto", 50)]
    await watcher.until(lambda: told(watcher) == both)

    async with db.transaction() as conn:
        await ledger.record_reversal(
            conn,
            owner_id=vera.id,
            order_id=order,
            cause_id="dispute",
            kind="chargeback",
            amount_minor=300,
        )
    await watcher.until(lambda: told(watcher) == [("Otto", 50)])
    late = await open_socket("streams", stream["id"])
    assert ranked((await late.join())["room"]["supporters"]) == [("Otto", 50)]

    async with db.transaction() as conn:
        await ledger.cancel_reversal(conn, owner_id=vera.id, order_id=order, cause_id="dispute")
    await watcher.until(lambda: told(watcher) == both)
