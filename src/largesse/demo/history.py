"""Some weeks that never were: top-ups, shows, gifts, refunds and disputes, made by the use cases that make real ones.

The same days, people, gifts and amounts every time; it ends yesterday, so that every day of it can be closed.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from largesse import gifts, identity, ledger, outbox, rooms, topups
from largesse.demo import queries
from largesse.demo.data import Buyer, HistoryData, Incident, Show, load, load_history
from largesse.demo.service import add_people, seed
from largesse.errors import Conflict
from largesse.gifts import GiftOrder, Target
from largesse.identity import User
from largesse.ledger import InsufficientCoins, WalletFrozen
from largesse.services import Services
from largesse.topups import OrderRequest, Outcome
from largesse.types import PLATFORM_ID, living_by, new_id, now

_STEP = timedelta(milliseconds=1)
_FIRST_HOUR = 8
_PURCHASE_MINUTES = 12 * 60


class HistoryRefused(Conflict):
    """There are people here already, and no finished demo history: use an empty data folder or database."""

    code = "not_empty"


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo has now."""

    new: bool
    welcome: str


class _Action(NamedTuple):
    """Something that happens at a moment; `number` keeps the order of those at the same one."""

    at: datetime
    number: int
    act: Callable[[], Awaitable[None]]


class _Clock:
    """Stands at the moment of an action, and goes on a little whenever it is looked at."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        self.moment += _STEP
        return self.moment


async def seed_history(services: Services) -> Seeded:
    """Fill an empty database; one that was filled before stays as it is. Raises HistoryRefused for any other."""
    async with services.db.read() as conn:
        people, history = await queries.people_and_history(conn)
    if people and not history:
        raise HistoryRefused
    if not history:
        await _tell(services, load_history())
        async with services.db.transaction() as conn:
            await identity.record(conn, PLATFORM_ID, queries.HISTORY_ACTION, None, {})
        await outbox.catch_up(services.db)
    return Seeded(new=not history, welcome=await seed(services))


async def _tell(services: Services, data: HistoryData) -> None:
    first = now().date() - timedelta(days=data.days)
    start = datetime.combine(first, time(_FIRST_HOUR), UTC)
    async with services.db.transaction() as conn:
        await ledger.ensure_partitions(conn, start)
    clock = _Clock(start)
    with living_by(clock), services.desk.clock.unheeded():
        demo = load()
        everybody = demo.model_copy(update={"users": [*demo.users, *data.viewers]})
        people, _ = await add_people(services, everybody)
        for post in demo.posts:
            await rooms.create_post(services, people[post.creator], post.caption)
        story = _Story(services, data, people)
        for number in range(data.days):
            for action in sorted(story.day(first + timedelta(days=number), number)):
                clock.moment = max(clock.moment, action.at)
                await action.act()


@dataclass
class _Story:
    """Invents the days and lets them happen."""

    services: Services
    data: HistoryData
    people: dict[str, User]
    orders: dict[str, UUID] = field(default_factory=dict)
    """The newest order of each buyer."""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.data.seed)  # noqa: S311 - the same story every time

    def day(self, day: date, number: int) -> list[_Action]:
        """What happens on a day, in any order."""
        morning = datetime.combine(day, time(_FIRST_HOUR), UTC)
        planned: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        for place, buyer in enumerate(self.data.buyers):
            # Everybody buys on the first days, then about twice a week.
            if number == place % 3 or self._chance.random() < 0.25:
                at = morning + timedelta(minutes=self._chance.randrange(_PURCHASE_MINUTES))
                planned.append((at, partial(self._buy, buyer)))
        for incident in self.data.incidents:
            if incident.day == number:
                planned.append((morning, partial(self._befall, incident)))
        for show in self.data.shows:
            if day.weekday() in show.weekdays:
                planned += self._show(show, datetime.combine(day, time(show.hour), UTC))
        return [_Action(at, number, act) for number, (at, act) in enumerate(planned)]

    def _show(
        self, show: Show, start: datetime
    ) -> list[tuple[datetime, Callable[[], Awaitable[None]]]]:
        chance, data = self._chance, self.data
        stage = _Stage()
        title = chance.choice(show.titles)
        planned: list[tuple[datetime, Callable[[], Awaitable[None]]]] = []
        planned.append((start, partial(self._open, show, title, stage)))
        for _ in range(chance.randint(data.gifts_min, data.gifts_max)):
            at = start + timedelta(seconds=chance.randrange(60, data.show_minutes * 60))
            (buyer,) = chance.choices(data.buyers, [buyer.weight for buyer in data.buyers])
            (gift,) = chance.choices(list(data.gifts), list(data.gifts.values()))
            (count,) = chance.choices(list(data.counts), list(data.counts.values()))
            says = chance.randrange(100) < data.message_percent
            message = chance.choice(data.messages) if says else None
            planned.append((at, partial(self._give, buyer, stage, gift, count, message)))
        end = start + timedelta(minutes=data.show_minutes)
        planned.append((end, partial(self._close, show, stage)))
        return planned

    async def _open(self, show: Show, title: str, stage: "_Stage") -> None:
        creator = self.people[show.creator]
        stream = await rooms.start_stream(self.services, creator, title)
        stage.target = Target(kind="stream", room_id=stream.id, recipient_id=creator.id)

    async def _close(self, show: Show, stage: "_Stage") -> None:
        assert stage.target is not None, "it was opened"
        await rooms.end_stream(self.services, self.people[show.creator], stage.target.room_id)

    async def _give(
        self, buyer: Buyer, stage: "_Stage", gift: str, count: int, message: str | None
    ) -> None:
        assert stage.target is not None, "it was opened"
        order = GiftOrder(id=new_id(), gift=gift, count=count, message=message)
        try:
            await gifts.send_gift(self.services, self.people[buyer.email], stage.target, order)
        except (InsufficientCoins, WalletFrozen):
            return  # it happens: the next purchase comes another day

    async def _buy(self, buyer: Buyer) -> None:
        user = self.people[buyer.email]
        offers = await topups.list_packages(self.services, user.country, "web")
        package = next(offer for offer in offers.items if offer.coins >= buyer.package_coins)
        request = OrderRequest(package_id=package.id, provider="sandbox", country=user.country)
        try:
            placed = await topups.place_order(
                self.services, user, request, key=None, origin=self.services.settings.base_url
            )
        except WalletFrozen:
            return
        self.orders[buyer.email] = placed.order.id
        await topups.pay_order(self.services, user, placed.order.id, Outcome.SUCCEED)

    async def _befall(self, incident: Incident) -> None:
        """Something happens to somebody's newest purchase."""
        user, order_id = self.people[incident.email], self.orders[incident.email]
        await topups.pay_order(self.services, user, order_id, Outcome(incident.outcome))


@dataclass
class _Stage:
    """Where the gifts of a show go, once it has begun."""

    target: Target | None = None
