"""Erasing a person leaves nothing that says who it was, and the journal exactly as provable as before."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql
from typer.testing import CliRunner, Result

from largesse import identity, ledger
from largesse.db import Database
from largesse.identity import service
from largesse.identity.errors import UserNotFound, WrongCredentials
from largesse.ledger.proof import heads
from largesse.ledger.proof.database import current_head, head_missing
from largesse.ledger.proof.export import export
from largesse.ledger.proof.verify import verify_dir
from largesse.types import PLATFORM_ID, new_id
from tests.fixtures_identity import PASSWORD, MakeUser, SignedIn
from tests.ledger.world import Room, World, gift

SECRET = "meet me at 12 Elm Street"


@pytest.fixture
def world(db: Database) -> World:
    return World(db)


async def everything(db: Database) -> str:
    """All rows of every table of ours, as text."""
    found: list[Any] = []
    async with db.read() as conn:
        cursor = await conn.execute(
            "SELECT table_name FROM information_schema.tables t LEFT JOIN pg_class c"
            " ON c.relname = t.table_name AND c.relispartition"
            " WHERE table_schema = 'public' AND c.oid IS NULL"
        )
        for (table,) in await cursor.fetchall():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
            rows = await conn.execute(query)
            found += [row[0] for row in await rows.fetchall()]
    return "\n".join(found)


async def live(world: World, person: SignedIn, *, coins: int = 10) -> Room:
    """A person who bought coins, gave them all with a message, chatted and follows somebody."""
    await world.top_up(person.id, coins)
    room = await world.room()
    async with world.writer() as writer:
        await writer.submit(gift(person.id, room, coins, message=SECRET))
    async with world.db.transaction() as conn:
        await ledger.append_event(
            conn, room_id=room.id, id=new_id(), type="chat", user_id=person.id, data={"text": SECRET}
        )  # fmt: skip
    return room


async def test_nothing_that_says_who_it_was_is_left(
    world: World, users: MakeUser, database_url: str
) -> None:
    person, friend = await users("Wilhelmina Prufrock"), await users("Nora")
    async with world.db.transaction() as conn:
        await identity.add_followers(conn, friend.id, [person.id], person.user.created_at)
        await identity.add_followers(conn, person.id, [friend.id], person.user.created_at)
    await live(world, person)
    traces = [SECRET, "Wilhelmina", person.email, "1990-05-14"]
    before = await everything(world.db)
    assert all(trace in before for trace in traces)
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE app_user SET birth_date = '1980-01-01' WHERE id = %s", (friend.id,))  # fmt: skip
    done = await identity.erase_user(world.db, person.id, PLATFORM_ID)
    after = await everything(world.db)
    assert [trace for trace in traces if trace in after] == []
    assert done.account
    assert (done.logins, done.sessions, done.follows, done.followers) == (1, 1, 1, 1)
    assert (done.messages, done.events, done.messages_kept) == (1, 1, 0)
    async with world.db.read() as conn:
        user = await identity.user_by_id(conn, person.id)
        people = await identity.persons(conn, [person.id])
        counts = await identity.follower_counts(conn, [friend.id, person.id])
    assert user is not None
    assert (user.birth_date, user.roles) == (date(1900, 1, 1), frozenset({identity.Role.VIEWER}))
    assert people[person.id].display_name == "Deleted account"
    assert counts == {friend.id: 0, person.id: 0}


async def test_the_others_keep_everything(world: World, users: MakeUser) -> None:
    person, friend = await users("Wilhelmina"), await users("Nora")
    for one in (person, friend):
        await live(world, one)
    await identity.erase_user(world.db, person.id, PLATFORM_ID)
    left = await everything(world.db)
    assert left.count(SECRET) == 2
    assert "Nora" in left
    assert friend.email in left


async def test_who_is_erased_cannot_sign_in(world: World, users: MakeUser) -> None:
    person = await users()
    await identity.erase_user(world.db, person.id, PLATFORM_ID)
    with pytest.raises(WrongCredentials):
        await service.log_in(
            world.db,
            email=person.email,
            password=PASSWORD,
            address="127.0.0.1",
            kind=identity.SessionKind.BEARER,
            session_days=1,
        )
    async with world.db.read() as conn:
        with pytest.raises(Exception, match="Sign in first"):
            await identity.authenticate(conn, person.token)


async def test_erasing_again_changes_nothing(world: World, users: MakeUser) -> None:
    person = await users()
    await live(world, person)
    await identity.erase_user(world.db, person.id, PLATFORM_ID)
    before = await everything(world.db)
    again = await identity.erase_user(world.db, person.id, PLATFORM_ID)
    assert not any((again.account, again.logins, again.messages, again.events))
    assert await everything(world.db) == before


async def test_it_is_written_to_the_audit_log(world: World, users: MakeUser) -> None:
    person, operator = await users(), await users("Olga")
    await identity.erase_user(world.db, person.id, operator.id)
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT actor_id, action, object_id, data ->> 'logins' FROM audit WHERE action = 'user.erase'")  # fmt: skip  # noqa: E501
        assert await cursor.fetchall() == [(operator.id, "user.erase", person.id, "1")]


async def test_coins_and_diamonds_are_lost_only_by_force(world: World, users: MakeUser) -> None:
    person = await users()
    await world.top_up(person.id, 70, 5)
    with pytest.raises(
        identity.AccountHoldsValue, match=r"75 coins and 0\.000 diamonds"
    ) as refused:
        await identity.erase_user(world.db, person.id, PLATFORM_ID)
    assert refused.value.fields == {"coins": 75, "milli_diamonds": 0}
    async with world.db.read() as conn:
        assert await identity.authenticate(conn, person.token) == person.user
    done = await identity.erase_user(world.db, person.id, PLATFORM_ID, force=True)
    assert done.coins_lost == 75
    assert (await world.balances(person.id))[ledger.Code.COINS_PAID] == 70


async def test_a_creator_keeps_no_room_open_for_gifts(world: World, users: MakeUser) -> None:
    creator = await users(roles={identity.Role.CREATOR})
    sender, room = await world.viewer(10), await world.room(recipient_id=creator.id)
    async with world.writer() as writer:
        await writer.submit(gift(sender, room, 4))
    with pytest.raises(identity.AccountHoldsValue, match=r"0 coins and 2\.000 diamonds"):
        await identity.erase_user(world.db, creator.id, PLATFORM_ID)
    await identity.erase_user(world.db, creator.id, PLATFORM_ID, force=True)
    async with world.db.read() as conn:
        state = await ledger.room_state(conn, room.id)
    assert state is not None
    assert not state.gifting


async def test_nobody_cannot_be_erased(world: World) -> None:
    with pytest.raises(UserNotFound):
        await identity.erase_user(world.db, UUID(int=5), PLATFORM_ID)


async def test_the_proof_holds_before_and_after(
    world: World, users: MakeUser, tmp_path: Path
) -> None:
    """Exports from before and after both contain one head; only the words are gone from the second."""
    private, public = heads.new_keys()
    person = await users()
    await live(world, person)
    async with world.db.read() as conn:
        head = heads.sign(await current_head(conn), private)
        await export(conn, tmp_path / "before")
    await identity.erase_user(world.db, person.id, PLATFORM_ID)
    async with world.db.read() as conn:
        await export(conn, tmp_path / "after")
        assert await head_missing(conn, head) == []
        assert (await ledger.check(conn)).problems == []
    signed = heads.read_head(heads.head_json(head).encode(), public)
    for folder, erased in ((tmp_path / "before", 0), (tmp_path / "after", 1)):
        report = verify_dir(folder, wanted={lane.lane: lane.no for lane in signed.lanes})
        assert (report.ok, report.erased) == (True, erased)
        found = heads.lanes_found(report.lanes, report.hashes)
        assert list(heads.missing_from(signed, found, place="the export")) == []


@pytest.mark.breaks_ledger
async def test_a_message_that_the_chain_covers_stays_and_is_counted(
    world: World, users: MakeUser
) -> None:
    person = await users()
    await live(world, person)
    async with world.db.transaction() as conn:
        await conn.execute("UPDATE gift SET message_salt = NULL, message_digest = NULL")
    done = await identity.erase_user(world.db, person.id, PLATFORM_ID)
    assert (done.messages, done.messages_kept) == (0, 1)
    assert SECRET in await everything(world.db)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(identity.user_app([]), ["erase", *arguments])


async def test_the_command_erases_by_address_and_by_id(
    world: World, users: MakeUser, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    person = await users()
    await live(world, person)
    first = await asyncio.to_thread(run, person.email.upper())
    assert first.exit_code == 0, first.output
    assert "Erased: 1 sign-in, 1 sessions, 0 follows, 0 followers, 1 gift messages, 1 room events." in first.stdout  # fmt: skip  # noqa: E501
    assert "Not touched: what payment providers" in first.stdout
    second = await asyncio.to_thread(run, str(person.id))
    assert "The account had been erased before." in second.stdout
    assert isinstance((await asyncio.to_thread(run, person.email)).exception, UserNotFound)


async def test_the_command_names_the_loss(
    world: World, users: MakeUser, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    person = await users()
    await world.top_up(person.id, 3)
    refused = await asyncio.to_thread(run, person.email)
    assert isinstance(refused.exception, identity.AccountHoldsValue)
    forced = await asyncio.to_thread(run, person.email, "--force")
    assert "3 coins and 0.000 diamonds stay on the books, unused." in forced.stdout
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT data FROM audit WHERE action = 'user.erase'")
        (row,) = await cursor.fetchall()
    assert json.loads(json.dumps(row[0]))["coins_lost"] == 3
