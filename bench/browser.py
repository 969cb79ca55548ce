"""A busy room on a phone: a real Chromium shows it while gifts pour in, and somebody types and taps all the while.

The browser's own trace says how long its tasks take, by the clock and in processor time (on a machine that is busy with
other things only the latter says something about the page); every letter and tap must arrive.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.live import Seat, cookies_of_session, problems, seat_viewers
from bench.rooms import Contestant, givers, largesse

GIFTS = 1_000
GIFTS_PER_S = 50
GIVERS = 20
KINDS = ("rose", "clap", "finger-heart", "tulip", "rose", "doughnut", "rose", "corgi", "cone")
"""Of all sizes but the largest, which a room sees seldom."""
LONG_TASK_MAX_MS = 100.0
_SCREEN = {"width": 390, "height": 844}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = ("--disable-background-networking", "--disable-component-update", "--no-first-run")
_TEXT = "what a night, hello from the back row "
_TEXT_MAX = 200
_KEY_PAUSE_MS = 90
_TAPS_EVERY = 12
"""Letters between two taps."""
_PATIENCE_S = 20.0

_OBSERVE = """
window.__bench = { inputs: [], frames: 0 };
new PerformanceObserver((list) => {
	for (const entry of list.getEntries())
		if (['keydown', 'pointerup', 'click'].includes(entry.name))
			window.__bench.inputs.push(entry.duration);
}).observe({ type: 'event', durationThreshold: 16 });
const count = () => { window.__bench.frames += 1; requestAnimationFrame(count); };
requestAnimationFrame(count);
"""
_CLEAR = "() => Object.assign(window.__bench, { inputs: [], frames: 0 })"


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """One viewer's browser in one room."""
    seats = seat_viewers(url, viewers=GIVERS + 1, room_count=1)
    viewer, giving = seats[0], seats[1:]
    cookies = cookies_of_session(url, viewer.user_id)
    with largesse(url, frame_interval_ms=50) as server:
        found = _watch(server, viewer, cookies, giving, gifts / GIFTS_PER_S)
    assert problems(url) == []
    return found


def _watch(
    server: Contestant,
    viewer: Seat,
    cookies: dict[str, str],
    giving: Sequence[Seat],
    duration_s: float,
) -> dict[str, Any]:
    level = {"rate_per_s": GIFTS_PER_S, "duration_s": duration_s, "patience_s": _PATIENCE_S}
    with (
        _phone(server.port, cookies) as page,
        givers(server, giving, watchers=0, gifts=KINDS) as give,
        ThreadPoolExecutor(1) as pool,
    ):
        page.goto(f"/live/{viewer.room_id}")
        page.get_by_label("Chat message").wait_for()
        give({**level, "duration_s": min(2.0, duration_s)})  # drawings and code are loaded
        page.evaluate(_CLEAR)
        browser = page.context.browser
        assert browser is not None
        browser.start_tracing(page=page, categories=["toplevel"])
        giving_s = pool.submit(give, level)
        started_s = time.monotonic()
        typed = _type_and_tap(page, started_s + duration_s)
        elapsed_s = time.monotonic() - started_s
        tasks = tasks_of(browser.stop_tracing())
        given = giving_s.result()
        seen = json.loads(page.evaluate("() => JSON.stringify(window.__bench)"))
    assert given["refused"] == 0, given["codes"]
    inputs = seen["inputs"] or [0.0]
    return {
        "gifts": given["given"],
        "gifts_per_s": GIFTS_PER_S,
        "longest_task_cpu_ms": round(max(task.cpu_ms for task in tasks)),
        "tasks_over_100_ms_cpu": sum(task.cpu_ms > LONG_TASK_MAX_MS for task in tasks),
        "longest_task_ms": round(max(task.took_ms for task in tasks)),
        "tasks_over_100_ms": sum(task.took_ms > LONG_TASK_MAX_MS for task in tasks),
        "page_cpu_percent": round(sum(task.cpu_ms for task in tasks) / elapsed_s / 10),
        "frames_per_s": round(seen["frames"] / elapsed_s),
        "input_worst_ms": round(max(inputs)),
        "input_slow": sum(each > LONG_TASK_MAX_MS for each in inputs),
        **typed,
    }


@dataclass(frozen=True, slots=True)
class Task:
    """Something that the page's main thread did in one piece."""

    took_ms: float
    cpu_ms: float


def tasks_of(trace: bytes) -> list[Task]:
    """The tasks of the page's main thread, out of what Chromium recorded; times there are in microseconds."""
    events = json.loads(trace)["traceEvents"]
    main = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        Task(event["dur"] / 1000, event.get("tdur", 0) / 1000)
        for event in events
        if event.get("ph") == "X"
        and event["name"].endswith("RunTask")
        and (event["pid"], event["tid"]) in main
    ]


def _type_and_tap(page: Page, until_s: float) -> dict[str, int]:
    """Letter by letter, a tap now and then; what did not arrive is dropped."""
    field = page.get_by_label("Chat message")
    menu = page.get_by_role("button", name="Paid message or cheer")
    wanted, letters, taps, dropped_letters, dropped_taps = "", 0, 0, 0, 0
    field.focus()
    while time.monotonic() < until_s:
        if len(wanted) + len(_TEXT) > _TEXT_MAX:
            dropped_letters += _missing(field.input_value(), wanted)
            field.fill("")
            wanted = ""
        for number, letter in enumerate(_TEXT, start=1):
            page.keyboard.press(letter if letter != " " else "Space")
            wanted += letter
            letters += 1
            page.wait_for_timeout(_KEY_PAUSE_MS)
            if number % _TAPS_EVERY == 0:
                was_open = menu.get_attribute("aria-expanded")
                menu.tap()
                taps += 1
                dropped_taps += menu.get_attribute("aria-expanded") == was_open
                field.focus()
    dropped_letters += _missing(field.input_value(), wanted)
    return {
        "letters": letters,
        "letters_dropped": dropped_letters,
        "taps": taps,
        "taps_dropped": dropped_taps,
    }


def _missing(value: str, wanted: str) -> int:
    return 0 if value == wanted else max(1, len(wanted) - len(value))


@contextmanager
def _phone(port: int, cookies: dict[str, str]) -> Iterator[Page]:
    """A signed-in viewer's phone."""
    found = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    url = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=flags)
        context = chromium.new_context(
            viewport=_SCREEN,  # type: ignore[arg-type]
            base_url=url,
            color_scheme="dark",
            has_touch=True,
            is_mobile=True,
        )
        context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
        )
        context.add_init_script(_OBSERVE)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_S * 1000)
        yield page
        chromium.close()
