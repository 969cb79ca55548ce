"""What goes wrong: one function for each fault. It returns when the cause is gone; the scene must recover by itself."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from psycopg import OperationalError
from psycopg.sql import SQL

from largesse import ledger
from largesse.db import Database
from largesse.types import new_id, now
from tests.faults.proxy import Cut
from tests.faults.scenes import Alone, Scene, Shared
from tests.faults.tally import Answer, Wish

S = TypeVar("S", bound=Scene)
FaultOf = Callable[[S], Awaitable[None]]

LEASE_PASSES_S = 35.0
"""Longer than a lane's lease and than a silent transaction may last."""
_STRIKE_TIMEOUT_S = 60.0
_THEFT_GIFTS = 5

_EXPIRE = SQL("UPDATE lane SET lease_until = now() - interval '1 second' WHERE id > 0")
_LEASE_ALL = SQL(
    "UPDATE lane SET holder_id = gen_random_uuid(), lease_until = now() + interval '1 hour' WHERE id > 0"
)
_BACKENDS = SQL(
    "SELECT pid FROM pg_stat_activity WHERE datname = 'largesse' AND pid <> pg_backend_pid() ORDER BY pid"
)
_END_BACKENDS = SQL("SELECT pg_terminate_backend(pid) FROM unnest(%s::integer[]) AS pid")
_SHARE = SQL(
    "INSERT INTO share (id, share_bp, valid_from) SELECT max(id) + 1, %s, now() FROM share"
)


# --- processes ----------------------------------------------------------------------------------


async def server_killed(scene: Scene) -> None:
    """kill -9 of a server, which is then started again on the same data."""
    server = scene.chance.choice(scene.servers)
    await server.kill()
    await server.start_again()


async def child_killed(scene: Alone) -> None:
    """kill -9 of one process of `largesse serve --workers`."""
    os.kill(scene.chance.choice(scene.server.children()), signal.SIGKILL)


async def child_stopped(scene: Alone) -> None:
    """One process of `largesse serve --workers` sleeps for some seconds."""
    child = scene.chance.choice(scene.server.children())
    os.kill(child, signal.SIGSTOP)
    await asyncio.sleep(scene.chance.uniform(1, 4))
    os.kill(child, signal.SIGCONT)


async def worker_killed(scene: Shared) -> None:
    """kill -9 of `largesse worker`, which is then started again."""
    await scene.worker.kill()
    scene.worker.spawn()


async def backend_killed(scene: Scene) -> None:
    """kill -9 of one process of PostgreSQL: all its connections end, and it recovers from its log."""
    pids = [int(str(row[0])) for row in await scene.execute(_BACKENDS)]
    os.kill(scene.chance.choice(pids), signal.SIGKILL)
    await _until_database_answers(scene)


async def postgres_killed(scene: Alone) -> None:
    """kill -9 of PostgreSQL's first process; the server starts it again."""
    scene.kill_postmaster()
    await _until_database_answers(scene)


async def shared_postgres_killed(scene: Shared) -> None:
    """kill -9 of PostgreSQL's first process; its operator starts it again."""
    scene.kill_postmaster()
    async with asyncio.timeout(_STRIKE_TIMEOUT_S):
        while not await asyncio.to_thread(scene.postgres.restart_if_dead):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def _until_database_answers(scene: Scene) -> None:
    async with asyncio.timeout(_STRIKE_TIMEOUT_S):
        while True:
            try:
                await scene.execute(SQL("SELECT 1"))
            except OperationalError:
                await asyncio.sleep(0.05)
            else:
                return


# --- connections --------------------------------------------------------------------------------


def connection_cut(cut: Cut) -> FaultOf[Shared]:
    """The connection of a gift writer ends at a certain place."""

    async def strike(scene: Shared) -> None:
        chance = scene.chance
        fault = scene.proxy.arm(cut, skip=chance.randrange(4), delay_s=chance.uniform(0.1, 2))
        await asyncio.wait_for(fault.over.wait(), _STRIKE_TIMEOUT_S)

    return strike


async def connections_cut(scene: Shared) -> None:
    """Every connection to PostgreSQL ends at once."""
    scene.proxy.cut_all()


async def connections_refused(scene: Shared) -> None:
    """PostgreSQL cannot be reached for some seconds."""
    await scene.proxy.close()
    await asyncio.sleep(scene.chance.uniform(1, 4))
    await scene.proxy.open()


async def traffic_frozen(scene: Shared) -> None:
    """Connections stay, and nothing gets through for some seconds."""
    scene.proxy.freeze()
    await asyncio.sleep(scene.chance.uniform(1, 4))
    scene.proxy.thaw()


# --- lanes --------------------------------------------------------------------------------------


