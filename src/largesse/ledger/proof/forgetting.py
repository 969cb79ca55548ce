"""Takes messages out of an export that was made before their giver was erased: every hash stays what it is."""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from largesse.errors import Conflict
from largesse.ledger.proof import layout
from largesse.ledger.proof.manifest import MANIFEST, SUMS, sums_text
from largesse.ledger.proof.reading import BlockReader
from largesse.ledger.proof.verify import Report, verify_dir

_SENDER, _MESSAGE, _DIGEST, _SALT = 1, 16, 17, 18
"""Places in the line of a gift."""


class ExportDamaged(Conflict):
    """This export does not verify: to write it anew would hide what is wrong with it."""

    code = "export_damaged"


@dataclass(slots=True)
class ForgottenMessages:
    taken_out: int = 0
    stay: int = 0
    """From before digests: the chain covers their very text."""


def forget_messages(folder: Path, into: Path, sender_id: UUID | None) -> ForgottenMessages:
    """Write an export again into another folder, without the messages of a giver (None: of all).

    Raises ExportDamaged.
    """
    report = _sound(folder)
    done = ForgottenMessages()
    manifest = (folder / MANIFEST).read_bytes()
    sums = {MANIFEST: sha256(manifest).hexdigest()}
    for lane in report.lanes:
        name = layout.lane_file(lane.lane)
        sums[name] = _write_lane(folder / name, into / name, sender_id, done)
    (into / MANIFEST).write_bytes(manifest)
    (into / SUMS).write_text(sums_text(sums))
    _sound(into)
    return done


def _sound(folder: Path) -> Report:
    report = verify_dir(folder)
    if not report.ok:
        raise ExportDamaged(f"The export in {folder} does not verify: {report.faults[0]}.")
    return report


def _write_lane(source: Path, target: Path, sender_id: UUID | None, done: ForgottenMessages) -> str:
    """The digest of the new file."""
    digest = sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        for block in BlockReader(reading):
            lines = [_without(line, sender_id, done) for line in block.text.split(b"\n")]
            data = layout.block(b"\n".join(lines))
            digest.update(data)
            writing.write(data)
    return digest.hexdigest()


def _without(line: bytes, sender_id: UUID | None, done: ForgottenMessages) -> bytes:
    if not line.startswith(b'["G"'):
        return line
    row: list[Any] = json.loads(line)
    if row[_MESSAGE] is None or sender_id not in (None, UUID(hex=row[_SENDER])):
        return line
    if row[_DIGEST] is None:
        done.stay += 1
        return line
    row[_MESSAGE] = row[_SALT] = None
    done.taken_out += 1
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
