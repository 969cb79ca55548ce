"""The parent of several processes: what it starts, what it outlives, and what ends with it."""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from largesse.serve_process import Assignment, serve_assigned
from largesse.serve_sockets import AddressInUse, bound_sockets
from largesse.serve_workers import START_ATTEMPTS_MAX, Slot, Supervisor, shared_metrics
from largesse.settings import Settings
from tests.asking import TRUSTS_NOBODY
from tests.scratch import scratch
from tests.serving import PASSWORD, Serve

WORKERS = 2


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Started in demo mode, with the embedded PostgreSQL."""
    with scratch("largesse-workers-") as folder:
        server = Serve(folder)
        server.environment["LARGESSE_WORKERS"] = str(WORKERS)
        server.start("--demo")
        yield server
        if server.process is not None:
            print(*server.end(signal.SIGTERM))  # shown when the test failed


def until(condition: Callable[[], bool], seen: object = None) -> None:
    """`seen`: what to show when it does not come about."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)


def readiness(serve: Serve) -> str:
    """What one of the processes says of itself, or why it says nothing."""
    try:
        return httpx.get(f"{serve.url}/readyz", timeout=5, verify=TRUSTS_NOBODY).text
    except httpx.TransportError as error:
        return repr(error)


def alive(pid: int) -> bool:
    """Running; not merely waiting for its parent to take notice of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def postmaster(serve: Serve) -> int:
    folder = Path(serve.environment["LARGESSE_DATA_DIR"])
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def sign_in(serve: Serve) -> str:
    login = {"email": "viewer@demo.test", "password": PASSWORD}
    answer = httpx.post(f"{serve.url}/v1/auth/login", json=login, timeout=30)
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def test_all_end_in_order_and_come_back(serve: Serve) -> None:
    until(lambda: len(serve.processes()) == WORKERS)
    processes, database = serve.processes(), postmaster(serve)
    tokens = [sign_in(serve) for _ in range(8)]
    for token in tokens:  # whichever process opened the session, any one knows it
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{serve.url}/v1/me", headers=headers, timeout=30).status_code == 200
    streams = httpx.get(f"{serve.url}/v1/streams", timeout=30).json()["items"]
    assert len(streams) == 3  # seeded once
    code, output = serve.end(signal.SIGINT)
    assert code == 0
    assert output.count(f"is ready at {serve.url}") == 1
    assert "Traceback" not in output
    assert "unexpectedly" not in output
    assert not any(alive(pid) for pid in [*processes, database])
    assert serve.tool("ledger", "check").returncode == 0
    serve.start("--demo")
    assert len(httpx.get(f"{serve.url}/v1/streams", timeout=30).json()["items"]) == 3
    assert serve.end(signal.SIGTERM)[0] == 0


def test_processes_end_with_their_parent_and_a_new_one_takes_over(serve: Serve) -> None:
    until(lambda: len(serve.processes()) == WORKERS)
    processes = serve.processes()
    assert serve.end(signal.SIGKILL)[0] == -signal.SIGKILL
    serve.start("--demo")
    until(lambda: not any(alive(pid) for pid in processes))
    assert set(serve.processes()).isdisjoint(processes)
    assert serve.ready()


def test_a_killed_postgresql_is_replaced_by_the_parent_alone(serve: Serve) -> None:
    until(lambda: len(serve.processes()) == WORKERS)
    processes = serve.processes()
    os.kill(postmaster(serve), signal.SIGKILL)

    answers: list[str] = []

    def all_ready() -> bool:
        answers[:] = [readiness(serve) for _ in range(10)]
        return not any("unavailable" in answer or "Error" in answer for answer in answers)

    until(all_ready, answers)
    assert serve.processes() == processes
    _, output = serve.end(signal.SIGTERM)
    assert output.count("PostgreSQL had ended unexpectedly") == 1


def test_a_second_server_on_the_address_is_refused(serve: Serve) -> None:
    with scratch("largesse-workers-") as folder:
        other = Serve(folder)
        other.environment["LARGESSE_PORT"] = str(serve.port)
        done = other.tool("serve", "--workers", "2")
    assert done.returncode == 1
    assert "address_in_use" in done.stderr
    assert "Traceback" not in done.stderr


def supervised(
    url: str,
    settings: Settings,
    places: list[list[socket.socket]],
    *,
    after_words: Callable[[], None] = lambda: None,
) -> list[str]:
    """What a supervisor of processes on these sockets says until it ends, or until all of them serve."""
    said: list[str] = []
    slots = [Slot(settings, url, each, runs_jobs=False) for each in places]

    def say(line: str) -> None:
        said.append(line)
        after_words()

    supervisor = Supervisor(
        slots,
        announce=lambda: os.kill(os.getpid(), signal.SIGTERM),
        say=say,
        tend_database=lambda: None,
    )
    with shared_metrics():
        try:
            supervisor.run()
        except SystemExit as ended:
            said.append(f"exit {ended.code}")
    return said


@pytest.fixture
def places() -> Iterator[list[list[socket.socket]]]:
    """The sockets of two processes: one can be listened on, the other cannot."""
    with socket.socket() as fine, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        fine.bind(("127.0.0.1", 0))
        yield [[fine], [deaf]]


def test_processes_that_never_start_end_the_server(
    database_url: str, tmp_path: Path, places: list[list[socket.socket]]
) -> None:
    settings = Settings(workers=WORKERS, data_dir=tmp_path)
    *before, last, end = supervised(database_url, settings, places)
    assert len(before) == START_ATTEMPTS_MAX - 1
    assert all("Process 2 did not come to its start; another" in line for line in before)
    assert "Process 2 could not start" in last
    assert end == "exit 1"


def test_a_process_that_starts_at_the_second_attempt_serves(
    database_url: str, tmp_path: Path, places: list[list[socket.socket]]
) -> None:
    settings = Settings(workers=WORKERS, data_dir=tmp_path)
    with socket.socket() as mended:
        mended.bind(("127.0.0.1", 0))

        def mend() -> None:
            places[1][:] = [mended]

        said = supervised(database_url, settings, places, after_words=mend)
    assert ["did not come to its start" in line for line in said] == [True]


def test_a_process_that_waits_for_a_silent_database_ends_when_told(
    tmp_path: Path, places: list[list[socket.socket]]
) -> None:
    settings = Settings(workers=WORKERS, data_dir=tmp_path)
    context = multiprocessing.get_context("spawn")
    heard, ready = context.Pipe(duplex=False)
    with socket.socket(socket.AF_UNIX) as silent, heard, ready, shared_metrics():
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        assignment = Assignment(settings, f"host={tmp_path}", places[0], False, ready)
        process = context.Process(target=serve_assigned, args=(assignment,))
        process.start()
        silent.accept()[0].close()
        process.terminate()
        process.join(20)
        code = process.exitcode
        process.kill()
    assert code == 0


def test_each_process_gets_its_own_sockets_on_one_port() -> None:
    with bound_sockets("localhost", 0, 3) as sockets:
        assert len(sockets) == 3
        ports = {each.getsockname()[1] for own in sockets for each in own}
        assert len(ports) == 1
        port = ports.pop()
        sockets[0][0].listen()
        with pytest.raises(AddressInUse), bound_sockets("127.0.0.1", port, 2):
            pass
    with bound_sockets("127.0.0.1", port, 2) as again:
        assert len(again) == 2


def test_workers_need_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not Settings().shares_rooms
    assert Settings(workers=2).shares_rooms
    monkeypatch.setenv("LARGESSE_BUS", "postgres")
    assert Settings().shares_rooms
    monkeypatch.setenv("LARGESSE_BUS", "local")
    with pytest.raises(ValidationError, match="LARGESSE_BUS"):
        Settings(workers=2)
