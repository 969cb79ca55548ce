"""`largesse serve` as its operator meets it: starts, is killed, comes back with its data, stops when asked."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from largesse.embedded import EmbeddedPostgres
from largesse.postgres_process import postmaster_pid
from tests.scratch import scratch
from tests.serving import PASSWORD, Serve
from tests.test_postgres_warden import until_gone


@pytest.fixture
def serve() -> Iterator[Serve]:
    with scratch("largesse-serve-") as folder:
        server = Serve(folder)
        yield server
        if server.process is not None:
            print(*server.end(signal.SIGTERM))  # shown when the test failed


def _top_up(url: str) -> str:
    """Buy the first package as the demo viewer; the bearer token."""
    with httpx.Client(base_url=f"{url}/v1", timeout=30) as api:
        login = {"email": "viewer@demo.test", "password": PASSWORD}
        token: str = api.post("/auth/login", json=login).raise_for_status().json()["access_token"]
        api.headers["Authorization"] = f"Bearer {token}"
        packages = api.get("/coin-packages?country=US&channel=web").json()["items"]
        wish = {"package_id": packages[0]["id"], "provider": "sandbox", "country": "US"}
        order = api.post("/orders", json=wish).raise_for_status().json()
        paid = api.post(f"/sandbox/orders/{order['id']}/pay", json={"outcome": "succeed"})
        assert paid.json()["state"] == "credited"
    return token


def _coins(url: str, token: str) -> int:
    bearer = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{url}/v1/wallet", headers=bearer, timeout=30)
    coins: int = answer.raise_for_status().json()["coins_total"]
    return coins


def test_it_says_where_it_is_and_comes_back_with_its_data(serve: Serve) -> None:
    serve.start("--demo")
    token = _top_up(serve.url)
    coins = _coins(serve.url, token)
    assert coins > 0
    second = serve.tool("serve", "--demo")
    assert second.returncode == 1
    assert "data_dir_busy" in second.stderr
    assert "Traceback" not in second.stderr
    code, output = serve.end(signal.SIGINT)
    assert code == 0
    assert serve.url in output
    assert PASSWORD in output
    assert "/overlay/" in output

    serve.start("--demo")
    assert _coins(serve.url, token) == coins
    streams = httpx.get(f"{serve.url}/v1/streams", timeout=30).json()["items"]
    assert len({stream["creator"]["id"] for stream in streams}) == len(streams) == 3
    assert serve.end(signal.SIGTERM)[0] == 0
    checked = serve.tool("ledger", "check")
    assert checked.returncode == 0
    assert checked.stdout.split()[-1] == "ok"


def test_a_killed_server_starts_again_with_what_it_acknowledged_and_leaves_no_postgresql(
    serve: Serve,
) -> None:
    serve.start("--demo")
    token = _top_up(serve.url)
    coins = _coins(serve.url, token)
    assert serve.end(signal.SIGKILL)[0] == -signal.SIGKILL
    serve.start("--demo")
    assert _coins(serve.url, token) == coins
    assert serve.tool("ledger", "check").returncode == 0
    server = EmbeddedPostgres(Path(serve.environment["LARGESSE_DATA_DIR"]))
    pid = postmaster_pid(server.pgdata)
    assert pid is not None
    serve.end(signal.SIGKILL)
    until_gone(pid, server.pgdata)


def test_a_killed_postgresql_is_replaced_under_the_running_server(serve: Serve) -> None:
    serve.start("--demo")
    token = _top_up(serve.url)
    coins = _coins(serve.url, token)
    folder = Path(serve.environment["LARGESSE_DATA_DIR"])
    os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 30
    found = None
    while found != coins:
        assert time.monotonic() < deadline
        time.sleep(0.2)
        try:
            found = _coins(serve.url, token)
        except (httpx.HTTPStatusError, httpx.TransportError):
            continue


def test_outside_demo_mode_there_is_no_sandbox_and_no_demo_user(serve: Serve) -> None:
    serve.start()
    with httpx.Client(base_url=f"{serve.url}/v1", timeout=30) as api:
        assert api.get("/demo").json() == {"enabled": False, "users": []}
        assert api.post("/demo/session", json={"email": "viewer@demo.test"}).status_code == 404
        assert api.get("/providers", params={"country": "US"}).json()["items"] == []
        login = {"email": "viewer@demo.test", "password": PASSWORD}
        assert api.post("/auth/login", json=login).status_code == 401
        paths = api.get(f"{serve.url}/openapi.json").json()["paths"]
    assert [path for path in paths if "sandbox" in path] == []
    said = serve.end(signal.SIGTERM)[1]
    assert "are off, having no settings: stripe, paypal, app_store, google_play" in said


def test_a_port_in_use_is_said_in_one_line(serve: Serve) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", serve.port))
        taken.listen()
        done = serve.tool("serve", "--demo")
    assert done.returncode != 0
    assert "address already in use" in (done.stdout + done.stderr).lower()
    assert "Traceback" not in done.stderr
