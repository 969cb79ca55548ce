"""Who may not speak or give in a creator's rooms, and who keeps them.

Locks are taken in this order: the count of the keeper's acts, against a stream that starts, the ban or mute, the wallet
of whom it is about, the room. With them a message or gift that is decided before is written before, and one that is
written after is refused.
"""

from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection
from largesse.identity import Role, User, UserNotFound
from largesse.moderation import ban_queries, queries, state_queries
from largesse.moderation.errors import CannotModerate, FieldWrong, ModeratorsFull
from largesse.moderation.events import UNPIN, act_data, read_unpin, unpin_data
from largesse.moderation.model import Barring, Muting
from largesse.moderation.pace import count_act
from largesse.moderation.port import rooms
from largesse.moderation.roles import Rank, assert_moderates, assert_outranks
from largesse.moderation.telling import Telling, person
from largesse.services import Services
from largesse.types import now


async def mute(
    services: Services, user: User, creator_id: UUID, target_id: UUID, seconds: int
) -> Muting:
    """Let somebody not speak for so long, in all rooms of the creator; again sets the time anew.

    Raises NotAModerator, UserNotFound, CannotModerate, FieldWrong.
    """
    async with services.db.transaction() as conn:
        target = await _target(conn, user, creator_id, target_id)
        limits = await queries.default_at(conn, now())
        if not 1 <= seconds <= limits.mute_max_s:
            raise FieldWrong("seconds", f"1 to {limits.mute_max_s} seconds")
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        muting = await queries.put_mute(conn, creator_id, target_id, user.id, seconds)
        await ledger.change_bars(conn, target_id)
        act = act_data("mute", user_id=target_id, until=muting.until)
        await telling.act(conn, act, target)
        await telling.record(
            conn, "user.mute", target_id, creator_id=str(creator_id), seconds=seconds
        )
    telling.tell()
    return muting


async def unmute(services: Services, user: User, creator_id: UUID, target_id: UUID) -> None:
    """Let somebody speak again; again changes nothing. Raises NotAModerator, UserNotFound."""
    async with services.db.transaction() as conn:
        await assert_moderates(conn, creator_id, user)
        await count_act(conn, user)
        target = await _user(conn, target_id)
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        if await queries.delete_mute(conn, creator_id, target_id):
            await ledger.change_bars(conn, target_id)
            await telling.act(conn, act_data("unmute", user_id=target_id), target)
            await telling.record(conn, "user.unmute", target_id, creator_id=str(creator_id))
    telling.tell()


async def ban(services: Services, user: User, creator_id: UUID, target_id: UUID) -> Barring:
    """Let somebody neither speak nor give in any room of the creator. He may go on watching.

    What he said in the live room is hidden, his gifts that wait to be written are refused, and he is a moderator no
    more. Again changes nothing. Raises NotAModerator, UserNotFound, CannotModerate.
    """
    async with services.db.transaction() as conn:
        target = await _target(conn, user, creator_id, target_id)
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        barring = await ban_queries.put_ban(conn, creator_id, target_id, user.id, banned=True)
        if barring is not None:
            await ledger.change_bars(conn, target_id)
            if await queries.delete_moderator(conn, creator_id, target_id) and telling.place:
                await ledger.change_rules(conn, telling.place.room_id)
            await _hide(conn, telling, target)
            await telling.record(conn, "user.ban", target_id, creator_id=str(creator_id))
        held = barring or await ban_queries.ban_of(conn, creator_id, target_id)
    assert held is not None, "he was banned before, or is now"
    _apply(services, held)
    telling.tell()
    return held


async def _hide(conn: Connection, telling: Telling, target: User) -> None:
    """What he said in the live room before is hidden, and not on top any more."""
    if telling.place is None:
        return
    room_id = telling.place.room_id
    room = await ledger.lock_room(conn, room_id)
    if room is None or not room.open:
        return
    pinned = await state_queries.pin_of(conn, room_id, target.id)
    if pinned is not None and await state_queries.delete_pin(conn, room_id, pinned.target_seq):
        row = await telling.append(conn, UNPIN, unpin_data(pinned.target_seq))
        telling.events.append(read_unpin(row, lambda _: person(telling.actor)))
    event = await telling.act(conn, act_data("ban", user_id=target.id), target)
    if event is not None:
        await state_queries.silence(conn, room_id, target.id, event.seq)


