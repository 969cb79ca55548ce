"""Rate limits: a sliding window that holds across connections."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection

from largesse.db import Database
from largesse.identity import client_address, limits, rate_limited
from largesse.identity.limits import seconds_to_wait
from largesse.settings import Settings


async def hit(db: Database, bucket: str, hits_max: int) -> int:
    async with db.transaction() as conn:
        return await rate_limited(conn, bucket, hits_max, 3600)


async def test_so_many_hits_pass_and_no_more(db: Database) -> None:
    waits_s = [await hit(db, "a", 3) for _ in range(5)]
    assert waits_s[:3] == [0, 0, 0]
    assert all(0 < wait_s <= 7200 for wait_s in waits_s[3:])
    assert await hit(db, "b", 3) == 0


async def test_hits_at_once_cannot_slip_past(db: Database) -> None:
    waits_s = await asyncio.gather(*(hit(db, "a", 4) for _ in range(12)))
    assert sum(wait_s == 0 for wait_s in waits_s) == 4


async def test_old_hits_fade(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    start = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)

    def at(minutes: int) -> None:
        monkeypatch.setattr(limits, "now", lambda: start + timedelta(minutes=minutes))

    at(0)
    assert [await hit(db, "a", 4) for _ in range(4)] == [0, 0, 0, 0]
    wait_s = await hit(db, "a", 4)
    at(59)
    assert await hit(db, "a", 4) > 0
    monkeypatch.setattr(limits, "now", lambda: start + timedelta(seconds=wait_s - 1))
    assert await hit(db, "a", 4) > 0
    monkeypatch.setattr(limits, "now", lambda: start + timedelta(seconds=wait_s))
    assert await hit(db, "a", 4) == 0
    at(180)
    assert [await hit(db, "a", 4) for _ in range(5)][:4] == [0, 0, 0, 0]


@given(
    before=st.integers(0, 50),
    current=st.integers(1, 51),
    passed_s=st.floats(0, 899),
    hits_max=st.integers(1, 50),
)
def test_after_the_wait_a_hit_is_allowed(
    before: int, current: int, passed_s: float, hits_max: int
) -> None:
    wait_s = seconds_to_wait(
        before=before, current=current, passed_s=passed_s, hits_max=hits_max, window_s=900
    )
    later_s = passed_s + wait_s
    if later_s >= 1800:
        before, current, later_s = 0, 1, later_s - 1800
    elif later_s >= 900:
        before, current, later_s = current - 1, 1, later_s - 900
    again_s = seconds_to_wait(
        before=before, current=current, passed_s=later_s, hits_max=hits_max, window_s=900
    )
    assert again_s <= 1  # rounding of the moment, never a second refusal of any length


@pytest.mark.parametrize(
    ("peer", "forwarded", "trust_proxy", "address"),
    [
        ("192.0.2.7", None, False, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", False, "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9, 198.51.100.1", True, "198.51.100.1"),
        ("192.0.2.7", None, True, "192.0.2.7"),
        ("192.0.2.7", "203.0.113.9\n198.51.100.1", True, "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", None, False, "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", None, False, "192.0.2.7"),
        ("192.0.2.7", "not an address", True, "not an address"),
    ],
)
def test_the_address_is_the_peer_or_what_a_trusted_proxy_says(
    peer: str, forwarded: str | None, trust_proxy: bool, address: str
) -> None:
    lines = forwarded.split("\n") if forwarded else []
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    connection = HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})
    assert client_address(connection, Settings(trust_proxy=trust_proxy)) == address
