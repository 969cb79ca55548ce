"""Verifies an export: every leaf, every hash, every link. Needs no database, no network and nothing but Python."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from largesse.ledger.proof.comparing import Fault
from largesse.ledger.proof.lane import LaneReader
from largesse.ledger.proof.layout import LANE_FILES, lane_file
from largesse.ledger.proof.manifest import (
    MANIFEST,
    SUMS,
    LaneEntry,
    Manifest,
    read_manifest,
    read_sums,
)
from largesse.ledger.proof.reading import BlockReader
from largesse.ledger.proof.rows import Unreadable

FAULTS_MAX = 100
_SMALL_FILE_BYTES_MAX = 1 << 25


@dataclass(slots=True)
class Report:
    """What an export holds, and what is wrong with it."""

    folder: Path
    manifest: Manifest | None = None
    lanes: list[LaneEntry] = field(default_factory=list)
    """What was found in the files."""
    erased: int = 0
    """Gifts whose message was erased."""
    hashes: dict[int, bytes] = field(default_factory=dict)
    """By lane, the hash of the batch that was asked for."""
    faults: list[Fault] = field(default_factory=list)
    """At most FAULTS_MAX of them."""
    faults_count: int = 0

    @property
    def ok(self) -> bool:
        return self.faults_count == 0

    def add(self, *faults: Fault) -> None:
        """Note faults; the first ones are kept, all are counted."""
        self.faults_count += len(faults)
        self.faults += faults[: max(0, FAULTS_MAX - len(self.faults))]


OnProgress = Callable[[int, int], None]
"""Called with the bytes read so far, and all of them."""


def verify_dir(
    folder: Path, *, wanted: Mapping[int, int] | None = None, on_progress: OnProgress | None = None
) -> Report:
    """Verify an export; never raises over what lies in the folder.

    `wanted`: lane -> batch number whose hash the report shall hold (to compare it with a head).
    """
    report = Report(folder)
    try:
        names = {path.name for path in folder.iterdir()}
    except (OSError, ValueError):
        report.add(Fault(str(folder), "it is not a folder that can be read"))
        return report
    sums: dict[str, str] = {}
    report.manifest = _manifest(report, sums)
    entries = report.manifest.lanes if report.manifest else []
    listed = {entry.lane: entry for entry in entries}
    files = _lanes_there(report, names)
    done, total = 0, sum(_size(folder / lane_file(lane)) for lane in files)
    for lane in files:
        if report.manifest is not None and lane not in listed:
            report.add(Fault(lane_file(lane), f"{MANIFEST} does not name it", lane))
        entry = listed.get(lane)
        first_no = entry.first_no if entry else None
        reader = LaneReader(lane, first_no=first_no, wanted_no=(wanted or {}).get(lane))
        for bytes_read in _read(report, reader, sums):
            if on_progress is not None:
                on_progress(done + bytes_read, total)
        done += _size(folder / lane_file(lane))
        _close(report, reader, entry)
    for lane in sorted(listed.keys() - set(files)):
        report.add(Fault(lane_file(lane), "it is missing", lane))
    _compare_sums(report, sums)
    return report


def _lanes_there(report: Report, names: Iterable[str]) -> list[int]:
    """The lanes that have a file."""
    lanes: list[int] = []
    for name in sorted(name for name in names if fnmatch(name, LANE_FILES)):
        number = name.removeprefix("lane-").split(".")[0]
        if number.isascii() and number.isdigit() and name == lane_file(int(number)):
            lanes.append(int(number))
        else:
            report.add(Fault(name, "no export has a file of this name"))
    return sorted(lanes)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _small_file(report: Report, name: str) -> bytes | None:
    """A file's bytes; what is missing or far too large is a fault."""
    path = report.folder / name
    try:
        if path.stat().st_size > _SMALL_FILE_BYTES_MAX:
            report.add(Fault(name, "it is far too large"))
            return None
        return path.read_bytes()
    except FileNotFoundError:
        report.add(Fault(name, "it is missing"))
    except OSError as error:
        report.add(Fault(name, f"it cannot be read ({error.strerror})"))
    return None


def _manifest(report: Report, sums: dict[str, str]) -> Manifest | None:
    data = _small_file(report, MANIFEST)
    if data is None:
        return None
    sums[MANIFEST] = sha256(data).hexdigest()
    try:
        return read_manifest(data)
    except Unreadable as trouble:
        report.add(Fault(MANIFEST, str(trouble)))
        return None


def _read(report: Report, reader: LaneReader, sums: dict[str, str]) -> Iterator[int]:
    """Verify the file of one lane and note its digest; gives the bytes read so far."""
    try:
        with (report.folder / reader.file).open("rb") as stream:
            blocks = BlockReader(stream)
            for block in blocks:
                report.add(*reader.take(block))
                yield blocks.bytes_read
    except OSError as error:
        report.add(Fault(reader.file, f"it cannot be read ({error.strerror})", reader.lane))
    else:
        sums[reader.file] = blocks.sha256


def _close(report: Report, reader: LaneReader, listed: LaneEntry | None) -> None:
    """Note what a lane held, and where the manifest says otherwise."""
    found = reader.entry()
    report.erased += reader.erased
    if reader.wanted_hash is not None:
        report.hashes[reader.lane] = reader.wanted_hash
    if found is None:
        report.add(Fault(reader.file, "there is no batch in it", reader.lane))
        return
    report.lanes.append(found)
    if listed is not None:
        report.add(*_differences(found, listed, sound=reader.sound))


def _differences(found: LaneEntry, listed: LaneEntry, *, sound: bool) -> list[Fault]:
    """Where the manifest says otherwise than the file; sums are compared when the file itself is sound."""
    name, lane = lane_file(found.lane), found.lane
    faults: list[Fault] = []
    if (found.first_no, found.prev_hash) != (listed.first_no, listed.prev_hash):
        detail = f"it does not start where {MANIFEST} says: at batch {listed.first_no}"
        faults.append(Fault(name, detail, lane, found.first_no))
    found_end = (found.last_no, found.last_hash, found.last_time)
    if found_end != (listed.last_no, listed.last_hash, listed.last_time):
        detail = f"it does not end where {MANIFEST} says: at batch {listed.last_no}"
        if listed.last_no > found.last_no:
            detail += f"; {listed.last_no - found.last_no} batches are missing at the end"
        faults.append(Fault(name, detail, lane, found.last_no))
    if sound and not faults and found != listed:
        faults.append(Fault(name, f"{MANIFEST} counts other batches, gifts or transfers", lane))
    return faults


def _compare_sums(report: Report, sums: dict[str, str]) -> None:
    data = _small_file(report, SUMS)
    if data is None:
        return
    try:
        listed = read_sums(data)
    except Unreadable as trouble:
        report.add(Fault(SUMS, str(trouble)))
        return
    for name in sorted(sums.keys() | listed.keys()):
        if name not in listed:
            report.add(Fault(name, f"{SUMS} does not name it"))
        elif name not in sums:
            report.add(Fault(SUMS, f"it names {name[:100]!r}, which is not there"))
        elif sums[name] != listed[name]:
            report.add(Fault(name, f"its bytes are not those of its digest in {SUMS}"))
