"""Frames of a room: at once when it is quiet, fewer and fuller when it is busy or large."""

import asyncio
import time
from functools import partial

import pytest

from largesse.realtime.ticker import Ticker
from tests.realtime.conftest import until


async def test_a_frame_that_takes_long_to_send_is_followed_by_a_longer_pause() -> None:
    frames: list[str] = []

    def send(frame: str) -> None:
        frames.append(frame)
        time.sleep(0.4)  # so many sockets

    ticker = Ticker(send, interval_s=0.001)
    ticker.put("1")
    await until(lambda: len(frames) == 1)
    for number in range(2, 40):
        ticker.put(str(number))
        await asyncio.sleep(0)
    assert len(frames) == 1, "nothing was sent in the pause"
    await until(lambda: len(frames) == 2)
    assert frames[1].count(",") > 30
    ticker.close()


async def test_a_clock_that_jumps_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[str] = []
    ticker = Ticker(frames.append, interval_s=0.01)
    for number, wrong_s in enumerate((1e9, 2e9, 0.0, 3e9)):
        monkeypatch.setattr(time, "time", partial(float, wrong_s))
        ticker.put(str(number))
        await until(partial(_as_long, frames, number + 1))
    ticker.close()


def _as_long(frames: list[str], wanted: int) -> bool:
    return len(frames) == wanted
