"""What giving needs to know, held in this process for a moment, so that a gift asks the database nothing beforehand."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from largesse import creators, identity, ledger
from largesse.db import Database, database_time
from largesse.figures import holding
from largesse.gifts import queries
from largesse.gifts.errors import GiftGone, GiftNotFound
from largesse.gifts.model import GiftKind, GiftRule, GiftType, Target, TargetKind
from largesse.gifts.right_clock import RightClock
from largesse.gifts.streak_keys import EndedStreaks
from largesse.identity import Country, Person
from largesse.ledger import Share
from largesse.moderation import Banned, Bans
from largesse.types import now

log = logging.getLogger(__name__)

FRESH_S = 2.0
"""How old what we hold may be: a change of the catalogue reaches every process within this time."""
NAMES_MAX = 100_000
TARGETS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Rules:
    """Reference data as of one moment."""

    types: list[GiftType]
    gift_rules: list[GiftRule]
    share: Share
    hold_days: Mapping[str, int]
    countries: Mapping[str, Country]
    versions: Mapping[str, Sequence[GiftType]]
    """Every version of a gift of the catalogue by its slug and by its id."""

    def catalogue(self, at: datetime) -> list[GiftType]:
        """The gifts that can be given, in their order."""
        return [gift for gift in self.types if gift.kind == "gift" and gift.is_current(at)]

    def find(self, key: str, at: datetime) -> GiftType:
        """The current version of a gift by slug or id."""
        versions = self.versions.get(key, ())
        for gift in versions:
            if gift.is_current(at):
                return gift
        if any(gift.valid_from <= at for gift in versions):
            raise GiftGone
        raise GiftNotFound

    def built_in(self, kind: GiftKind) -> GiftType:
        """The type of what is paid for that is no gift of the catalogue."""
        return next(gift for gift in self.types if gift.kind == kind)

    def gift_rule(self, at: datetime) -> GiftRule:
        """The limits that hold at a moment."""
        return holding(self.gift_rules, at)


def _by_key(types: Sequence[GiftType]) -> dict[str, list[GiftType]]:
    versions: dict[str, list[GiftType]] = {}
    for gift in types:
        if gift.kind != "gift":
            continue
        versions.setdefault(gift.slug, []).append(gift)
        versions.setdefault(str(gift.id), []).append(gift)
    return versions


class GiftDesk:
    """One per process."""

    def __init__(self, db: Database, *, fresh_s: float = FRESH_S) -> None:
        self._db = db
        self._fresh_s = fresh_s
        self._lock = asyncio.Lock()
        self._rules: Rules | None = None
        self._read_at_s = float("-inf")
        self._refreshing: asyncio.Task[None] | None = None
        self._types_by_no: dict[int, GiftType] = {}
        self._people: OrderedDict[UUID, Person] = OrderedDict()
        self._targets: OrderedDict[UUID, Target] = OrderedDict()
        self.ended_streaks = EndedStreaks()
        self.bans = Bans()
        self.clock = RightClock()

    async def rules(self) -> Rules:
        """Reference data that is at most `fresh_s` old."""
        if (rules := self.rules_at_hand()) is not None:
            return rules
        async with self._lock:
            if (rules := self.rules_at_hand()) is None:
                rules = await self._read()
            return rules

    def rules_at_hand(self) -> Rules | None:
        """Reference data that is at most `fresh_s` old, when there is some without waiting for the database."""
        age_s = time.monotonic() - self._read_at_s
        if age_s >= self._fresh_s:
            return None
        if age_s >= self._fresh_s / 2 and self._refreshing is None:
            # While gifts come in, none of them has to wait for the next reading.
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())
        return self._rules

    async def _refresh(self) -> None:
        try:
            async with self._lock:
                await self._read()
        except psycopg.Error as error:  # whoever gives next reads, and hears why it fails
            log.warning("cannot read the rules of giving: %s", error)
        finally:
            self._refreshing = None

    async def _read(self) -> Rules:
        read_at_s = time.monotonic()
        at = now()
        async with self._db.read() as conn:
            self.clock.set(await database_time(conn))
            types = await queries.gift_types(conn)
            rules = Rules(
                types=types,
                versions=_by_key(types),
                gift_rules=await queries.gift_rules(conn),
                share=await ledger.current_share(conn, at),
                hold_days=await creators.hold_days(conn, at),
                countries={country.code: country for country in await identity.countries(conn)},
            )
            await self.bans.refresh(conn)
        self._rules = rules
        self._read_at_s = read_at_s
        self._types_by_no = {gift.no: gift for gift in rules.types}
        return rules

    async def know_bans(self, creator_id: UUID) -> None:
        """Have at hand whom this creator bans; call `rules` before."""
        if not self.bans.knows(creator_id):
            async with self._db.read() as conn:
                await self.bans.learn(conn, creator_id)

    def assert_not_banned(self, creator_id: UUID, user_id: UUID) -> None:
        """Raise Banned; the creator's bans must be at hand."""
        if self.bans.has(creator_id, user_id):
            raise Banned

    def gift_type(self, no: int) -> GiftType | None:
        """A gift type seen by this process, of any age: a version never changes."""
        return self._types_by_no.get(no)

    def pieces(self, no: int, count: int) -> int:
        """How many to show of a row: a message is one, whatever it cost."""
        gift = self._types_by_no.get(no)
        return count if gift is None or gift.kind == "gift" else 1

    def target(self, kind: TargetKind, room_id: UUID) -> Target | None:
        """Who receives the gifts of a room, when it was asked before: that never changes."""
        target = self._targets.get(room_id)
        return target if target is not None and target.kind == kind else None

    def remember_target(self, target: Target) -> None:
        """Keep who receives the gifts of a room."""
        self._targets[target.room_id] = target
        if len(self._targets) > TARGETS_MAX:
            self._targets.popitem(last=False)

    def remember(self, person_id: UUID, display_name: str) -> None:
        """Keep the name of somebody whose gift is about to be published."""
        known = self._people.get(person_id)
        if known is None or known.display_name != display_name:
            self._people[person_id] = Person(id=person_id, display_name=display_name)
            if len(self._people) > NAMES_MAX:
                self._people.popitem(last=False)
        else:
            self._people.move_to_end(person_id)

    def person(self, person_id: UUID) -> Person | None:
        """Somebody remembered lately."""
        return self._people.get(person_id)
