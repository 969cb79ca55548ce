"""A demo server as `make run` starts it, and real browsers."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
)

from largesse.embedded import EmbeddedPostgres
from tests.asking import ask
from tests.scratch import scratch

from .chromium import Chromium
from .people import PASSWORD as PASSWORD

ROOT = Path(__file__).resolve().parents[2]
LARGESSE = Path(sys.executable).with_name("largesse")
_START_TIMEOUT_S = 150  # on a machine that is busy with other things; alone it takes a tenth of it
_TEST_TIMEOUT_S = 300  # the first one starts the server and the browser too
_chromium = Chromium()
# How the browser notes an answer of 4xx, where a test provokes one.
_REFUSED = "Failed to load resource: the server responded with a status of 4"

expect.set_options(timeout=20_000)  # the machine that runs the tests may be busy


@dataclass(frozen=True)
class DemoServer:
    """Where the demo runs, and what it keeps its data in."""

    url: str
    data_dir: Path
    media_port: int
    """Pictures may come from here; free for a media server that shares the port (SO_REUSEPORT)."""

    def token(self, email: str) -> str:
        """A bearer token of a demo user."""
        body = {"email": email, "password": PASSWORD}
        answer = ask("POST", f"{self.url}/v1/auth/login", json=body)
        token: str = answer.raise_for_status().json()["access_token"]
        return token

    @contextmanager
    def books(self) -> "Iterator[psycopg.Connection]":
        """The demo's database, for what nobody can make happen from outside; committed at the block's end."""
        with psycopg.connect(EmbeddedPostgres(self.data_dir).url) as conn:
            yield conn

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`largesse ...` on the server's data."""
        return subprocess.run(
            [str(LARGESSE), *arguments],
            env=_environment(self.data_dir, 0),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def _environment(data_dir: Path, port: int) -> dict[str, str]:
    return {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "LARGESSE_DATA_DIR": str(data_dir),
        "LARGESSE_PORT": str(port),
        "LARGESSE_DEMO_PASSWORD": PASSWORD,
    }


@pytest.fixture(scope="session")
def server() -> Iterator[DemoServer]:
    """A demo server that these tests share."""
    with scratch("largesse-demo-") as folder, demo_server(folder) as running:
        yield running


@pytest.fixture
def disputes_are_owed(server: DemoServer) -> Iterator[None]:
    """Disputed coins that were given are owed, for the orders of one test: others keep the rule there was."""
    with server.books() as conn:
        shipped = _chargeback_steps(conn)
        _set_chargeback_steps(conn, ["owe"])
    try:
        yield
    finally:
        with server.books() as conn:
            _set_chargeback_steps(conn, shipped)


def _chargeback_steps(conn: psycopg.Connection) -> list[str]:
    row = conn.execute(
        "SELECT steps FROM reversal_rule WHERE kind = 'chargeback' ORDER BY valid_from DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    steps: list[str] = row[0]
    return steps


def _set_chargeback_steps(conn: psycopg.Connection, steps: list[str]) -> None:
    conn.execute(
        "INSERT INTO reversal_rule (id, kind, steps, valid_from)"
        " SELECT max(id) + 1, 'chargeback', %s, now() FROM reversal_rule",
        (steps,),
    )


@contextmanager
def demo_server(data_dir: Path) -> Iterator[DemoServer]:
    """`largesse serve --demo` on a folder, stopped with Ctrl-C."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with _kept_port() as media_port:
        yield from _serve(data_dir, port, media_port)


@contextmanager
def _kept_port() -> Iterator[int]:
    """A port that nobody else is given meanwhile."""
    with socket.socket() as keeper:
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        keeper.bind(("127.0.0.1", 0))
        yield keeper.getsockname()[1]


def _serve(data_dir: Path, port: int, media_port: int) -> Iterator[DemoServer]:
    media = {"LARGESSE_MEDIA_HOSTS": f"http://127.0.0.1:{media_port}"}
    process = subprocess.Popen(
        [str(LARGESSE), "serve", "--demo"],
        env=_environment(data_dir, port) | media,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, url)
        yield DemoServer(url, data_dir, media_port)
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output.decode()


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0].decode()
        try:
            if ask("GET", f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the demo server did not start")


@pytest.fixture
def browser() -> Browser:
    """The browser that all of these tests share; what they look at is in contexts of their own."""
    return _chromium.browser()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None]:
    """After the last of these tests the browser ends: others may come."""
    try:
        yield
    finally:
        if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
            _chromium.end()


@dataclass
class Visitor:
    """One browser context whose page reports every error it meets."""

    context: BrowserContext
    page: Page
    errors: list[str]


@pytest.fixture
def visitor(browser: Browser, server: DemoServer) -> Iterator["VisitorMaker"]:
    """Makes visitors; at the end none of them has met an error in its page."""
    maker = VisitorMaker(browser, server.url)
    yield maker
    for each in maker.visitors:
        each.context.close()
    assert [each.errors for each in maker.visitors if each.errors] == []


class VisitorMaker:
    """Opens browser contexts of a given size."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.visitors: list[Visitor] = []

    def __call__(
        self,
        *,
        width: int = 390,
        height: int = 844,
        scheme: str = "dark",
        refused: bool = False,
        still: bool = True,
    ) -> Page:
        """A page; `refused` where the server is made to refuse, `still=False` where motion matters: it takes long."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            base_url=self._url,
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=width < 600,
            reduced_motion="reduce" if still else "no-preference",
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))

        def note(message: ConsoleMessage) -> None:
            wanted = refused and message.text.startswith(_REFUSED)
            if message.type == "error" and not wanted:
                errors.append(message.text)

        page.on("console", note)
        self.visitors.append(Visitor(context, page, errors))
        return page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of these, so that they share one server and one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.timeout(_TEST_TIMEOUT_S))
