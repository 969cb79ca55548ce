"""What a test of an overlay shows: made up, marked as a test by its frame, in no log."""

from datetime import datetime
from uuid import UUID

from largesse.identity import Person
from largesse.messages import MessageRules, marks_of
from largesse.realtime import (
    AlertKind,
    AnyEvent,
    ChatEvent,
    CheerEvent,
    GiftEvent,
    GiftVersion,
    Goal,
    GoalEvent,
    GoalPart,
    GoalProgressEvent,
    OverlayKind,
    PaidMessageEvent,
    StreakEndEvent,
    StreakTotal,
    Supporter,
    SupportersEvent,
)
from largesse.types import new_id

_NO_ID = UUID(int=0)
_NAMES = ("Robin", "Sasha", "Kim", "Alex", "Noa")
_ROSE = GiftVersion(id=_NO_ID, version=1, slug="rose", name="Rose")


def samples(
    overlay: OverlayKind, kind: AlertKind, coins: int, at: datetime, rules: MessageRules
) -> list[AnyEvent]:
    """Events for one test of an overlay of a kind; what is said with coins looks as its tier does."""
    match overlay:
        case "alerts":
            return [_alert(kind, coins, at, rules)]
        case "ticker":
            return [_gift(coins, at), _cheer(coins, at, rules), _paid(coins, at, rules)]
        case "chat":
            return [_chat(at), _cheer(coins, at, rules), _paid(coins, at, rules)]
        case "goal":
            goal = _goal("open", coins)
            return [GoalProgressEvent(type="goal_progress", seq=None, at=at, goal=goal)]
        case "supporters":
            return [SupportersEvent(type="supporters", seq=None, at=at, items=_supporters(coins))]


def _alert(kind: AlertKind, coins: int, at: datetime, rules: MessageRules) -> AnyEvent:
    match kind:
        case "gift":
            return _gift(coins, at)
        case "streak":
            return StreakEndEvent(type="streak_end", seq=0, at=at, total=_streak(coins))
        case "paid_message":
            return _paid(coins, at, rules)
        case "cheer":
            return _cheer(coins, at, rules)
        case "goal":
            return GoalEvent(type="goal", seq=0, at=at, goal=_goal("reached", coins))


def _person(place: int = 0) -> Person:
    return Person(id=UUID(int=place + 1), display_name=_NAMES[place])


def _gift(coins: int, at: datetime) -> GiftEvent:
    return GiftEvent(
        type="gift",
        seq=0,
        at=at,
        id=new_id(),
        sender=_person(),
        gift=_ROSE,
        animation_kind="hop",
        count=coins,
        coins=coins,
        milli_diamonds=0,
        streak=None,
        message="This is a test.",
    )


def _streak(coins: int) -> StreakTotal:
    return StreakTotal(
        streak=new_id(),
        sender=_person(),
        gift=_ROSE,
        animation_kind="hop",
        gifts=coins,
        count=coins,
        coins=coins,
        milli_diamonds=0,
    )


def _paid(coins: int, at: datetime, rules: MessageRules) -> PaidMessageEvent:
    tier = rules.tiers.shown_paid_tier(coins, at)
    return PaidMessageEvent(
        type="paid_message",
        seq=0,
        at=at,
        id=new_id(),
        sender=_person(1),
        coins=coins,
        milli_diamonds=0,
        tier=tier.tier,
        color=tier.color,
        pin_s=0,
        pinned_until=None,
        state="shown",
        text="This is a test of a paid message.",
    )


def _cheer(coins: int, at: datetime, rules: MessageRules) -> CheerEvent:
    text = f"{rules.tiers.marks.at(at)[0].name}{coins} This is a test of a cheer."
    tier = rules.tiers.shown_cheer_tier(coins, at)
    return CheerEvent(
        type="cheer",
        seq=0,
        at=at,
        id=new_id(),
        sender=_person(2),
        coins=coins,
        milli_diamonds=0,
        tier=tier.tier,
        color=tier.color,
        marks=marks_of(text, at, rules.tiers),
        text=text,
    )


def _chat(at: datetime) -> ChatEvent:
    return ChatEvent(
        type="chat", seq=0, at=at, id=new_id(), sender=_person(3), text="This is a test."
    )


def _goal(state: str, coins: int) -> Goal:
    progress = 2 * coins if state == "reached" else coins
    part = GoalPart(id=new_id(), gift=None, target=2 * coins, progress=progress)
    reached = state == "reached"
    return Goal(id=new_id(), title="A test", parts=[part], state="reached" if reached else "open")


def _supporters(coins: int) -> list[Supporter]:
    return [
        Supporter(rank=rank, user=_person(rank - 1), coins=max(1, coins // rank))
        for rank in range(1, len(_NAMES) + 1)
    ]
