"""Setting, reaching and cancelling goals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from largesse import gifts, ledger
from largesse.db import Connection, Database, database_time
from largesse.errors import IdempotencyConflict
from largesse.gifts import Rules
from largesse.goals import queries
from largesse.goals.errors import (
    GoalClosed,
    GoalInvalid,
    GoalNotFound,
    NotYourRoom,
    RoomUnknown,
    TooManyGoals,
)
from largesse.goals.events import GOAL, event_id, goal_event, stored
from largesse.goals.model import (
    Amount,
    GoalRow,
    GoalRule,
    GoalState,
    PartRow,
    Span,
    Standing,
    amount_of,
)
from largesse.goals.reading import standing
from largesse.goals.schemas import NewGoal
from largesse.ledger import RoomRow
from largesse.realtime import Goal, GoalEvent
from largesse.services import Services


async def set_goal(services: Services, creator_id: UUID, room_id: UUID, body: NewGoal) -> Goal:
    """Set a goal in one's live stream; the same id and body again answer with the goal as it stands."""
    rules = await services.desk.rules()
    async with services.db.transaction() as conn:
        room = await _own_room(conn, creator_id, room_id)
        at = await database_time(conn)
        rule = await queries.rule(conn, at)
        assert rule is not None, "the shipped limits hold from the beginning"
        row, parts = _decide(body, rules, rule, room, at)
        held = await standing(conn, room_id)
        if (earlier := _find(held, body.id)) is not None:
            if not _is_same(held, earlier, row, parts):
                raise IdempotencyConflict
            return held.goal(earlier)
        if not room.open:
            raise GoalClosed
        if sum(one.state == "open" for one in held.rows) >= rule.open_max:
            raise TooManyGoals(open_max=rule.open_max)
        goal = Standing([row], {row.id: parts}, {part.id: 0 for part in parts}, {}).goal(row)
        event = await _append(conn, room_id, goal, event_id(goal.id, "set"), creator_id)
        await queries.insert_goal(
            conn, replace(row, from_seq=event.seq, counted_seq=event.seq), parts
        )
    services.hub.publish(room_id, [event])
    return goal


async def cancel_goal(services: Services, creator_id: UUID, room_id: UUID, goal_id: UUID) -> Goal:
    """Cancel an open goal; cancelling it again changes nothing."""
    async with services.db.transaction() as conn:
        room = await _own_room(conn, creator_id, room_id)
        held = await standing(conn, room_id)
        row = _find(held, goal_id)
        if row is None:
            raise GoalNotFound
        if row.state == "cancelled":
            return held.goal(row)
        if row.closed_at is not None or not room.open:
            raise GoalClosed
        event = await _close(conn, held, row, "cancelled", creator_id)
    services.hub.publish(room_id, [event])
    return event.goal


async def confirm_reached(db: Database, room_id: UUID) -> list[GoalEvent]:
    """Write down which of a room's goals are reached, each once; the events are to be published."""
    async with db.read() as conn:
        held = await standing(conn, room_id)
    if not any(row.closed_at is None and held.is_reached(row) for row in held.rows):
        return []  # nobody in the room need wait for that
    async with db.transaction() as conn:
        room = await ledger.lock_room(conn, room_id)
        if room is None or not room.open:
            return []
        return await _write_reached(conn, await standing(conn, room_id))


async def close_goals(conn: Connection, room_id: UUID) -> list[GoalEvent]:
    """The stream ends: what is reached is written down, the others count no more. To be published after the commit.

    Under the room's lock, before its last event.
    """
    events = await _write_reached(conn, await standing(conn, room_id))
    held = await standing(conn, room_id)
    for row in held.rows:
        if row.closed_at is None:
            await _freeze(conn, held, row, "open")
    return events


