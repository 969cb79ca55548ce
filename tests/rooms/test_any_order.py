"""Whatever happens in a room, in whatever order: what is shown live is what a fresh reading shows."""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from largesse import ledger, outbox, streaks
from largesse.db import Database
from largesse.goals.service import count_on
from largesse.identity import Role
from largesse.outbox.followers import read_all
from largesse.realtime.projection import Projection
from largesse.rooms import recounting
from largesse.rooms.loading import load_room
from largesse.services import Services
from largesse.types import new_id
from tests.fixtures_identity import MakeUser, SignedIn
from tests.rooms.conftest import MakeViewer, Open
from tests.rooms.test_rankings import order_of

DEEDS = 140
AT_ONCE = 7
SEED = 43
AGREE_S = 20.0


class Crowd:
    """People who do one thing after another, whatever comes of it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        db: Database,
        room_id: str,
        keepers: list[SignedIn],
        viewers: list[SignedIn],
        seed: int,
    ) -> None:
        self._client, self._db, self._room_id = client, db, room_id
        self._keepers, self._viewers = keepers, viewers
        self._random = random.Random(seed)
        self._streaks = [str(new_id()) for _ in range(3)]
        self._said: list[int] = []
        self._goals: list[str] = []

    async def act(self) -> None:
        names = [name for name in dir(self) if name.startswith("do_")]
        name = self._random.choice(names)
        deed: Callable[[], Awaitable[httpx.Response | None]] = getattr(self, name)
        answer = await deed()
        if answer is not None:
            assert answer.status_code < 500, (name, answer.text)
            seq = answer.json().get("seq") if answer.is_success and answer.content else None
            if isinstance(seq, int):
                self._said.append(seq)

    async def _post(self, who: SignedIn, path: str, **body: Any) -> httpx.Response:
        url = path if path.startswith("/") else f"/v1/streams/{self._room_id}/{path}"
        return await self._client.post(url, json=body, headers=who.headers)

    async def _delete(self, who: SignedIn, path: str) -> httpx.Response:
        url = path if path.startswith("/") else f"/v1/streams/{self._room_id}/{path}"
        return await self._client.delete(url, headers=who.headers)

    def _viewer(self) -> SignedIn:
        return self._random.choice(self._viewers)

    def _keeper(self) -> SignedIn:
        return self._random.choice(self._keepers)

    def _seq(self) -> int:
        return self._random.choice(self._said or [1])

    def _maybe(self) -> bool:
        return self._random.random() < 0.4

    async def do_give(self) -> httpx.Response:
        more: dict[str, Any] = {"anonymous": self._maybe()}
        if self._maybe():
            more["streak"] = self._random.choice(self._streaks)
        if self._maybe():
            more["message"] = "for you"
        count = self._random.randint(1, 5)
        return await self._post(
            self._viewer(), "gifts", id=str(new_id()), gift="rose", count=count, **more
        )

    async def do_give_again(self) -> httpx.Response:
        return await self.do_give()

    async def do_pay(self) -> httpx.Response:
        coins = self._random.choice([1, 10, 10, 50, 100])
        return await self._post(
            self._viewer(), "paid-messages", id=str(new_id()), text="hello", coins=coins
        )

    async def do_cheer(self) -> httpx.Response:
        return await self._post(
            self._viewer(), "cheers", id=str(new_id()), text="go cheer7", coins=7
        )

    async def do_chat(self) -> httpx.Response:
        return await self._post(self._viewer(), "chat", id=str(new_id()), text="good evening")

    async def do_remove(self) -> httpx.Response:
        return await self._post(self._keeper(), f"messages/{self._seq()}/remove")

    async def do_approve(self) -> httpx.Response:
        keeper = self._keeper()
        url = f"/v1/streams/{self._room_id}/held-messages"
        items = (await self._client.get(url, headers=keeper.headers)).json()["items"]
        seq = self._random.choice(items)["seq"] if items else self._seq()
        return await self._post(keeper, f"messages/{seq}/approve")

    async def do_approve_and_unpin(self) -> httpx.Response:
        answer = await self.do_approve()
        if answer.is_success and self._maybe():
            seq = answer.json()["seq"]
            return await self._delete(self._keeper(), f"pins/{seq}")
        return answer

    async def do_pin(self) -> httpx.Response:
        return await self._post(self._keeper(), "pins", seq=self._seq())

    async def do_unpin(self) -> httpx.Response:
        return await self._delete(self._keeper(), f"pins/{self._seq()}")

    async def do_thank(self) -> httpx.Response:
        return await self._post(self._keepers[0], "thanks", seq=self._seq(), text="thank you")

    async def do_ban(self) -> httpx.Response | None:
        who = self._viewers[0]
        return await self._post(self._keepers[0], "/v1/creator/bans", user_id=str(who.id))

    async def do_unban(self) -> httpx.Response:
        return await self._delete(self._keepers[0], f"/v1/creator/bans/{self._viewers[0].id}")

    async def do_mute(self) -> httpx.Response:
        who = self._viewers[1]
        return await self._post(self._keeper(), "mutes", user_id=str(who.id), seconds=1)

    async def do_rules(self) -> httpx.Response:
        rules = {
            "slow_mode_s": 0,
            "followers_only": False,
            "links": self._maybe(),
            "hold_paid_messages": not self._maybe(),
            "words": [],
        }
        return await self._client.put(
            "/v1/creator/chat-rules", json=rules, headers=self._keepers[0].headers
        )

    async def do_set_goal(self) -> httpx.Response:
        target = self._random.choice([5, 40, 10_000])
        part = {"gift": self._random.choice([None, "rose"]), "target": target}
        answer = await self._post(
            self._keepers[0], "goals", id=str(new_id()), title="More", parts=[part]
        )
        if answer.is_success:
            self._goals.append(answer.json()["id"])
        return answer

    async def do_cancel_goal(self) -> httpx.Response | None:
        if not self._goals:
            return None
        return await self._post(self._keepers[0], f"goals/{self._goals.pop()}/cancel")

    async def do_follow(self) -> None:
        """Rollups and streaks are read on; elsewhere the tail of the journal is added."""
        await read_all(self._db, [*outbox.FOLLOWERS, streaks.FOLLOWER])

    async def do_rebuild(self) -> None:
        await outbox.rebuild(self._db)

    async def do_count_on(self) -> None:
        room_id = UUID(self._room_id)
        async with self._db.read() as conn:
            seq = await ledger.last_seq(conn, room_id)
        await count_on(self._db, room_id, seq)

    async def do_dispute(self) -> None:
        who = self._viewers[-1]
        order_id = await order_of(self._db, who)
        async with self._db.transaction() as conn:
            await ledger.record_reversal(
                conn,
                owner_id=who.id,
                order_id=order_id,
                cause_id=str(self._random.randint(1, 3)),
                kind="chargeback",
                amount_minor=self._random.choice([5, 20]),
            )


async def log_of(client: httpx.AsyncClient, room_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = (
            await client.get(
                f"/v1/streams/{room_id}/events", params={"after": cursor, "limit": 100}
            )
        ).json()
        found.extend(page["items"])
        cursor = page["next_cursor"]
    return found


async def test_live_is_what_a_fresh_reading_shows(
    client: httpx.AsyncClient,
    app: FastAPI,
    db: Database,
    users: MakeUser,
    creator: SignedIn,
    viewer: MakeViewer,
    stream: dict[str, Any],
    open_socket: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recounting, "RECOUNT_S", 0.2)
    services: Services = app.state.services
    keeper = await users("Mo", roles={Role.MODERATOR})
    viewers = [await viewer(name, coins=100_000) for name in ("Vera", "Otto", "Ida")]
    watcher = await open_socket("streams", stream["id"])
    await watcher.join()
    crowd = Crowd(client, db, stream["id"], [creator, keeper], viewers, SEED)
    room_id = UUID(stream["id"])

    async def agree() -> None:
        """The room here, and what it remembers, with the database; refunds are looked up now and then."""
        deadline_s = time.monotonic() + AGREE_S
        while True:
            live, stored = services.hub.room(room_id), await load_room(db, room_id)
            assert live is not None
            assert stored is not None
            log = await log_of(client, stream["id"])
            shown, fresh = live.projection.room_state(0), Projection(stored).room_state(0)
            remembered = [json.loads(text) for text in live.replay_from_memory(0) or []]
            if shown == fresh and remembered == log:
                return
            if time.monotonic() > deadline_s:
                assert shown == fresh
                assert remembered == log
            await asyncio.sleep(0.05)

    for turn in range(DEEDS // AT_ONCE):
        await asyncio.gather(*(crowd.act() for _ in range(AT_ONCE)))
        if turn % 7 == 6:
            await agree()
    answer = await client.post(f"/v1/streams/{stream['id']}/end", headers=creator.headers)
    assert answer.status_code == 200
    await agree()
    await crowd.do_dispute()
    await crowd.do_remove()
    await agree()
    async with db.read() as conn:
        assert not (await ledger.check(conn)).problems
