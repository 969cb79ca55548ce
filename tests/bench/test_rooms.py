"""The benchmarks of rooms run, in small, against our server and both baselines, and count what really arrived."""

import json
import struct

import pytest
from typer.testing import CliRunner

import bench.browser
import bench.fanout
import bench.latency
from bench import rooms_crowd
from bench.rooms_dialects import EVENT_MARK
from bench.rows import ROWS
from largesse.cli import app

_NAMES = ("websockets", "socketio")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.fanout, "VIEWERS", 5)
    monkeypatch.setattr(bench.fanout, "GIVERS", 3)
    monkeypatch.setattr(bench.fanout, "QUIET_GIFTS_PER_S", (20,))
    monkeypatch.setattr(bench.fanout, "BUSY_GIFTS_PER_S", (40, 80))
    monkeypatch.setattr(bench.fanout, "BASELINE_GIFTS_PER_S", 30)
    monkeypatch.setattr(bench.latency, "VIEWERS", 9)
    monkeypatch.setattr(bench.latency, "GIVERS", 3)
    monkeypatch.setattr(bench.latency, "WATCHERS", 2)
    monkeypatch.setattr(bench.latency, "GIFTS_PER_S", (20, 40))
    monkeypatch.setattr(bench.latency, "_PATIENCE_S", 30)


def run(name: str, gifts: int) -> dict[str, object]:
    result = CliRunner().invoke(app, ["bench", name, "--json", "--gifts", str(gifts)])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_every_viewer_gets_every_event_and_the_baselines_do_the_same_task() -> None:
    found = run("fanout", 600)
    for way in ("frame_of_its_own", "coalesced"):
        ours = found[way]
        assert isinstance(ours, dict)
        assert all(level["deliveries_per_s"] > 0 for level in ours["levels"])
        assert ours["memory_bytes_per_viewer"] > 0
    baselines = found["baselines"]
    assert isinstance(baselines, dict)
    assert tuple(baselines) == _NAMES
    for baseline in baselines.values():
        (level,) = baseline["levels"]
        assert level["frames_per_s"] == level["deliveries_per_s"] > 0
    labels = [label for label, _ in ROWS["fanout"](found)]
    assert "times as much as socketio" in labels


def test_a_gift_is_timed_until_another_viewer_has_it() -> None:
    found = run("latency", 600)
    contestants = found["contestants"]
    assert isinstance(contestants, dict)
    assert set(contestants) == {"frames_50_ms", "frames_0_ms", *_NAMES}
    for levels in contestants.values():
        assert [level["gifts_per_s"] for level in levels] == [20, 40]
        assert all(level["kept_up"] for level in levels)
        assert all(0 < level["p50_ms"] <= level["p99_ms"] for level in levels)
    assert len(list(ROWS["latency"](found))) == 8


def _frame(payload: bytes, first: int = 0x81) -> bytes:
    length = len(payload)
    if length < 126:
        return bytes((first, length)) + payload
    if length < 1 << 16:
        return bytes((first, 126)) + struct.pack(">H", length) + payload
    return bytes((first, 127)) + struct.pack(">Q", length) + payload


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 1000, 100_000])
def test_the_crowd_counts_frames_and_events_however_they_are_cut(step: int) -> None:
    payloads = [
        b"",
        b'{"op":"frame","events":[{' + EVENT_MARK + b"}]}",
        b"x" * 126 + EVENT_MARK,
        EVENT_MARK * 6000,
        EVENT_MARK,
    ]
    sent: list[bytes] = []

    class Socket:
        def send(self, data: bytes) -> None:
            sent.append(data)

    stream = b"".join(map(_frame, payloads[:3])) + _frame(b"are you there", 0x89)
    stream += b"".join(map(_frame, payloads[3:]))
    watcher = rooms_crowd.Watcher(Socket())  # type: ignore[arg-type]
    for start in range(0, len(stream), step):
        part = stream[start : start + step]
        rooms_crowd._VIEW[rooms_crowd._ROOM : rooms_crowd._ROOM + len(part)] = part
        assert watcher.take(len(part))
    assert watcher.frames == 5
    assert watcher.events == 1 + 1 + 6000 + 1
    assert watcher.bytes == len(stream)
    assert [data[-13:] for data in sent] == [b"are you there"]
    part = _frame(b"\x03\xe8", 0x88)
    rooms_crowd._VIEW[rooms_crowd._ROOM : rooms_crowd._ROOM + len(part)] = part
    assert not watcher.take(len(part))


def test_only_tasks_of_the_pages_main_thread_count() -> None:
    names = [(1, "CrRendererMain"), (2, "Compositor")]
    events = [
        {"name": "thread_name", "pid": 9, "tid": tid, "args": {"name": name}} for tid, name in names
    ] + [
        {"ph": "X", "name": "ThreadControllerImpl::RunTask", "pid": 9, "tid": tid, "dur": 120_000,
         "tdur": 30_000}
        for tid in (1, 2)
    ]  # fmt: skip
    events.append({"ph": "X", "name": "Other", "pid": 9, "tid": 1, "dur": 1})
    tasks = bench.browser.tasks_of(json.dumps({"traceEvents": events}).encode())
    assert tasks == [bench.browser.Task(took_ms=120.0, cpu_ms=30.0)]
