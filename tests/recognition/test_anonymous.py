"""Who gave an anonymous gift is known to the giver alone, wherever the gift is shown to others."""

from typing import Any

import httpx

from largesse.types import new_id
from tests.fixtures_identity import SignedIn
from tests.rooms.conftest import MakeViewer, Open

NOBODY = {"id": "00000000-0000-0000-0000-000000000000", "display_name": "Anonymous"}
Stream = dict[str, Any]


async def fetched(client: httpx.AsyncClient, path: str, person: SignedIn) -> httpx.Response:
    answer = await client.get(path, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_nobody_else_learns_the_giver(
    open_socket: Open,
    client: httpx.AsyncClient,
    stream: Stream,
    viewer: MakeViewer,
    creator: SignedIn,
) -> None:
    vera, otto = await viewer("Vera"), await viewer("Otto")
    watcher, giver = [await open_socket("streams", stream["id"]) for _ in range(2)]
    await watcher.join(otto.token)
    await giver.join(vera.token)
    gift_id, streak = str(new_id()), str(new_id())
    sent = await giver.gift("rose", 5, id=gift_id, anonymous=True, message="hi", streak=streak)
    assert sent["op"] == "ack", sent
    posted = {"id": str(new_id()), "gift": "rose", "count": 2, "anonymous": True}
    over_http = await client.post(
        f"/v1/streams/{stream['id']}/gifts", json=posted, headers=vera.headers
    )
    assert over_http.status_code == 201, over_http.text
    await watcher.until_seq(2)
    live = [event for event in watcher.logged if event["type"] == "gift"]
    assert [event["sender"] for event in live] == [NOBODY, NOBODY]
    assert [event["first"] for event in live] == [None, None]

    path = f"/v1/streams/{stream['id']}"
    late = await open_socket("streams", stream["id"])
    await late.join(creator.token)
    seen = [
        (await fetched(client, f"{path}/events", creator)).text,
        (await fetched(client, f"{path}/supporters", creator)).text,
        (await fetched(client, "/v1/creator/gifts", creator)).text,
        (await fetched(client, f"/v1/gifts/{gift_id}/receipt", creator)).text,
        str(late.snapshot["room"]),
        str(watcher.events),
    ]
    for text in seen:
        assert str(vera.id) not in text
        assert "Vera" not in text
    received = (await fetched(client, "/v1/creator/gifts", creator)).json()["items"]
    assert [item["sender"] for item in received] == [NOBODY, NOBODY]
    assert (await fetched(client, f"{path}/supporters", creator)).json()["items"] == []
    stored = (await fetched(client, f"{path}/events", creator)).json()["items"]
    assert [event for event in stored if event["type"] == "gift"] == live


async def test_the_giver_sees_his_own(
    client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera")
    ids = [str(new_id()) for _ in range(2)]
    for id_, anonymous in zip(ids, (True, False), strict=True):
        body = {"id": id_, "gift": "rose", "count": 1, "anonymous": anonymous}
        answer = await client.post(
            f"/v1/streams/{stream['id']}/gifts", json=body, headers=vera.headers
        )
        assert answer.status_code == 201, answer.text
    page = (await fetched(client, "/v1/wallet/transactions", vera)).json()
    gifts = [item["gift"] for item in page["items"] if item["kind"] == "gift"]
    assert [gift["anonymous"] for gift in gifts] == [False, True]
    receipt = (await fetched(client, f"/v1/gifts/{ids[0]}/receipt", vera)).json()
    assert receipt["sender"] == {"id": str(vera.id), "display_name": "Vera"}


async def test_a_wish_is_the_same_only_with_the_same_name_on_it(
    open_socket: Open, client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera = await viewer("Vera")
    body = {"id": str(new_id()), "gift": "rose", "count": 1, "anonymous": True}
    path = f"/v1/streams/{stream['id']}/gifts"
    answers = [
        await client.post(path, json=body | change, headers=vera.headers)
        for change in ({}, {}, {"anonymous": False}, {"anonymous": "yes"}, {"anonymous": None})
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 409, 422, 422]
    socket = await open_socket("streams", stream["id"])
    await socket.join(vera.token)
    again = await socket.gift("rose", 1, id=body["id"])
    assert (again["op"], again["code"]) == ("error", "idempotency_conflict")


async def test_the_live_ranking_counts_named_gifts(
    open_socket: Open, client: httpx.AsyncClient, stream: Stream, viewer: MakeViewer
) -> None:
    vera, otto = await viewer("Vera"), await viewer("Otto")
    sockets = {}
    for person in (vera, otto):
        sockets[person.id] = await open_socket("streams", stream["id"])
        await sockets[person.id].join(person.token)
    await sockets[vera.id].gift("rose", 50, anonymous=True)
    await sockets[vera.id].gift("rose", 1)
    await sockets[otto.id].gift("rose", 2)
    watcher = sockets[otto.id]

    def ranking() -> list[tuple[str, int]]:
        told = [event["items"] for event in watcher.events if event["type"] == "supporters"]
        return [(place["user"]["display_name"], place["coins"]) for place in told[-1:][0] or ()]

    await watcher.until(lambda: any(event["type"] == "supporters" for event in watcher.events))
    await watcher.until(lambda: len(ranking()) == 2)
    assert ranking() == [("Otto", 2), ("Vera", 1)]
    late = await open_socket("streams", stream["id"])
    places = (await late.join())["room"]["supporters"]
    listed = (await client.get(f"/v1/streams/{stream['id']}/supporters")).json()["items"]
    assert [(place["user"]["display_name"], place["coins"]) for place in places] == ranking()
    assert listed == places
