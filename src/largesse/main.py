"""Wires the modules into one app."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from fastapi import Depends, FastAPI

from largesse import (
    __version__,
    creators,
    demo,
    gifts,
    goals,
    identity,
    ledger,
    messages,
    moderation,
    overlays,
    recognition,
    rooms,
    streaks,
    topups,
)
from largesse.creators.routes import router as creators_router
from largesse.db import Connection, Database
from largesse.demo.routes import router as demo_router
from largesse.finance.routes import router as finance_router
from largesse.gifts.routes import art_router
from largesse.gifts.routes import router as gifts_router
from largesse.health import router as health_router
from largesse.http import install_error_handlers
from largesse.identity.routes import router as identity_router
from largesse.messages.routes import router as messages_router
from largesse.metrics import counted
from largesse.moderation.routes import router as moderation_router
from largesse.overlays.routes import router as overlays_router
from largesse.overlays.sockets import router as overlay_sockets_router
from largesse.promotions.routes import router as promotions_router
from largesse.realtime import webhooks
from largesse.recognition.routes import router as recognition_router
from largesse.rooms.chat_routes import router as chat_router
from largesse.rooms.gift_routes import router as gift_router
from largesse.rooms.goal_routes import router as goal_router
from largesse.rooms.ingest_routes import router as ingest_router
from largesse.rooms.message_routes import router as message_router
from largesse.rooms.routes import router as rooms_router
from largesse.rooms.sockets import router as sockets_router
from largesse.services import Services
from largesse.settings import Settings
from largesse.topups.consumption.routes import router as consumption_router
from largesse.topups.guards.routes import router as limits_router
from largesse.topups.holds.routes import router as holds_router
from largesse.topups.price_books.routes import router as price_books_router
from largesse.topups.receipts.routes import router as receipts_router
from largesse.topups.refunds.routes import router as refunds_router
from largesse.topups.routes import router as topups_router
from largesse.topups.routes import sandbox_router
from largesse.topups.support.routes import router as support_router
from largesse.wallet.routes import router as wallet_router
from largesse.web import mount_web
from largesse.worker import running_worker

_MODULES_WITH_DEFAULTS = (
    ledger,
    identity,
    topups,
    gifts,
    creators,
    goals,
    messages,
    overlays,
    rooms,
    recognition,
    moderation,
    streaks,
)
_ROUTERS = (
    gift_router,  # the first: asked for most, and found by looking through all of them
    health_router,
    identity_router,
    topups_router,
    price_books_router,
    promotions_router,
    refunds_router,
    support_router,
    consumption_router,
    receipts_router,
    wallet_router,
    limits_router,
    holds_router,
    finance_router,
    gifts_router,
    art_router,
    rooms_router,
    chat_router,
    ingest_router,
    goal_router,
    messages_router,
    message_router,
    overlays_router,
    overlay_sockets_router,
    sockets_router,
    recognition_router,
    creators_router,
    moderation_router,
)
_LETS_IN_BY_ITSELF = (gift_router, sockets_router)
"""Routers whose routes ask at the door themselves: the one for its speed, the other to say why it stays shut."""


async def load_defaults(conn: Connection) -> None:
    """Fill empty reference tables with the figures shipped in the package."""
    for module in _MODULES_WITH_DEFAULTS:
        await module.load_defaults(conn)


@asynccontextmanager
async def start_services(settings: Settings, *, url: str) -> AsyncIterator[Services]:
    """Open the database, the rooms' hub and the gift writer; close them in reverse."""
    async with AsyncExitStack() as stack:
        db = Database(url, size_max=settings.pool_size_max)
        await db.open()
        stack.push_async_callback(db.close)
        sessions = identity.SessionLookups(db)
        stack.push_async_callback(sessions.close)
        entries = rooms.Entries(db)
        stack.push_async_callback(entries.close)
        desk = gifts.GiftDesk(db)
        message_desk = messages.MessageDesk(db)
        hub = await stack.enter_async_context(rooms.open_hub(db, settings))
        closer = streaks.StreakCloser(db, hub, desk, await streaks.read_secret(db))
        stack.push_async_callback(closer.stop)  # when all gifts are written and all sockets gone
        recognizer = recognition.Recognizer(db, hub, desk, partial(rooms.public_creator, db))
        await recognizer.start()
        stack.push_async_callback(recognizer.stop)
        publish = rooms.gift_publisher(hub, desk, message_desk, closer)
        writer = ledger.GiftWriter(
            db,
            batch_size_max=settings.batch_size_max,
            on_commit=counted(recognizer.watching(publish)),
            read_bars=moderation.read_bars,
        )
        await writer.start()
        hub.bans.listen(moderation.ban_listener(desk.bans, writer))
        stack.push_async_callback(writer.stop)
        stack.push_async_callback(hub.close)
        yield Services(
            settings=settings,
            db=db,
            writer=writer,
            hub=hub,
            recognizer=recognizer,
            streaks=closer,
            desk=desk,
            messages=message_desk,
            sessions=sessions,
            entries=entries,
        )


@asynccontextmanager
async def running(
    app: FastAPI, settings: Settings, *, url: str, seeds: bool = True, runs_jobs: bool = True
) -> AsyncIterator[None]:
    """Give an app the database at `url`, which has the newest schema, for as long as the block lasts.

    Of several processes one `runs_jobs`; who prepared the database for them has done what `seeds` does in demo mode.
    """
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(start_services(settings, url=url))
        app.state.services = services
        if settings.demo and seeds:
            app.state.welcome = await demo.seed(services)
        await stack.enter_async_context(rooms.running_endings(services))
        await services.streaks.start()
        if runs_jobs:
            await stack.enter_async_context(running_worker(services))
        yield


def create_app(
    settings: Settings, *, url: str, seeds: bool = True, runs_jobs: bool = True
) -> FastAPI:
    """The app that runs, as `running` says, from the server's start to its end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(app, settings, url=url, seeds=seeds, runs_jobs=runs_jobs):
            yield

    topups.import_providers(settings)
    app = FastAPI(
        title="Largesse",
        version=__version__,
        summary="The open-source coin economy for live platforms.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    install_error_handlers(app, [host.policy_source for host in settings.media_hosts])
    for router in _ROUTERS:
        guards = [] if router in _LETS_IN_BY_ITSELF else [Depends(rooms.guard_streams)]
        app.include_router(router, dependencies=guards)
    if settings.demo:
        app.include_router(sandbox_router)
        app.include_router(demo_router)
    app.webhooks.include_router(webhooks)
    mount_web(app)
    return app
