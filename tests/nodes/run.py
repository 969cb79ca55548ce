"""Kills NATS servers and serving processes under load, then tells what every viewer saw."""

import asyncio
import random
import secrets
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

from rich.console import Console
from rich.table import Table

from largesse import ledger
from tests.faults.programs import Server
from tests.nodes.scene import Nodes, Sent, nodes

BETWEEN_EVENTS = 40
_SEED_MAX = 2**31
_console = Console(highlight=False, soft_wrap=True)


@dataclass
class Summary:
    """What a run came to."""

    sent: Sent
    last: int
    """The number of the last event in the room's log."""
    seen: list[int]
    """By viewer."""
    gaps: int
    repeats: int
    reconnects: int
    kills: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    """What `ledger check` found."""

    @property
    def good(self) -> bool:
        return (
            not (self.gaps or self.repeats or self.problems)
            and self.sent.events == self.last
            and set(self.seen) == {self.last}
        )

    def table(self) -> Table:
        table = Table(title="What the viewers of two nodes saw", title_justify="left")
        table.add_column("")
        table.add_column("", justify="right")
        rows = {
            "events sent and acknowledged": f"{self.sent.events:,}",
            "of them gifts": f"{self.sent.gifts:,}",
            "of them chat": f"{self.sent.messages:,}",
            "events in the room's log": f"{self.last:,}",
            "viewers": f"{len(self.seen):,}",
            "events seen per viewer, least": f"{min(self.seen):,}",
            "events seen per viewer, most": f"{max(self.seen):,}",
            "gaps": f"{self.gaps:,}",
            "repeats": f"{self.repeats:,}",
            "connections that broke under viewers": f"{self.reconnects:,}",
            **{f"kill -9 of {what}": f"{times:,}" for what, times in sorted(self.kills.items())},
            "ledger check": "ok" if not self.problems else "PROBLEMS",
        }
        for name, value in rows.items():
            table.add_row(name, value)
        return table


async def summarise(scene: Nodes, kills: Counter[str]) -> Summary:
    """Let everything be settled, and compare."""
    sent = await scene.settle()
    last = await scene.last_seq()
    async with scene.db.read() as conn:
        problems = [str(problem) for problem in (await ledger.check(conn)).problems]
    return Summary(
        sent=sent,
        last=last,
        seen=[len(viewer.seen) for viewer in scene.viewers],
        gaps=sum(viewer.gaps(last) for viewer in scene.viewers),
        repeats=sum(viewer.repeats() for viewer in scene.viewers),
        reconnects=sum(viewer.breaks for viewer in scene.viewers),
        kills=kills,
        problems=problems,
    )


async def kill_nats(scene: Nodes, number: int, kills: Counter[str]) -> None:
    """One server of the cluster ends, events go on, it comes back."""
    server = scene.cluster.servers[number]
    await scene.kill_nats(server)
    kills["a NATS server"] += 1
    await scene.more(BETWEEN_EVENTS)
    await scene.start_nats(server)
    for each in scene.servers:
        await scene.hears(each)


async def kill_server(scene: Nodes, server: Server, kills: Counter[str]) -> None:
    """A node ends, the other one goes on, it comes back."""
    await server.kill()
    kills["a serving process"] += 1
    await scene.more(BETWEEN_EVENTS // 2)
    await server.start_again()
    await scene.more(BETWEEN_EVENTS)


async def kill_both(scene: Nodes, number: int, server: Server, kills: Counter[str]) -> None:
    """A NATS server and a node in the same moment."""
    await scene.kill_nats(scene.cluster.servers[number])
    kills["a NATS server"] += 1
    await kill_server(scene, server, kills)
    await scene.start_nats(scene.cluster.servers[number])


async def kill_cluster(scene: Nodes, kills: Counter[str]) -> None:
    """All NATS servers end; the nodes go on without, and tie up again when they are back."""
    for server in scene.cluster.servers:
        await scene.kill_nats(server)
        kills["a NATS server"] += 1
    for each in scene.servers:
        await scene.hears(each, hears=False)
    await scene.more(BETWEEN_EVENTS)
    for server in scene.cluster.servers:
        await scene.start_nats(server)
    for each in scene.servers:
        await scene.hears(each)


async def once(seed: int) -> Summary:
    """Each kind of kill, in a fixed order."""
    chance, kills = random.Random(seed), Counter[str]()
    async with nodes() as scene:
        scene.fill()
        try:
            await scene.more(BETWEEN_EVENTS)
            await kill_nats(scene, chance.randrange(3), kills)
            await kill_server(scene, scene.servers[0], kills)
            await kill_both(scene, chance.randrange(3), scene.servers[1], kills)
            await kill_cluster(scene, kills)
            await scene.more(BETWEEN_EVENTS)
            return await summarise(scene, kills)
        finally:
            await scene.leave()


async def long(seconds: float, seed: int) -> Summary:
    """Kills at random until the time is over."""
    chance, kills = random.Random(seed), Counter[str]()
    async with nodes() as scene:
        scene.fill()
        until = monotonic() + seconds
        try:
            while monotonic() < until:
                await scene.more(BETWEEN_EVENTS)
                await _strike(scene, chance, kills)
            return await summarise(scene, kills)
        finally:
            await scene.leave()


async def _strike(scene: Nodes, chance: random.Random, kills: Counter[str]) -> None:
    started, number = monotonic(), chance.randrange(3)
    server = chance.choice(scene.servers)
    match chance.randrange(4):
        case 0:
            name = "a NATS server killed"
            await kill_nats(scene, number, kills)
        case 1:
            name = f"{server.name} killed"
            await kill_server(scene, server, kills)
        case 2:
            name = f"a NATS server and {server.name} killed together"
            await kill_both(scene, number, server, kills)
        case _:
            name = "all NATS servers killed"
            await kill_cluster(scene, kills)
    _console.print(f"  {monotonic() - started:5.1f} s  {name} ({await scene.last_seq():,} events)")


def main() -> None:
    """Exit code 1 when anything is missing, came twice, or does not add up."""
    parser = ArgumentParser(prog="python -m tests.nodes", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0, help="0: each kind of kill once")
    parser.add_argument("--seed", type=int, help="repeats the choice of kills of an earlier run")
    arguments = parser.parse_args()
    seed = secrets.randbelow(_SEED_MAX) if arguments.seed is None else arguments.seed
    _console.print(f"seed {seed}: three NATS servers, two `largesse serve`, one PostgreSQL")
    running = long(arguments.seconds, seed) if arguments.seconds else once(seed)
    summary = asyncio.run(running)
    _console.print(summary.table())
    for problem in summary.problems:
        _console.print(problem, markup=False, style="red")
    if not summary.good:
        raise SystemExit(1)