async def unban(services: Services, user: User, creator_id: UUID, target_id: UUID) -> None:
    """Let somebody speak and give again; what was hidden stays so. Again changes nothing.

    Raises NotAModerator, UserNotFound.
    """
    async with services.db.transaction() as conn:
        await assert_moderates(conn, creator_id, user)
        await count_act(conn, user)
        target = await _user(conn, target_id)
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        barring = None
        if await ban_queries.ban_of(conn, creator_id, target_id) is not None:
            barring = await ban_queries.put_ban(conn, creator_id, target_id, user.id, banned=False)
        if barring is not None:
            await ledger.change_bars(conn, target_id)
            await telling.act(conn, act_data("unban", user_id=target_id), target)
            await telling.record(conn, "user.unban", target_id, creator_id=str(creator_id))
    if barring is not None:
        _apply(services, barring)
    telling.tell()


def _apply(services: Services, barring: Barring) -> None:
    """In every process: here at once, elsewhere as soon as they hear of it."""
    services.hub.bans.changed(
        barring.creator_id, barring.user_id, barring.by_id, barring.banned, barring.changed_at
    )


async def add_moderator(services: Services, user: User, creator_id: UUID, target_id: UUID) -> None:
    """Appoint a moderator of all one's rooms; again changes nothing.

    Raises CannotModerate, UserNotFound, ModeratorsFull.
    """
    async with services.db.transaction() as conn:
        _assert_appoints(user, creator_id)
        await count_act(conn, user)
        target = await _user(conn, target_id)
        limits = await queries.default_at(conn, now())
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        await ledger.lock_wallet(conn, target_id)  # a ban dismisses him, and waits for it
        if target_id == creator_id or await ban_queries.ban_of(conn, creator_id, target_id):
            raise CannotModerate
        await queries.lock_moderators(conn, creator_id)
        if await queries.insert_moderator(conn, creator_id, target_id, now()):
            if await queries.count_moderators(conn, creator_id) > limits.moderators_max:
                raise ModeratorsFull(moderators_max=limits.moderators_max)
            await telling.act(conn, act_data("add_moderator", user_id=target_id), target)
            await telling.record(conn, "user.add_moderator", target_id, creator_id=str(creator_id))
    telling.tell()


async def drop_moderator(services: Services, user: User, creator_id: UUID, target_id: UUID) -> None:
    """Dismiss a moderator; one may also step down oneself. Again changes nothing.

    Raises CannotModerate, UserNotFound.
    """
    async with services.db.transaction() as conn:
        if user.id != target_id:
            _assert_appoints(user, creator_id)
        await count_act(conn, user)
        target = await _user(conn, target_id)
        telling = Telling(services, user, await rooms().live_place(conn, creator_id))
        if await queries.delete_moderator(conn, creator_id, target_id):
            if telling.place is not None:  # the rules hold for him too, from now on
                await ledger.change_rules(conn, telling.place.room_id)
            await telling.act(conn, act_data("drop_moderator", user_id=target_id), target)
            await telling.record(conn, "user.drop_moderator", target_id, creator_id=str(creator_id))
    telling.tell()


def _assert_appoints(user: User, creator_id: UUID) -> None:
    """The creator does, and operators may."""
    if user.id != creator_id and Role.OPERATOR not in user.roles:
        raise CannotModerate


async def _user(conn: Connection, user_id: UUID) -> User:
    found = await identity.user_by_id(conn, user_id)
    if found is None:
        raise UserNotFound
    return found


async def _target(conn: Connection, user: User, creator_id: UUID, target_id: UUID) -> User:
    """Somebody on whom `user` may act in the rooms of this creator, who himself is safe in them."""
    rank: Rank = await assert_moderates(conn, creator_id, user)
    await count_act(conn, user)
    target = await _user(conn, target_id)
    if target_id in (user.id, creator_id):
        raise CannotModerate
    await assert_outranks(conn, creator_id, rank, target)
    return target
