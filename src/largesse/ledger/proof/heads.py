"""Signed heads: where every lane stood at a moment, so that a tail cut off later is missed. Ed25519."""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from largesse.errors import BadRequest
from largesse.ledger.proof.layout import moment
from largesse.ledger.proof.manifest import LaneEntry
from largesse.ledger.queries.exports import LaneFound, LaneHead

FORMAT = "largesse-head-1"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_KEY_BYTES = 32


class HeadInvalid(BadRequest):
    """This is not a signed head."""

    code = "head_invalid"


class HeadKeyInvalid(BadRequest):
    """A key is 32 bytes in base64, as `largesse ledger keygen` prints it."""

    code = "head_key_invalid"


@dataclass(frozen=True, slots=True)
class Head:
    """Where every lane stood at a moment, and how much there was."""

    time: str
    """2026-11-22T01:39:51.123456Z"""
    batches: int
    gifts: int
    transfers: int
    lanes: list[LaneHead]
    signature: bytes | None = None

    @property
    def signed_bytes(self) -> bytes:
        """What the signature covers: lines of words, the same for everybody who reads the JSON."""
        lines = [FORMAT, f"time {self.time}"]
        lines.append(f"batches {self.batches} gifts {self.gifts} transfers {self.transfers}")
        lines += [f"lane {lane.lane} {lane.no} {lane.hash.hex()}" for lane in self.lanes]
        return "".join(f"{line}\n" for line in lines).encode()


def new_keys() -> tuple[str, str]:
    """A private key and its public key, in base64."""
    key = Ed25519PrivateKey.generate()
    return _text(key.private_bytes_raw()), _text(key.public_key().public_bytes_raw())


def public_key_of(private_key: str) -> str:
    """The public key that belongs to a private one; raises HeadKeyInvalid."""
    key = Ed25519PrivateKey.from_private_bytes(_key_bytes(private_key))
    return _text(key.public_key().public_bytes_raw())


def sign(head: Head, private_key: str) -> Head:
    """The head with its signature; raises HeadKeyInvalid."""
    key = Ed25519PrivateKey.from_private_bytes(_key_bytes(private_key))
    return replace(head, signature=key.sign(head.signed_bytes))


def head_json(head: Head) -> str:
    """The head as it is published."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "time": head.time,
        "batches": head.batches,
        "gifts": head.gifts,
        "transfers": head.transfers,
        "lanes": [{"lane": lane.lane, "no": lane.no, "hash": lane.hash.hex()} for lane in head.lanes],
    }  # fmt: skip
    if head.signature is not None:
        data["signature"] = _text(head.signature)
    return json.dumps(data, indent=1)


def read_head(data: bytes, public_key: str) -> Head:
    """A head whose signature fits the key; raises HeadInvalid, or HeadKeyInvalid."""
    try:
        key = Ed25519PublicKey.from_public_bytes(_key_bytes(public_key))
    except ValueError:
        raise HeadKeyInvalid from None
    try:
        head = _read(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise HeadInvalid from None
    if head.signature is None:
        raise HeadInvalid("This head is not signed.")
    try:
        key.verify(head.signature, head.signed_bytes)
    except InvalidSignature:
        raise HeadInvalid("The signature of this head does not fit the public key.") from None
    return head


def _read(data: dict[str, Any]) -> Head:
    if data["format"] != FORMAT:
        raise HeadInvalid(f"This program knows heads of the format {FORMAT} only.")
    lanes = [_lane_head(lane) for lane in data["lanes"]]
    numbers = [lane.lane for lane in lanes]
    time, signature = data["time"], data.get("signature")
    if not _TIME.fullmatch(time) or numbers != sorted(set(numbers)):
        raise ValueError
    return Head(
        time=time,
        batches=_number(data["batches"]),
        gifts=_number(data["gifts"]),
        transfers=_number(data["transfers"]),
        lanes=lanes,
        signature=None if signature is None else b64decode(signature, validate=True),
    )


def missing_from(
    head: Head, found: Mapping[int, LaneFound], *, place: str
) -> Iterator[tuple[int, str]]:
    """How lanes do not contain a head: (lane, why). `place` names what was compared: `the export`."""
    for lane in head.lanes:
        why = _why_missing(lane, found.get(lane.lane), head.time, place)
        if why is not None:
            yield lane.lane, why


def _why_missing(head: LaneHead, found: LaneFound | None, time: str, place: str) -> str | None:
    named = f"the head signed at {time} names batch {head.no}"
    if found is None:
        return f"lane {head.lane} is not in {place}; {named}"
    if found.last_no < head.no:
        count = head.no - found.last_no
        missing = "1 batch is missing" if count == 1 else f"{count:,} batches are missing"
        ends = f"lane {head.lane} ends at batch {found.last_no} ({moment(found.last_time)})"
        return f"{ends}; {named}: {missing}"
    if found.first_no == head.no + 1:
        hash: bytes | None = found.prev_hash
    elif found.first_no > head.no:
        starts = f"lane {head.lane} starts at batch {found.first_no} in {place}"
        return f"{starts}; {named}, which it therefore cannot show"
    else:
        hash = found.hash
    if hash is None:
        return f"lane {head.lane} has no batch {head.no} in {place}; {named}"
    if hash == head.hash:
        return None
    fork = f"batch {head.no} of lane {head.lane} has the hash {hash.hex()} in {place}"
    return f"{fork}; {named} with {head.hash.hex()}: this is another history"


def lanes_found(lanes: list[LaneEntry], hashes: Mapping[int, bytes]) -> dict[int, LaneFound]:
    """Lanes of an export, with the hashes that verification was asked for."""
    return {
        lane.lane: LaneFound(
            lane.lane, lane.first_no, lane.prev_hash, lane.last_no, lane.last_time, hashes.get(lane.lane),
        )
        for lane in lanes
    }  # fmt: skip


def _lane_head(data: dict[str, Any]) -> LaneHead:
    return LaneHead(_number(data["lane"]), _number(data["no"]), _hash(data["hash"]))


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value


def _hash(value: str) -> bytes:
    if not _HASH.fullmatch(value):
        raise ValueError
    return bytes.fromhex(value)


def _key_bytes(text: str) -> bytes:
    try:
        key = b64decode(text.strip(), validate=True)
    except (Base64Error, ValueError):
        raise HeadKeyInvalid from None
    if len(key) != _KEY_BYTES:
        raise HeadKeyInvalid
    return key


def _text(data: bytes) -> str:
    return b64encode(data).decode()
