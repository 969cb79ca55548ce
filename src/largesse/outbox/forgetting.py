"""Takes what people said out of an export or archive that exists, which verifies afterwards as before."""

import csv
import gzip
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from largesse import ledger
from largesse.outbox.archive import EVENTS_FILE


@dataclass(frozen=True, slots=True)
class ForgottenTexts:
    messages: int
    """Of gifts."""
    events: int
    """Room events that said something."""
    messages_stay: int
    """Those that the chain itself covers."""


def forget_texts(folder: Path, user_id: UUID | None) -> ForgottenTexts:
    """Put an export without the texts of a person (None: of all) in the place of the one that is there.

    Raises ExportDamaged, and changes nothing then.
    """
    folder = folder.resolve()
    anew = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        messages = ledger.forget_messages(folder, anew, user_id)
        events = _forget_said(folder, anew, user_id)
        for path in folder.iterdir():  # an operator keeps other things there, too
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, anew / path.name, symlinks=True)
            elif not (anew / path.name).exists():
                shutil.copy2(path, anew, follow_symlinks=False)
        if messages.taken_out or events:
            shutil.copymode(folder, anew)  # whoever backs it up may read it as before
            _exchange(folder, anew)
    finally:
        shutil.rmtree(anew, ignore_errors=True)
    return ForgottenTexts(messages.taken_out, events, messages.stay)


def _exchange(folder: Path, anew: Path) -> None:
    before = Path(tempfile.mkdtemp(prefix=f".{folder.name}-before-", dir=folder.parent))
    folder.rename(before)
    try:
        anew.rename(folder)
    except OSError:
        before.rename(folder)
        raise
    shutil.rmtree(before)


def _forget_said(folder: Path, into: Path, user_id: UUID | None) -> int:
    """Empty the texts of room events, as erasing a person does; how many events."""
    if not (folder / EVENTS_FILE).exists():
        return 0
    count = 0
    with (
        gzip.open(folder / EVENTS_FILE, "rt", encoding="utf-8", newline="") as reading,
        gzip.open(into / EVENTS_FILE, "wt", encoding="utf-8", newline="") as writing,
    ):
        rows = csv.DictReader(reading)
        writer = csv.DictWriter(writing, rows.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            if row["user_id"] and (user_id is None or UUID(row["user_id"]) == user_id):
                data = json.loads(row["data"])
                emptied = {key: "" if isinstance(data[key], str) else data[key] for key in data}
                count += emptied != data
                row["data"] = json.dumps(emptied, ensure_ascii=False)
            writer.writerow(row)
    return count
