"""What a running server is made of, handed to routes and sockets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from largesse.db import Database
from largesse.settings import Settings

if TYPE_CHECKING:
    from largesse.gifts import GiftDesk
    from largesse.identity import SessionLookups
    from largesse.ledger import GiftWriter
    from largesse.messages import MessageDesk
    from largesse.realtime import Hub
    from largesse.recognition import Recognizer
    from largesse.rooms import Entries
    from largesse.streaks import StreakCloser


@dataclass(frozen=True, slots=True)
class Services:
    """The parts every use case may need."""

    settings: Settings
    db: Database
    writer: GiftWriter
    hub: Hub
    recognizer: Recognizer
    streaks: StreakCloser
    desk: GiftDesk
    messages: MessageDesk
    sessions: SessionLookups
    entries: Entries


def services_of(connection: HTTPConnection) -> Services:
    """The services of the app that serves this request or socket."""
    return cast(Services, connection.app.state.services)


async def _services(connection: HTTPConnection) -> Services:
    """A coroutine, because FastAPI calls a plain function in a thread, for each request anew."""
    return services_of(connection)


ServicesDep = Annotated[Services, Depends(_services)]
