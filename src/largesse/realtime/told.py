"""An event of the log on its way to viewers: as a value for the room's state, and encoded once for everybody."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from largesse.realtime.events import LoggedEvent
from largesse.realtime.writing import write_event

_logged: TypeAdapter[LoggedEvent] = TypeAdapter(Annotated[LoggedEvent, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Told:
    """A committed event and its JSON."""

    event: LoggedEvent
    text: str

    @property
    def seq(self) -> int:
        return self.event.seq


def tell_event(event: LoggedEvent) -> Told:
    """An event of ours."""
    return Told(event, write_event(event))


def read_told(text: str) -> Told | None:
    """An event that another process encoded; none when this release does not know it."""
    try:
        return Told(_logged.validate_json(text), text)
    except ValidationError:
        return None
