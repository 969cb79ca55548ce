"""What processes on one database tell each other after a commit: which room moved how far, never the event itself."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import TypeAlias
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True)
class Moved:
    """The log of room `id` reaches `seq`."""

    id: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Watched:
    """So many viewers of room `id` are connected to the process that tells it."""

    id: UUID
    viewers: int


@dataclass(frozen=True, slots=True)
class GiftingSwitched:
    """Creator `id` switched gifts on or off."""

    id: UUID
    gifting: bool


@dataclass(frozen=True, slots=True)
class LiveChanged:
    """A stream of creator `id` started or ended."""

    id: UUID


@dataclass(frozen=True, slots=True)
class OverlaysChanged:
    """An overlay of creator `id` was set otherwise, deleted, or has another token: his open overlays look again."""

    id: UUID


@dataclass(frozen=True, slots=True)
class OverlayTried:
    """A test of overlay `id`: the frame that wherever it is open is sent. It happened nowhere, so no log has it."""

    id: UUID
    creator_id: str
    frame: str


@dataclass(frozen=True, slots=True)
class TextRemoved:
    """A text was removed from a room that had ended. `id` is of the notice, so that none takes the place of another."""

    id: UUID
    room_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class MomentTold:
    """A moment of a room, as JSON, for everybody in it. `id` is of the notice."""

    id: UUID
    room_id: str
    event: str


@dataclass(frozen=True, slots=True)
class BannerTold:
    """A banner, as JSON, for all live rooms, which keeps others away for `pause_s`. `id` is of the notice."""

    id: UUID
    pause_s: int
    event: str


@dataclass(frozen=True, slots=True)
class BanChanged:
    """Somebody was banned from a creator's rooms, or the ban lifted. `id` is of the notice."""

    id: UUID
    creator_id: str
    user_id: str
    by_id: str
    banned: bool
    changed_at: str


Notice: TypeAlias = (
    Moved
    | Watched
    | GiftingSwitched
    | LiveChanged
    | OverlaysChanged
    | OverlayTried
    | TextRemoved
    | MomentTold
    | BannerTold
    | BanChanged
)

FLEETING = (OverlayTried, MomentTold, BannerTold)
"""Worth nothing a moment later."""

_KINDS: dict[str, type[Notice]] = {
    "moved": Moved,
    "watched": Watched,
    "gifting": GiftingSwitched,
    "live": LiveChanged,
    "overlays": OverlaysChanged,
    "tried": OverlayTried,
    "removed": TextRemoved,
    "moment": MomentTold,
    "banner": BannerTold,
    "ban": BanChanged,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


PENDING_MAX = 20_000
"""A bus may be away for days. Others find out in time, from the database, what most older notices would tell them."""


class Pending:
    """Notices that wait to be told. Of several about the same thing the last one counts; of too many the latest do."""

    def __init__(self) -> None:
        self._notices: dict[Hashable, Notice] = {}

    def __len__(self) -> int:
        return len(self._notices)

    def add(self, notice: Notice) -> None:
        key = type(notice), notice.id
        if isinstance(notice, Moved):
            known = self._notices.get(key)
            if isinstance(known, Moved) and known.seq >= notice.seq:
                return
        self._notices[key] = notice
        if len(self._notices) > PENDING_MAX:
            del self._notices[next(iter(self._notices))]

    def take(self) -> list[Notice]:
        """All of them; none is left."""
        taken = list(self._notices.values())
        self._notices.clear()
        return taken

    def give_back(self, notices: Iterable[Notice]) -> None:
        """They could not be told; what was added meanwhile is newer."""
        newer = self.take()
        for notice in (*notices, *newer):
            self.add(notice)


def encode(origin: UUID, notices: Iterable[Notice], *, bytes_max: int) -> Iterator[str]:
    """Messages of at most `bytes_max` bytes (ASCII); without notices one that says only who lives.

    What is too long for a message is left out.
    """
    head = f'["{origin}"'
    message = head
    for notice in notices:
        part = "," + orjson.dumps([_NAMES[type(notice)], *astuple(notice)]).decode()
        if len(head) + len(part) + 1 > bytes_max:
            continue  # no message can hold it, and it would be tried for ever
        if len(message) + len(part) + 1 > bytes_max:
            yield message + "]"
            message = head
        message += part
    yield message + "]"


def decode(message: str) -> tuple[UUID, list[Notice]]:
    """Who told it, and what. Kinds not known here (a newer release beside us) are left out; raises ValueError."""
    try:
        origin, *parts = orjson.loads(message)
        notices = [
            _KINDS[name](UUID(id_), *values) for name, id_, *values in parts if name in _KINDS
        ]
        return UUID(origin), notices
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("not a message of the bus") from error