async def server_slept(scene: Shared) -> None:
    """A server sleeps for longer than its lease; another process takes its lane and writes; it wakes up."""
    sleeper = scene.chance.choice(scene.servers)
    sleeper.signal(signal.SIGSTOP)
    await asyncio.sleep(LEASE_PASSES_S)
    await _steal(scene, now)
    sleeper.signal(signal.SIGCONT)


async def server_slept_briefly(scene: Shared) -> None:
    """The same without the waiting: leases end at once, and with them the silent transactions of the sleeper."""
    sleeper = scene.chance.choice(scene.servers)
    sleeper.signal(signal.SIGSTOP)
    await asyncio.sleep(0.2)
    silent = SQL(
        "SELECT pid FROM pg_stat_activity WHERE datname = 'largesse' AND state LIKE 'idle in transaction%%'"
        " AND state_change < now() - interval '0.1 seconds'"
    )
    pids = [row[0] for row in await scene.execute(silent)]
    await scene.execute(_END_BACKENDS, pids)
    await _steal(scene, now)
    sleeper.signal(signal.SIGCONT)


async def lane_stolen(scene: Scene) -> None:
    """Leases end too early: another writer takes a lane from a server that is writing, and writes too."""
    await _steal(scene, now)


async def lane_stolen_by_a_wrong_clock(scene: Scene) -> None:
    """The same, by a process whose clock is days off and jumps."""
    chance = scene.chance

    def wrong() -> datetime:
        return now() + timedelta(days=chance.choice((-400, -1, 0, 1, 40)), seconds=chance.random())

    await _steal(scene, wrong)


async def lanes_all_leased(scene: Scene) -> None:
    """Somebody else holds every lane for an hour: writers find new ones."""
    await scene.execute(_LEASE_ALL)


async def _steal(scene: Scene, clock: Callable[[], datetime]) -> None:
    """Be one more process that gives gifts; it is a client like the others, and its answers count."""
    await scene.execute(_EXPIRE)
    db = Database(scene.url, size_max=2)
    await db.open()
    thief = ledger.GiftWriter(db, batch_size_max=2, on_commit=lambda _: None, clock=clock)
    try:
        async with db.read() as conn:
            share = await ledger.current_share(conn, now())
        await thief.start()
        await asyncio.gather(*(_give(scene, thief, share) for _ in range(_THEFT_GIFTS)))
    finally:
        await thief.stop()
        await db.close()


async def _give(scene: Scene, thief: ledger.GiftWriter, share: ledger.Share) -> None:
    viewer = scene.stage.viewers[0]
    stream = scene.chance.choice(scene.stage.streams)
    wish = Wish(new_id(), viewer.id, viewer.token, stream.id, stream.recipient_id, "rose", 1, 1)
    scene.tally.sent[wish.id] = wish
    request = ledger.GiftRequest(
        id=wish.id,
        sender_id=viewer.id,
        recipient_id=stream.recipient_id,
        room_id=stream.id,
        gift_type_no=1,
        count=1,
        coins=1,
        share_id=share.id,
        milli_diamonds=share.milli_diamonds(1),
        hold_min_days=0,
        bonus_hold_days=0,
    )
    entry = await _submitted(thief, request)
    scene.tally.settle(wish, Answer(None, entry.seq, 1, entry.request.milli_diamonds))


async def _submitted(thief: ledger.GiftWriter, request: ledger.GiftRequest) -> ledger.GiftEntry:
    """Asks again, as any client must: the rightful holder may win the race for each number of the lane."""
    while True:
        try:
            return await thief.submit(request)
        except (ledger.WriterBusy, ledger.OutcomeUnknown):
            await asyncio.sleep(0.1)


# --- data ---------------------------------------------------------------------------------------


async def share_changed(scene: Scene) -> None:
    """The creators' share changes under load; gifts under way keep the one they were made with."""
    await scene.execute(_SHARE, 10 * scene.chance.randint(300, 700))


ALONE: dict[str, FaultOf[Alone]] = {
    "server killed": server_killed,
    "process of a server killed": child_killed,
    "process of a server stopped": child_stopped,
    "PostgreSQL backend killed": backend_killed,
    "PostgreSQL killed": postgres_killed,
    "lane stolen": lane_stolen,
}
SHARED: dict[str, FaultOf[Shared]] = {
    "server killed": server_killed,
    "worker killed": worker_killed,
    "PostgreSQL backend killed": backend_killed,
    "PostgreSQL killed": shared_postgres_killed,
    **{f"cut: {cut.value}": connection_cut(cut) for cut in Cut if not cut.holds},
    "all connections cut": connections_cut,
    "connections refused": connections_refused,
    "traffic frozen": traffic_frozen,
    "server asleep past its lease": server_slept,
    "lane stolen": lane_stolen,
    "lane stolen by a wrong clock": lane_stolen_by_a_wrong_clock,
    "all lanes leased": lanes_all_leased,
    "share changed": share_changed,
}
