"""`manifest.json` and `SHA256SUMS`: what an export says of itself."""

import json
from dataclasses import dataclass
from typing import Any

from largesse.ledger.proof.rows import Unreadable

FORMAT = "largesse-export-1"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"

_LANE_MAX = 1 << 15
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class LaneEntry:
    """A lane of an export: where it starts, where it ends, and how much lies between."""

    lane: int
    first_no: int
    prev_hash: bytes
    """Of the first batch; 32 zero bytes when that is batch 1."""
    last_no: int
    last_hash: bytes
    last_time: int
    """Microseconds since 1970-01-01 UTC."""
    batches: int
    gifts: int
    transfers: int


@dataclass(frozen=True, slots=True)
class Manifest:
    created_at: str
    """The time of the snapshot, UTC."""
    software: str
    months: list[str] | None
    """The months (`2026-10`) that the export was made for; None: the whole journal."""
    lanes: list[LaneEntry]


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON, with the sums of its lanes."""
    lanes = manifest.lanes
    data = {
        "format": FORMAT,
        "created_at": manifest.created_at,
        "software": manifest.software,
        "months": manifest.months,
        "batches": sum(entry.batches for entry in lanes),
        "gifts": sum(entry.gifts for entry in lanes),
        "transfers": sum(entry.transfers for entry in lanes),
        "lanes": [_lane_data(entry) for entry in lanes],
    }
    return json.dumps(data, indent=1) + "\n"


def _lane_data(entry: LaneEntry) -> dict[str, Any]:
    return {
        "lane": entry.lane,
        "first": {"no": entry.first_no, "prev_hash": entry.prev_hash.hex()},
        "last": {"no": entry.last_no, "hash": entry.last_hash.hex(), "time": entry.last_time},
        "batches": entry.batches,
        "gifts": entry.gifts,
        "transfers": entry.transfers,
    }


def read_manifest(data: bytes) -> Manifest:
    """The manifest; raises Unreadable, also where its sums are not those of its lanes."""
    try:
        text = data.decode()
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise Unreadable(f"its format is {found['format']!r}, and this program knows {FORMAT}")
        months = found["months"]
        manifest = Manifest(
            created_at=str(found["created_at"]),
            software=str(found["software"]),
            months=None if months is None else [str(month) for month in months],
            lanes=[_lane_entry(lane) for lane in found["lanes"]],
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unreadable("it cannot be read") from None
    if manifest_text(manifest) != text:
        raise Unreadable("it is not as an export writes it, or its sums are not those of its lanes")
    numbers = [entry.lane for entry in manifest.lanes]
    if numbers != sorted(set(numbers)):
        raise Unreadable("its lanes are not in order, each once")
    return manifest


def _lane_entry(data: dict[str, Any]) -> LaneEntry:
    entry = LaneEntry(
        lane=data["lane"],
        first_no=data["first"]["no"],
        prev_hash=bytes.fromhex(data["first"]["prev_hash"]),
        last_no=data["last"]["no"],
        last_hash=bytes.fromhex(data["last"]["hash"]),
        last_time=data["last"]["time"],
        batches=data["batches"],
        gifts=data["gifts"],
        transfers=data["transfers"],
    )
    numbers = (entry.lane, entry.first_no, entry.last_no, entry.last_time)
    if any(type(number) is not int for number in (*numbers, entry.batches, entry.gifts)):
        raise TypeError
    if type(entry.transfers) is not int or not 0 <= entry.lane < _LANE_MAX:
        raise ValueError
    if len(entry.prev_hash) != _HASH_BYTES or len(entry.last_hash) != _HASH_BYTES:
        raise ValueError
    return entry


def sums_text(sums: dict[str, str]) -> str:
    """`SHA256SUMS`, as `sha256sum --check` reads it: hex digest by file name."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def read_sums(data: bytes) -> dict[str, str]:
    """The digests by file name; raises Unreadable."""
    try:
        lines = data.decode("ascii").splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    except UnicodeDecodeError:
        raise Unreadable("it cannot be read") from None
    if sums_text(sums).encode() != data:
        raise Unreadable("it is not as an export writes it")
    return sums
