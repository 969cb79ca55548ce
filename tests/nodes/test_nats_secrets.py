"""NATS with TLS and credentials: nobody is trusted who should not be, and no secret is shown."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from largesse.bus_access import BusAccess
from largesse.realtime.nats_bus import NatsBus
from largesse.realtime.told import tell_event
from largesse.services import Services
from largesse.settings import SettingsInvalid, read_settings
from largesse.types import new_id
from tests.nodes.certificates import Authority
from tests.nodes.cluster import nats_server
from tests.nodes.test_nats_bus import Ear
from tests.realtime.conftest import chat, until

SECRET = "s3cret/with@signs:"
QUOTED = "s3cret%2Fwith%40signs%3A"
ROOM = new_id()


@pytest.fixture(autouse=True)
def _start_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("largesse.realtime.nats_bus.START_WAIT_S", 0.1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ours"))


@contextmanager
def tls_server(folder: Path, authority: Authority, *options: str) -> Iterator[int]:
    """The port of a server that wants TLS and has a certificate for 127.0.0.1."""
    certificate, key = authority.certify("127.0.0.1")
    files = ("--tls", "--tlscert", str(certificate), "--tlskey", str(key))
    with nats_server(folder, *files, *options) as server:
        yield server.port


@pytest.mark.parametrize("options", [("--auth", SECRET), ("--user", "rooms", "--pass", SECRET)])
async def test_events_travel_by_tls_with_credentials(
    tmp_path: Path, authority: Authority, options: tuple[str, ...]
) -> None:
    user = QUOTED if options[0] == "--auth" else f"rooms:{QUOTED}"
    ear = Ear()
    with tls_server(tmp_path, authority, *options) as port:
        # By `nats://` too there is TLS where the server wants it.
        here, there = (
            NatsBus([address], name="tests", access=BusAccess(authority.file))
            for address in (f"tls://{user}@127.0.0.1:{port}", f"nats://{user}@127.0.0.1:{port}")
        )
        there.open_room(ROOM)
        try:
            await here.start(Ear())
            await there.start(ear)
            await until(lambda: here.connected and there.connected)
            here.publish(ROOM, [tell_event(chat(1))])
            await until(lambda: ear.seq(ROOM) == 1)
        finally:
            await asyncio.gather(here.stop(), there.stop())


async def said_of(bus: NatsBus, app: FastAPI, client: httpx.AsyncClient) -> str:
    """What a server with this bus says at /readyz, where the bus is away."""
    services: Services = app.state.services
    await bus.start(Ear())
    services.hub.bus = bus
    try:
        await until(lambda: bus.trouble is not None)
        answer = await client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["status"] == "degraded"
        assert answer.json()["parts"]["bus"] is False
        detail: str = answer.json()["detail"]["bus"]
        return detail
    finally:
        services.hub.bus = None
        await bus.stop()


async def test_wrong_credentials_are_refused_and_shown_to_nobody(
    tmp_path: Path, app: FastAPI, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for options, wrong in (
        (("--auth", "right"), QUOTED),
        (("--user", "rooms", "--pass", "right"), f"rooms:{QUOTED}"),
    ):
        with nats_server(tmp_path, *options) as server:
            bus = NatsBus([f"nats://{wrong}@127.0.0.1:{server.port}"], name="tests")
            said = await said_of(bus, app, client)
        assert said.startswith("The bus refuses the credentials. Not connected: ")
        assert f"no bus at nats://127.0.0.1:{server.port}: " in caplog.text
    assert "Authorization Violation" in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_certificate_of_somebody_else_is_not_trusted(
    tmp_path: Path,
    authority: Authority,
    app: FastAPI,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "theirs").mkdir()
    with tls_server(tmp_path, Authority(tmp_path / "theirs")) as port:
        # Ours, and those of the system.
        for scheme, trusted in (("tls", authority.file), ("nats", None)):
            server = f"{scheme}://{QUOTED}@127.0.0.1:{port}"
            bus = NatsBus([server], name="tests", access=BusAccess(trusted))
            said = await said_of(bus, app, client)
            assert said.startswith("The bus has a certificate that is not trusted.")
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_certificate_for_another_host_is_not_trusted(
    tmp_path: Path, authority: Authority, app: FastAPI, client: httpx.AsyncClient
) -> None:
    with tls_server(tmp_path, authority) as port:
        address = f"tls://localhost:{port}"
        bus = NatsBus([address], name="tests", access=BusAccess(authority.file))
        assert "not trusted" in await said_of(bus, app, client)


async def test_no_secret_goes_to_a_server_without_tls_that_should_have_it(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    heard = bytearray()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"auth_required":true,"tls_available":true,"max_payload":1000}\r\n')
        heard.extend(await reader.read())
        writer.close()

    async with await asyncio.start_server(pretend, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        bus = NatsBus([f"tls://rooms:{QUOTED}@127.0.0.1:{port}"], name="tests")
        assert (await said_of(bus, app, client)).startswith("The bus offers no TLS.")
    assert heard == b""


async def test_a_server_that_is_away_is_said_to_be(app: FastAPI, client: httpx.AsyncClient) -> None:
    bus = NatsBus(["nats://127.0.0.1:1"], name="tests")
    assert (await said_of(bus, app, client)).startswith("The bus is not reachable.")


def test_a_file_without_certificates_is_refused_at_start(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "missing.pem", tmp_path):
        monkeypatch.setenv("LARGESSE_BUS_CA", str(path))
        with pytest.raises(SettingsInvalid, match="LARGESSE_BUS_CA"):
            read_settings()
    monkeypatch.setenv("LARGESSE_BUS_CA", str(authority.file))
    assert read_settings().bus_ca == authority.file
