"""Logs of people who were erased stay readable, whatever they did."""

from typing import Any

import httpx

from largesse import identity, ledger
from largesse.db import Database
from largesse.types import PLATFORM_ID, new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open
from tests.rooms.test_goals import Desk, checked, desk
from tests.rooms.test_playback import settings

__all__ = ["desk", "settings"]


async def test_what_erased_people_did_stays_readable_without_their_words(
    client: httpx.AsyncClient,
    desk: Desk,
    stream: dict[str, Any],
    creator: SignedIn,
    viewer: MakeViewer,
    open_socket: Open,
    db: Database,
) -> None:
    vera, url = await viewer("Vera", coins=110), f"/v1/streams/{stream['id']}"

    async def post(who: SignedIn, path: str, **body: Any) -> dict[str, Any]:
        answer = await client.post(f"{url}/{path}", json=body, headers=who.headers)
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json() if answer.content else {}
        return made

    change = {"title": "Late piano", "playback": {"hls_url": "https://media.example.org/a.m3u8"}}
    assert (await client.patch(url, json=change, headers=creator.headers)).is_success
    await desk.set((None, 100))
    gift = {"gift": "rose", "count": 10, "message": "secret words", "anonymous": True}
    given = await post(vera, "gifts", id=str(new_id()), **gift)
    paid = await post(vera, "paid-messages", id=str(new_id()), text="secret words", coins=93)
    cheered = await post(vera, "cheers", id=str(new_id()), text="secret cheer7", coins=7)
    said = await post(vera, "chat", id=str(new_id()), text="secret words")
    for event in (given, paid, cheered):
        await post(creator, "thanks", seq=event["seq"], text="secret thanks")
    for event in (paid, said):
        await post(creator, "pins", seq=event["seq"])
    await post(creator, f"messages/{cheered['seq']}/remove")
    await desk.end()
    async with db.transaction() as conn:
        await ledger.erase_said(conn, creator.id)
    await identity.erase_user(db, vera.id, PLATFORM_ID, force=True)
    answer = await client.get(f"{url}/events", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    assert "secret" not in answer.text
    assert "Vera" not in answer.text
    log = answer.json()["items"]
    assert log[0]["type"] == "stream_update"
    assert log[0]["playback"] is None
    fresh = await (await open_socket("streams", stream["id"])).join()
    assert fresh["room"]["recent"] == log
    await checked(db)
