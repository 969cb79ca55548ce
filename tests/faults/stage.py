"""Who gives, where, and with how many coins: made in the database before a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from largesse import creators, identity, ledger
from largesse.db import Connection, Database
from largesse.identity import Role, SessionKind, User
from largesse.rooms import queries as room_queries
from largesse.rooms.model import StreamRow
from largesse.types import new_id, now

_ADULT = date(1990, 5, 14)
_ACCOUNT_AGE_DAYS = 100
_FOLLOWERS = 1_000
COINS_OF_THE_POOR = 150
COINS_OF_THE_RICH = 5_000_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who gives; `coins` at the start."""

    id: UUID
    token: str
    coins: int


@dataclass(frozen=True, slots=True)
class Stream:
    """A room that takes gifts, and whose it is."""

    id: UUID
    recipient_id: UUID


@dataclass(frozen=True, slots=True)
class Stage:
    viewers: Sequence[Viewer]
    buyers: Sequence[Viewer]
    """They top up, and give nothing."""
    streams: Sequence[Stream]


async def make_stage(url: str, *, rich: int = 6, poor: int = 2, buyers: int = 2) -> Stage:
    """Viewers with coins, buyers without, and two creators who are live."""
    db = Database(url, size_max=2)
    await db.open()
    try:
        async with db.transaction() as conn:
            viewers = [await _viewer(conn, COINS_OF_THE_RICH) for _ in range(rich)]
            viewers += [await _viewer(conn, COINS_OF_THE_POOR) for _ in range(poor)]
            shoppers = [await _viewer(conn, 0) for _ in range(buyers)]
        streams = [await _stream(db) for _ in range(2)]
    finally:
        await db.close()
    return Stage(viewers, shoppers, streams)


async def _person(conn: Connection, name: str, roles: frozenset[Role]) -> User:
    joined = now() - timedelta(days=_ACCOUNT_AGE_DAYS)
    user = identity.new_user(name, "US", _ADULT, roles=roles, created_at=joined)
    await identity.add_people(conn, [user])
    return user


async def _viewer(conn: Connection, coins: int) -> Viewer:
    user = await _person(conn, "Viewer", frozenset({Role.VIEWER}))
    session, _ = await identity.open_session(conn, user.id, SessionKind.BEARER, 1)
    if coins:
        await ledger.credit_top_up(conn, _top_up(user.id, coins))
    return Viewer(user.id, session.token, coins)


def _top_up(owner_id: UUID, coins: int) -> ledger.TopUp:
    return ledger.TopUp(
        owner_id=owner_id,
        order_id=new_id(),
        coins=coins,
        coins_bonus=0,
        currency="USD",
        gross_minor=coins,
        tax_minor=0,
        fee_minor=0,
        provider="sandbox",
        channel="web",
        hold_days=21,
    )


async def _stream(db: Database) -> Stream:
    async with db.transaction() as conn:
        creator = await _person(conn, "Creator", frozenset({Role.VIEWER, Role.CREATOR}))
        await creators.add_creator(conn, creator.id)
        fans = [new_id() for _ in range(_FOLLOWERS)]
        await identity.add_followers(conn, creator.id, fans, now())
    await creators.set_gifting(db, creator, enabled=True)
    async with db.transaction() as conn:
        row = StreamRow(new_id(), creator.id, "Live", now(), None)
        assert await room_queries.claim_live(conn, creator.id, row.id)
        gifting = await creators.gifting_for_new_room(conn, creator.id)
        assert gifting
        await room_queries.insert_stream(conn, row)
        await ledger.open_room(conn, row.id, creator.id, gifting)
    return Stream(row.id, creator.id)
