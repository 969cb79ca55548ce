"""`largesse ledger ...`"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from largesse.db import Database, ReadConnection
from largesse.embedded import resolve_database_url
from largesse.errors import BadRequest
from largesse.ledger.check import check
from largesse.ledger.proof import heads
from largesse.ledger.proof.database import current_head, head_missing
from largesse.ledger.proof.export import export, refuse_full
from largesse.ledger.proof.heads import Head
from largesse.ledger.proof.layout import moment
from largesse.ledger.proof.manifest import Manifest
from largesse.ledger.proof.verify import OnProgress, Report, verify_dir
from largesse.ledger.rows import CheckReport
from largesse.settings import read_settings

ledger_app = typer.Typer(no_args_is_help=True, help="The journal.")
_console = Console(highlight=False, soft_wrap=True)

_Folder = Annotated[Path, typer.Argument(help="Folder of the export.")]
_HeadFile = Annotated[
    Path | None, typer.Option("--head", help="A signed head that must be contained.")
]
_PublicKey = Annotated[
    str | None, typer.Option("--public-key", help="The key that signed the head.")
]


class HeadKeyMissing(BadRequest):
    """Set LARGESSE_HEAD_KEY to the private key that `largesse ledger keygen` printed."""

    code = "head_key_missing"


@ledger_app.callback()
def _ledger() -> None:
    """Commands on the journal."""


@ledger_app.command("check")
def check_command(head: _HeadFile = None, public_key: _PublicKey = None) -> None:
    """Verify every invariant and the hash chain; exits with 1 and the places where one does not hold."""
    signed = _signed_head(head, public_key)
    report, missing = asyncio.run(_check(signed))
    _console.print(f"entries {report.entries:,}, batches {report.batches:,}, lots {report.lots:,}")
    for problem in report.problems:
        place = f"invariant {problem.invariant}: {problem.place}"
        _console.print(f"{place}: {problem.detail}", markup=False)
    for why in missing:
        _console.print(why, markup=False)
    if report.problems or missing:
        raise typer.Exit(1)
    if signed is not None:
        _console.print(f"It contains the head signed at {signed.time}.")
    _console.print("ok")


@ledger_app.command("export")
def export_command(folder: _Folder) -> None:
    """Write the whole journal, as it is at this moment, into a new folder that anybody can verify."""
    refuse_full(folder)
    with _progress("Exporting") as on_progress:
        manifest = asyncio.run(_export(folder, on_progress))
    gifts, transfers = (
        sum(lane.gifts for lane in manifest.lanes),
        sum(lane.transfers for lane in manifest.lanes),
    )
    _console.print(f"{gifts:,} gifts and {transfers:,} transfers are in {folder}")


@ledger_app.command("verify")
def verify_command(folder: _Folder, head: _HeadFile = None, public_key: _PublicKey = None) -> None:
    """Verify an export without database or network; exits with 1 and what is wrong with it."""
    signed = _signed_head(head, public_key)
    wanted = {lane.lane: lane.no for lane in signed.lanes} if signed else {}
    with _progress("Verifying") as on_progress:
        report = verify_dir(folder, wanted=wanted, on_progress=on_progress)
    missing = _missing(report, signed) if signed else []
    _tell(report)
    for why in missing:
        _console.print(why, markup=False)
    if not report.ok or missing:
        raise typer.Exit(1)
    if signed is not None:
        _console.print(f"It contains the head signed at {signed.time}.")
    _console.print("ok")


@ledger_app.command("keygen")
def keygen_command() -> None:
    """Print a new pair of keys for signed heads."""
    private, public = heads.new_keys()
    typer.echo(f"LARGESSE_HEAD_KEY={private}\npublic key: {public}")


@ledger_app.command("head")
def head_command(
    sign: Annotated[bool, typer.Option("--sign", help="Sign it with LARGESSE_HEAD_KEY.")] = False,
) -> None:
    """Print where every lane stands, as JSON to be kept somewhere else."""
    key = read_settings().head_key
    if sign and key is None:
        raise HeadKeyMissing
    head = asyncio.run(_head())
    if sign and key is not None:
        head = heads.sign(head, key.get_secret_value())
    typer.echo(heads.head_json(head))


def _signed_head(file: Path | None, public_key: str | None) -> Head | None:
    if (file is None) != (public_key is None):
        raise typer.BadParameter("--head and --public-key go together")
    if file is None or public_key is None:
        return None
    try:
        data = file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read ({error.strerror})") from None
    return heads.read_head(data, public_key)


def _missing(report: Report, head: Head) -> list[str]:
    found = heads.lanes_found(report.lanes, report.hashes)
    return [why for _, why in heads.missing_from(head, found, place="the export")]


def _tell(report: Report) -> None:
    for lane in report.lanes:
        if lane.first_no > 1:
            _console.print(f"lane {lane.lane} starts at batch {lane.first_no}: what came before is not in this export")  # fmt: skip  # noqa: E501
        _console.print(f"lane {lane.lane} ends at batch {lane.last_no} ({moment(lane.last_time)}), hash {lane.last_hash.hex()}")  # fmt: skip  # noqa: E501
    batches = sum(lane.batches for lane in report.lanes)
    gifts = sum(lane.gifts for lane in report.lanes)
    transfers = sum(lane.transfers for lane in report.lanes)
    _console.print(f"batches {batches:,}, gifts {gifts:,}, transfers {transfers:,}")
    if report.erased:
        _console.print(f"messages erased {report.erased:,}")
    for fault in report.faults:
        _console.print(str(fault), markup=False)
    if report.faults_count > len(report.faults):
        _console.print(f"and {report.faults_count - len(report.faults):,} more")


@contextmanager
def _progress(what: str) -> Iterator[OnProgress]:
    """A bar on the error stream, so that the output stays what it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@asynccontextmanager
async def _reading() -> AsyncIterator[ReadConnection]:
    """One snapshot of the database that the settings name."""
    with resolve_database_url(read_settings()) as url:
        db = Database(url, size_max=2)
        await db.open()
        try:
            async with db.read() as conn:
                yield conn
        finally:
            await db.close()


async def _check(head: Head | None) -> tuple[CheckReport, list[str]]:
    async with _reading() as conn:
        missing = await head_missing(conn, head) if head else []
        return await check(conn), [why for _, why in missing]


async def _export(folder: Path, on_progress: OnProgress) -> Manifest:
    async with _reading() as conn:
        return await export(conn, folder, on_progress=on_progress)


async def _head() -> Head:
    async with _reading() as conn:
        return await current_head(conn)