async def count_on(db: Database, room_id: UUID, upto: int) -> None:
    """Keep what was counted up to a committed number, so that nobody adds those gifts up again."""
    async with db.read() as conn:
        rows = await queries.goals(conn, room_id)
        behind = [row for row in rows if row.closed_at is None and row.counted_seq < upto]
        spans = {row.id: Span(room_id, row.counted_seq, upto) for row in behind}
        given = await queries.given_in(conn, list(set(spans.values())))
    if behind:
        async with db.transaction() as conn:
            await ledger.lock_room(conn, room_id)  # nobody is adding up; and not for long
            for row in behind:
                await _move_on(conn, row, upto, given.get(spans[row.id], []))


async def _move_on(conn: Connection, row: GoalRow, upto: int, given: Sequence[Amount]) -> None:
    if not await queries.move_on(conn, row, upto):
        return
    for part in await queries.parts_of(conn, row.room_id, row.id):
        counted = part.counted + amount_of(part, given)
        await queries.set_counted(conn, row.room_id, part, counted)


async def _own_room(conn: Connection, creator_id: UUID, room_id: UUID) -> RoomRow:
    room = await ledger.lock_room(conn, room_id)
    if room is None:
        raise RoomUnknown
    if room.recipient_id != creator_id:
        raise NotYourRoom
    return room


async def _write_reached(conn: Connection, held: Standing) -> list[GoalEvent]:
    return [
        await _close(conn, held, row, "reached", None)
        for row in held.rows
        if row.closed_at is None and held.is_reached(row)
    ]


async def _close(
    conn: Connection, held: Standing, row: GoalRow, state: GoalState, by: UUID | None
) -> GoalEvent:
    goal = held.goal(replace(row, state=state))
    event = await _append(conn, row.room_id, goal, event_id(row.id, state), by)
    await _freeze(conn, held, row, state)
    return event


async def _freeze(conn: Connection, held: Standing, row: GoalRow, state: GoalState) -> None:
    """From now on a goal is what it has come to; refunds take nothing from it any more."""
    await queries.close_goal(conn, row, state)
    for part in held.parts[row.id]:
        await queries.set_counted(conn, row.room_id, part, held.progress(part))


async def _append(
    conn: Connection, room_id: UUID, goal: Goal, id_: UUID, by: UUID | None
) -> GoalEvent:
    row = await ledger.append_event(
        conn, room_id=room_id, id=id_, type=GOAL, user_id=by, data=stored(goal)
    )
    return goal_event(row)


def _find(held: Standing, goal_id: UUID) -> GoalRow | None:
    return next((row for row in held.rows if row.id == goal_id), None)


def _decide(
    body: NewGoal, rules: Rules, rule: GoalRule, room: RoomRow, at: datetime
) -> tuple[GoalRow, list[PartRow]]:
    """The goal to store, when the limits allow it."""
    title = gifts.clean_text(body.title, "title")
    if not 1 <= len(title) <= rule.title_characters_max:
        raise GoalInvalid("title", f"Must have 1 to {rule.title_characters_max} characters")
    if len(body.parts) > rule.parts_max:
        raise GoalInvalid("parts", f"At most {rule.parts_max}")
    parts: list[PartRow] = []
    for no, wanted in enumerate(body.parts, start=1):
        if not 1 <= wanted.target <= rule.target_max:
            raise GoalInvalid("target", f"Must be 1 to {rule.target_max}")
        gift = None if wanted.gift is None else rules.find(wanted.gift, at)
        parts.append(
            PartRow(
                goal_id=body.id,
                no=no,
                id=uuid5(body.id, str(no)),
                gift_id=None if gift is None else gift.id,
                gift_version=None if gift is None else gift.version,
                gift_slug=None if gift is None else gift.slug,
                gift_name=None if gift is None else gift.name,
                target=wanted.target,
                counted=0,
            )
        )
    if len({part.gift_id for part in parts}) != len(parts):
        raise GoalInvalid("parts", "Each gift, and coins, at most once")
    return GoalRow(room.id, body.id, title, "open", 0, 0, at, None), parts


def _is_same(held: Standing, earlier: GoalRow, row: GoalRow, parts: Sequence[PartRow]) -> bool:
    stored = [(part.gift_id, part.target) for part in held.parts[earlier.id]]
    return earlier.title == row.title and stored == [(part.gift_id, part.target) for part in parts]
