"""The bytes that a batch's hash covers, as docs/money.md describes them for outsiders."""

import struct
from datetime import UTC, datetime
from hashlib import sha256

from largesse import ledger
from largesse.ledger import chain
from tests.ledger.world import World, gift, send_together

AT = datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TIME = 1_735_787_045_678_901


def uuid_bytes(digit: int) -> bytes:
    return bytes([digit]) * 16


def test_time_is_microseconds() -> None:
    assert chain.microseconds(AT) == TIME


def test_the_leaf_of_a_gift_byte_by_byte() -> None:
    ids = (uuid_bytes(1), uuid_bytes(2), uuid_bytes(3), uuid_bytes(4))
    numbers = (5, 6, 7, 8, 9, TIME, 10, 11, 12, 13)
    head = b"G" + b"".join(ids) + struct.pack(">qqqqqqiihh", *numbers)
    assert (
        chain.gift_leaf(*ids, *numbers, None, None, None)
        == sha256(head + b"\0" + b"\xff" * 4).digest()
    )
    tail = b"\1" + uuid_bytes(9) + b"\0\0\0\3" + "é!".encode()
    plain = chain.gift_leaf(*ids, *numbers, uuid_bytes(9), "é!", None)
    assert plain == sha256(head + tail).digest()
    digest = sha256(b"s" * 16 + "é!".encode()).digest()
    assert chain.message_digest(b"s" * 16, "é!") == digest
    tail = b"\x01" + uuid_bytes(9) + b"\xff\xff\xff\xfe" + digest
    for message in ("é!", None):  # an erased message changes nothing
        leaf = chain.gift_leaf(*ids, *numbers, uuid_bytes(9), message, digest)
        assert leaf == sha256(head + tail).digest()


def test_the_leaf_of_a_transfer_byte_by_byte() -> None:
    owner, entry, source, target = (uuid_bytes(digit) for digit in (1, 2, 3, 4))
    data = b"T" + owner + entry + struct.pack(">h", 5) + source + struct.pack(">h", 6)
    data += target + struct.pack(">hqq", 7, 8, TIME)
    data += b"\0" + b"\0\0\0\6top_up" + b"\0\0\0\4COIN"
    leaf = chain.transfer_leaf(
        owner, entry, 5, source, 6, target, 7, 8, TIME, None, "top_up", "COIN"
    )
    assert leaf == sha256(data).digest()


def test_the_hash_of_a_batch_byte_by_byte() -> None:
    gifts, transfers = [b"a" * 32, b"b" * 32], [b"c" * 32]
    data = b"largesse-batch-1" + b"p" * 32 + struct.pack(">hqqii", 3, 4, TIME, 2, 1)
    data += b"".join(gifts + transfers)
    assert chain.batch_hash(b"p" * 32, 3, 4, TIME, gifts, transfers) == sha256(data).digest()


async def test_each_lane_is_a_chain_from_zero(world: World) -> None:
    sender, room = await world.viewer(10), await world.room()
    await world.viewer(10)
    async with world.writer() as writer:
        for _ in range(2):
            await send_together(writer, [gift(sender, room, message="ünï"), gift(sender, room)])
    async with world.db.read() as conn:
        cursor = await conn.execute("SELECT lane, no, prev_hash, hash FROM batch ORDER BY lane, no")
        batches = await cursor.fetchall()
        report = await ledger.check(conn)
    assert [(lane, no) for lane, no, _, _ in batches] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    for first, second in (batches[:2], batches[2:]):
        assert first[2] == bytes(32)
        assert second[2] == first[3]
    assert (report.entries, report.batches, report.lots, report.problems) == (6, 4, 2, [])
