"""Rows of overlays."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from largesse.realtime import HoldSwitch, OverlayKind, OverlaySettings


@dataclass(frozen=True, slots=True)
class OverlayRule:
    """Limits that hold from `valid_from` on."""

    valid_from: datetime
    overlays_max: int
    tests_max_per_min: int
    decision_days: int
    """Decisions about alerts are kept for so long after their stream."""


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """One overlay, as stored, with the token that opens it."""

    creator_id: UUID
    id: UUID
    kind: OverlayKind
    name: str
    settings: dict[str, Any]
    position: int
    approved: int
    hold_room_id: UUID | None
    hold_seq: int
    created_at: datetime
    token: str

    def read_settings(self) -> OverlaySettings:
        """What is left out is as by default."""
        return OverlaySettings.model_validate(self.settings)

    @property
    def hold_switch(self) -> HoldSwitch | None:
        if self.hold_room_id is None:
            return None
        return HoldSwitch(room_id=self.hold_room_id, seq=self.hold_seq)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a creator decided about an alert: `no` is the number of the approval, null: it was skipped."""

    room_id: UUID
    seq: int
    no: int | None
