"""Ids of what the server writes of its own accord: nobody can take one of them before it does."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from largesse import ledger
from largesse.db import Database
from largesse.goals.events import event_id
from largesse.messages.approving import approval_id
from largesse.recognition.thanks import thanks_id
from largesse.types import derived_id, is_derived, new_id
from tests.fixtures_identity import SignedIn
from tests.messages.conftest import approve, hold_messages, pay
from tests.rooms.conftest import MakeViewer, Open
from tests.rooms.test_goals import Desk, checked, desk, progress

__all__ = ["desk"]


@pytest.mark.parametrize("of", [new_id(), UUID("9f2c1f0e-3b0a-4d6e-9a55-0e6c7d3a1b11")])
def test_a_derived_id_is_the_same_again_and_bears_the_time_of_its_origin(of: UUID) -> None:
    made = derived_id(of, b"reached")
    assert made == derived_id(of, b"reached") != derived_id(of, b"cancelled")
    assert is_derived(made)
    assert not is_derived(of)
    if of.version == 7:
        assert made.int >> 80 == of.int >> 80
    else:
        assert made.int >> 127 == 1


async def test_chat_cannot_keep_a_goal_from_being_reached_nor_a_stream_from_ending(
    client: httpx.AsyncClient,
    desk: Desk,
    stream: dict[str, Any],
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
) -> None:
    vera = await viewer()
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    goal = await desk.set(("rose", 3))
    for what in ("reached", "cancelled"):
        taken = event_id(UUID(goal["id"]), what)
        answer = await client.post(
            f"/v1/streams/{stream['id']}/chat",
            json={"id": str(taken), "text": "mine"},
            headers=vera.headers,
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "id_reserved")
        assert (await socket.chat("mine", str(taken)))["code"] == "id_reserved"
    await desk.give(vera, "rose", 3)
    await desk.end()
    (kept,) = await desk.all()
    assert (kept["state"], progress(kept)) == ("reached", [3])
    await checked(db)


async def test_chat_cannot_keep_a_message_from_being_approved_nor_a_giver_from_being_thanked(
    client: httpx.AsyncClient,
    creator: SignedIn,
    stream: dict[str, Any],
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
) -> None:
    vera, otto = await viewer("Vera"), await viewer("Otto")
    await hold_messages(db, creator)
    receipt = (await pay(client, stream, vera, 50, "read this")).json()
    async with db.read() as conn:
        (row,) = await ledger.gifts_at(conn, UUID(stream["id"]), [receipt["seq"]])
    socket = await open_socket("streams", stream["id"])
    await socket.join(otto.token)
    for taken in (approval_id(row.id), thanks_id(row)):
        assert (await socket.chat("mine", str(taken)))["code"] == "id_reserved"
    assert (await approve(client, stream, creator, receipt["seq"])).status_code == 200
    path = f"/v1/streams/{stream['id']}/thanks"
    answer = await client.post(path, json={"seq": receipt["seq"]}, headers=creator.headers)
    assert answer.status_code == 201, answer.text
    await checked(db)
