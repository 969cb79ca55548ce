"""Loads the shipped catalogue and limits."""

import hashlib
import json
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from largesse.db import Connection
from largesse.gifts import queries
from largesse.gifts.figures import FIGURES


async def load_defaults(conn: Connection) -> None:
    """Fill the empty catalogue from the package's data, and add the built-in types that are not there yet."""
    await queries.insert_gift_types(
        conn, [_built_in(kind) for kind in _read("built_in.json")["types"]]
    )
    if not await queries.is_empty(conn):
        return
    catalogue = _read("catalogue.json")
    valid_from = datetime.fromisoformat(catalogue["valid_from"])
    rows = [_row(gift, no, valid_from) for no, gift in enumerate(catalogue["gifts"], start=1)]
    await queries.insert_gift_types(conn, rows)
    limits = {name: catalogue[name] for name in ("count_max", "message_characters_max")}
    figures = FIGURES.shipped(json.dumps({**_read("rules.json"), **limits}))
    await queries.insert_gift_rule(conn, figures)


def _read(name: str) -> dict[str, Any]:
    text = (files("largesse.gifts") / "data" / name).read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def _row(gift: dict[str, Any], no: int, valid_from: datetime) -> dict[str, Any]:
    return {
        "no": no,
        "id": _stable_id(gift["slug"], valid_from),
        "version": 1,
        "slug": gift["slug"],
        "name": gift["name"],
        "coins": gift["coins"],
        "streakable": gift["streakable"],
        "animation": Jsonb(gift["animation"]),
        "alt": gift["alt"],
        "position": no,
        "valid_from": valid_from,
        "kind": "gift",
    }


def _built_in(kind: dict[str, Any]) -> dict[str, Any]:
    valid_from = datetime.fromisoformat(kind["valid_from"])
    return {
        "no": kind["no"],
        "id": _stable_id(kind["kind"], valid_from),
        "version": 1,
        "slug": kind["slug"],
        "name": kind["name"],
        "coins": 1,
        "streakable": False,
        "animation": Jsonb({"kind": "hop", "duration_ms": 600}),
        "alt": kind["alt"],
        "position": 0,
        "valid_from": valid_from,
        "kind": kind["kind"],
    }


def _stable_id(slug: str, valid_from: datetime) -> UUID:
    """A UUIDv7 whose random part is drawn from the slug: every installation has the same ids."""
    digest = int.from_bytes(hashlib.sha256(f"gift:{slug}".encode()).digest()[:10])
    milliseconds = int(valid_from.timestamp() * 1000)
    value = (milliseconds << 80) | digest
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
