"""Bodies of the overlay routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from largesse.identity import Person
from largesse.realtime import AlertKind, Event, OverlayKind, OverlaySettings, Stream
from largesse.types import Schema, one_line

NAME_CHARACTERS_MAX = 60
Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS_MAX), AfterValidator(one_line)]


class Overlay(Schema):
    """One page for streaming software, as its creator sees it."""

    id: UUID
    kind: OverlayKind
    name: str
    settings: OverlaySettings
    overlay_url: str
    """Secret: whoever has it sees the overlay."""
    created_at: datetime


class OverlayList(Schema):
    """All overlays of a creator, in the order in which they were made."""

    items: list[Overlay]
    overlays_max: int


class CreateOverlay(Schema):
    """A new overlay; without settings it starts with those of its kind."""

    kind: OverlayKind
    name: Name | None = None


class ChangeOverlay(Schema):
    """All of it: name and settings, of the kind that the overlay has."""

    name: Name
    settings: OverlaySettings


class TestOverlay(Schema):
    """What a test shows. Alert boxes go by `kind`; the other overlays show samples of what they hold."""

    kind: AlertKind = "gift"
    coins: int = Field(default=100, ge=1, le=1_000_000_000)


class OverlayLink(Schema):
    """The secret address of the creator's first alert box."""

    overlay_url: str
    token: str


class OverlayView(Schema):
    """Whose overlay it is, how it is set, and what is live now."""

    id: UUID
    creator: Person
    settings: OverlaySettings
    stream: Stream | None


class WaitingAlert(Schema):
    """An alert that waits for the creator: what it would show."""

    room_id: UUID
    event: Event


class WaitingAlerts(Schema):
    """Those of the live stream with a number above `after`, the oldest first."""

    room_id: UUID | None
    """The stream's; null: none is live."""
    items: list[WaitingAlert]
    reached_seq: int
    """Up to here the log was looked through: the `after` of the next call."""
    more: bool
    """The log goes on behind `reached_seq` already."""


class DecideAlert(Schema):
    """Of which stream the alert is."""

    room_id: UUID


class ApprovedAlert(Schema):
    """An alert that the creator approved; `no` counts them from 1."""

    no: int
    room_id: UUID
    event: Event


class ApprovedAlerts(Schema):
    """Approved alerts in the order in which they were approved."""

    items: list[ApprovedAlert]
