"""Wires the modules into one app."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI

from largesse import __version__, creators, gifts, identity, ledger, rooms, topups, wallet
from largesse.creators.routes import router as creators_router
from largesse.db import Connection, Database
from largesse.gifts.routes import router as gifts_router
from largesse.health import router as health_router
from largesse.http import install_error_handlers
from largesse.identity.routes import router as identity_router
from largesse.rooms.routes import router as rooms_router
from largesse.services import Services
from largesse.settings import Settings
from largesse.topups.routes import router as topups_router
from largesse.wallet.routes import router as wallet_router
from largesse.web import mount_web

_MODULES_WITH_DEFAULTS = (ledger, identity, topups, gifts, creators)
_ROUTERS = (
    health_router,
    identity_router,
    topups_router,
    wallet_router,
    gifts_router,
    rooms_router,
    creators_router,
)


async def load_defaults(conn: Connection) -> None:
    """Fill empty reference tables with the figures shipped in the package."""
    for module in _MODULES_WITH_DEFAULTS:
        await module.load_defaults(conn)


@asynccontextmanager
async def start_services(settings: Settings, *, url: str) -> AsyncIterator[Services]:
    """Open the database, the gift writer and the rooms' hub; close them in reverse."""
    async with AsyncExitStack() as stack:
        db = Database(url, size_max=settings.pool_size_max)
        await db.open()
        stack.push_async_callback(db.close)
        hub, on_commit = rooms.build_hub(db, settings)
        await hub.start()
        stack.push_async_callback(hub.stop)
        writer = ledger.GiftWriter(
            db, batch_size_max=settings.batch_size_max, on_commit=on_commit
        )
        await writer.start()
        stack.push_async_callback(writer.stop)
        yield Services(settings=settings, db=db, writer=writer, hub=hub)
