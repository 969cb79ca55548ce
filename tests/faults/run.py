"""The long form: faults at random, one after the other, until the time is over; then the summary."""

import asyncio
import logging
import random
import secrets
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from tests.faults.faults import ALONE, SHARED, FaultOf
from tests.faults.judge import Verdict
from tests.faults.scenes import Scene, alone, shared
from tests.faults.tally import Tally

WORKERS = 2
_BETWEEN_GIFTS = 40
_SEED_MAX = 2**31

S = TypeVar("S", bound=Scene)
_console = Console(highlight=False, soft_wrap=True)


@dataclass
class Summary:
    """What all scenes together came to."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    tallies: list[Tally] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    logs: Path | None = None
    unproven: list[str] = field(default_factory=list)
    """What the command line said about the journal, where it was not `ok`."""

    @property
    def findings(self) -> list[str]:
        return [line for v in self.verdicts for line in v.findings] + self.unproven

    def keep_logs(self, scene: Scene) -> None:
        """The logs of a scene that went wrong."""
        if self.findings:
            self.logs = self.logs or Path(mkdtemp(prefix=f"largesse-faults-{self.seed}-"))
            scene.keep_logs(self.logs)

    def table(self) -> Table:
        table = Table(title=f"Faults survived, seed {self.seed}", title_justify="left")
        table.add_column("")
        table.add_column("", justify="right")
        for fault, times in sorted(self.faults.items()):
            table.add_row(fault, f"{times:,}")
        table.add_row("survived", f"{sum(self.faults.values()):,}", style="bold", end_section=True)
        for name, count in self.counts().items():
            table.add_row(name, f"{count:,}")
        table.add_section()
        for name, is_good in self.proofs().items():
            table.add_row(name, "yes" if is_good else "NO", style="bold")
        return table

    def counts(self) -> dict[str, int]:
        """Gifts, by what became of them."""
        tallies, verdicts = self.tallies, self.verdicts
        return {
            "gifts acknowledged": sum(len(tally.acknowledged) for tally in tallies),
            "gifts refused": sum(len(tally.refused) for tally in tallies),
            "attempts repeated for want of an answer": sum(tally.retries for tally in tallies),
            "gifts sent again, or twice at once": sum(tally.repeats for tally in tallies),
            "other gifts tried under a used id": sum(tally.conflicts for tally in tallies),
            "orders credited": sum(len(tally.credited) for tally in tallies),
            "lost": sum(len(verdict.lost) for verdict in verdicts),
            "doubled": sum(len(verdict.doubled) for verdict in verdicts),
            "otherwise wrong": sum(len(verdict.wrong) for verdict in verdicts),
        }

    def proofs(self) -> dict[str, bool]:
        """What is shown of the whole journal."""
        return {
            "ledger check ok": all(v.checked and not v.broken for v in self.verdicts),
            "chain verified": not self.unproven,
        }


def deck(names: list[str], chance: random.Random) -> list[str]:
    """Every fault once, in an order that the seed decides."""
    return chance.sample(names, len(names))


async def harm(
    summary: Summary,
    opening: AbstractAsyncContextManager[S],
    faults: Mapping[str, FaultOf[S]],
    seconds: float,
) -> None:
    """One scene: let things go wrong until the time is over, then judge."""
    async with opening as scene:
        until = monotonic() + seconds
        cards: list[str] = []
        summary.tallies.append(scene.tally)
        try:
            while monotonic() < until:
                cards = cards or deck(list(faults), scene.chance)
                await scene.load.progress(_BETWEEN_GIFTS, 60)
                await strike(scene, cards[0], faults[cards[0]])
                cards.pop(0)
            summary.verdicts.append(await scene.verdict())
        except Exception as error:
            # Whatever it is, the other scene and the summary follow.
            _console.print_exception()
            last = cards[0] if cards else "the last fault"
            told = f"during or after {last!r}: {type(error).__name__}: {error}"
            summary.verdicts.append(Verdict(wrong=[told]))
            summary.unproven.append("after that, the journal was not exported and verified")
        else:
            summary.unproven += await scene.proof()
        summary.faults += scene.tally.faults
        summary.keep_logs(scene)


async def strike(scene: S, name: str, fault: FaultOf[S]) -> None:
    started = monotonic()
    await fault(scene)
    await scene.recovers(name)
    acknowledged = len(scene.tally.acknowledged)
    _console.print(f"  {monotonic() - started:5.1f} s  {name} ({acknowledged:,} gifts so far)")


async def run(seconds: float, seed: int) -> Summary:
    """Half of the time for one server with its own PostgreSQL, half for several on a shared one."""
    summary = Summary(seed)
    _console.print(f"[bold]One server of {WORKERS} processes with its embedded PostgreSQL[/]")
    await harm(summary, alone(seed, workers=WORKERS), ALONE, seconds / 2)
    _console.print("[bold]Two servers and a worker on one PostgreSQL behind a proxy[/]")
    await harm(summary, shared(seed), SHARED, seconds / 2)
    return summary


def main() -> None:
    """Exit code 1 when anything was lost, doubled or wrong."""
    parser = ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seconds", type=float, default=240.0, help="how long things go wrong")
    parser.add_argument("--seed", type=int, help="repeats the choice of faults of an earlier run")
    # A thief is one of us, and it is no news that its lane is contested.
    logging.getLogger("largesse").setLevel(logging.ERROR)
    arguments = parser.parse_args()
    seed = secrets.randbelow(_SEED_MAX) if arguments.seed is None else arguments.seed
    _console.print(f"seed {seed}")
    summary = asyncio.run(run(arguments.seconds, seed))
    _console.print(summary.table())
    for line in summary.findings:
        _console.print(line, markup=False, style="red")
    if summary.findings:
        _console.print(f"The logs of what ran are in {summary.logs}")
        _console.print(f"python -m tests.faults --seconds {arguments.seconds:.0f} --seed {seed}")
        raise SystemExit(1)
