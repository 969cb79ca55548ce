"""An id pays once, whatever it is used for; and who may not give may not pay for words either."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.identity import Role
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.messages.conftest import Stream, cheer, coins_of, log_of, pay
from tests.rooms.conftest import MakeViewer, Open

TEXT = "go cheer10"


async def checked(db: Database) -> None:
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems


async def give(
    client: httpx.AsyncClient, stream: Stream, who: SignedIn, id_: str
) -> httpx.Response:
    body = {"id": id_, "gift": "rose", "count": 10, "message": TEXT}
    return await client.post(f"/v1/streams/{stream['id']}/gifts", json=body, headers=who.headers)


@pytest.fixture
async def elsewhere(client: httpx.AsyncClient, users: MakeUser) -> Stream:
    """Another creator's stream."""
    mia = await users("Mia", roles={Role.CREATOR}, followers=1000, gifting=True)
    answer = await client.post("/v1/streams", json={"title": "Drums"}, headers=mia.headers)
    made: Stream = answer.json()
    return made


async def test_of_a_gift_a_message_and_a_cheer_under_one_id_one_is_paid(
    client: httpx.AsyncClient,
    stream: Stream,
    elsewhere: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
) -> None:
    vera = await viewer(coins=500)
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    for _ in range(6):
        id_ = str(new_id())
        before = await coins_of(client, vera)
        answers = await asyncio.gather(
            give(client, stream, vera, id_),
            pay(client, stream, vera, 10, TEXT, id=id_),
            cheer(client, stream, vera, 10, TEXT, id=id_),
            pay(client, elsewhere, vera, 10, TEXT, id=id_),
            cheer(client, elsewhere, vera, 10, TEXT, id=id_),
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 4}
        refused: list[dict[str, Any]] = [a.json() for a in answers if a.status_code == 409]
        for op, more in (("gift", {"gift": "comet", "count": 1}), ("cheer", {"coins": 99})):
            text = {"text": "cheer99"} if op == "cheer" else {}
            await socket.send(op=op, id=id_, **more, **text)
            refused.append(await socket.answer(id_))
        assert {answer["code"] for answer in refused} == {"idempotency_conflict"}
        assert await coins_of(client, vera) == before - 10
    told = [event for room in (stream, elsewhere) for event in await log_of(client, room)]
    assert [event["coins"] for event in told] == [10] * 6
    await checked(db)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE balance SET frozen = true WHERE owner_id = %s", "wallet_frozen"),
        ("UPDATE app_user SET birth_date = current_date - 4000 WHERE id = %s", "underage"),
        ("UPDATE app_user SET country = 'XX' WHERE id = %s", "country_unknown"),
    ],
)
async def test_who_may_not_give_may_not_pay_for_words(
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
    change: str,
    code: str,
) -> None:
    vera = await viewer(coins=100)
    async with db.transaction() as conn:
        await conn.execute(change, (vera.id,))
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    answers = [
        (await give(client, stream, vera, str(new_id()))).json(),
        (await pay(client, stream, vera, 10, TEXT)).json(),
        (await cheer(client, stream, vera, 10, TEXT)).json(),
    ]
    for op in ("paid_message", "cheer"):
        id_ = str(new_id())
        await socket.send(op=op, id=id_, text=TEXT, coins=10)
        answers.append(await socket.answer(id_))
    assert {answer.get("code") for answer in answers} == {code}
    assert await log_of(client, stream) == []
    assert await coins_of(client, vera) == 100
