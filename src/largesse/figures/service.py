"""Scheduling figures: all of a set from one moment on, or none."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from largesse import identity
from largesse.db import Connection, Database, ReadConnection
from largesse.figures import queries
from largesse.figures.errors import RulesInvalid, RulesNotScheduled, RulesTaken
from largesse.figures.model import Figures, FigureSet
from largesse.types import now

LEAD = timedelta(seconds=60)
"""Figures begin at least so much later: serving processes look for new ones every few seconds."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What came of scheduling."""

    there_before: bool
    replaced_at: datetime | None
    """Other figures are scheduled from then on."""


async def starts(db: Database, wanted: FigureSet) -> list[datetime]:
    """The moments from which figures of a set hold, the oldest first."""
    async with db.read() as conn:
        return await queries.starts(conn, wanted.tables)


async def show(db: Database, wanted: FigureSet, at: datetime) -> Figures:
    """The figures that hold at a moment, as a file has them."""
    async with db.read() as conn:
        return await _at(conn, wanted, at)


async def schedule(
    db: Database, actor_id: UUID, wanted: FigureSet, given: Figures, *, keep: bool
) -> Scheduled:
    """Let figures hold from their moment on; `keep=False` only looks whether they could. Again, it changes nothing.

    RulesInvalid when the moment is not ahead, RulesTaken when others hold from just then.
    """
    async with db.transaction() as conn:
        await queries.lock(conn)
        known = await queries.starts(conn, wanted.tables)
        later = next((start for start in known if start > given.valid_from), None)
        if given.valid_from in known:
            stored = await _at(conn, wanted, given.valid_from)
            if stored.model_dump() != given.model_dump():
                raise RulesTaken
            return Scheduled(there_before=True, replaced_at=later)
        if given.valid_from < now() + LEAD:
            raise RulesInvalid(
                "valid_from: the past is never changed; choose a moment that is at least"
                f" {LEAD.seconds} seconds ahead."
            )
        if keep:
            await _store(conn, wanted, given)
            data = {"name": wanted.name, "figures": given.model_dump(mode="json")}
            await identity.record(conn, actor_id, "rules.set", None, data)
    return Scheduled(there_before=False, replaced_at=later)


async def withdraw(
    db: Database, actor_id: UUID, wanted: FigureSet, valid_from: datetime
) -> Figures:
    """Take back figures that begin LEAD from now or later; RulesNotScheduled when there are none."""
    async with db.transaction() as conn:
        await queries.lock(conn)
        if valid_from not in await queries.starts(conn, wanted.tables) or (
            valid_from < now() + LEAD
        ):
            raise RulesNotScheduled
        taken = await _at(conn, wanted, valid_from)
        for table in wanted.tables:
            await queries.delete_from(conn, table, valid_from)
        data = {"name": wanted.name, "figures": taken.model_dump(mode="json")}
        await identity.record(conn, actor_id, "rules.withdraw", None, data)
    return taken


async def _store(conn: Connection, wanted: FigureSet, given: Figures) -> None:
    values = given.model_dump()
    lists = {name: values.pop(name) for name in wanted.lists}
    await queries.insert(conn, wanted.table, values)
    for name, parts in lists.items():
        rows = wanted.lists[name]
        for no, part in enumerate(parts, start=1):
            row = {**part, rows.number: no, "valid_from": given.valid_from}
            await queries.insert(conn, rows.table, row)


async def _at(conn: ReadConnection, wanted: FigureSet, at: datetime) -> Figures:
    """What is stored, also where today's model would not let it through."""
    began = [start for start in await queries.starts(conn, wanted.tables) if start <= at]
    if not began:
        raise RulesNotScheduled("Nothing held at that moment.")
    columns = [name for name in wanted.model.model_fields if name not in wanted.lists]
    (found,) = await queries.rows_at(conn, wanted.table, columns, at, order="valid_from")
    for name, rows in wanted.lists.items():
        columns = list(rows.part.model_fields)
        stored = await queries.rows_at(conn, rows.table, columns, at, order=rows.number)
        found[name] = [rows.part.model_construct(**row) for row in stored]
    return wanted.model.model_construct(**{**found, "valid_from": began[-1].astimezone(UTC)})
