"""NATS that wants credentials of an account, or certificates of its clients."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest
import uvloop
from cryptography.hazmat.primitives import serialization
from fastapi import FastAPI

from largesse.bus_access import BusAccess
from largesse.realtime.nats_bus import NatsBus
from largesse.realtime.told import tell_event
from largesse.settings import SettingsInvalid, read_settings
from largesse.types import new_id
from tests.nodes.accounts import Accounts
from tests.nodes.certificates import Authority
from tests.nodes.cluster import nats_server
from tests.nodes.test_nats_bus import Ear
from tests.nodes.test_nats_secrets import said_of
from tests.realtime.conftest import chat, until

ROOM = new_id()
SUBJECT = "largesse.tests.>"


@pytest.fixture(autouse=True)
def _start_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("largesse.realtime.nats_bus.START_WAIT_S", 0.1)


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def verifying(authority: Authority) -> tuple[str, ...]:
    """Options of a server that wants certificates which the authority signed."""
    certificate, key = authority.certify("127.0.0.1")
    files = ("--tlscert", str(certificate), "--tlskey", str(key))
    return ("--tlsverify", "--tlscacert", str(authority.file), *files)


async def carries(address: str, access: BusAccess) -> None:
    """An event from one node to another."""
    ear = Ear()
    here, there = (NatsBus([address], name="tests", access=access) for _ in range(2))
    there.open_room(ROOM)
    try:
        await here.start(Ear())
        await there.start(ear)
        await until(lambda: here.connected and there.connected)
        here.publish(ROOM, [tell_event(chat(1))])
        await until(lambda: ear.seq(ROOM) == 1)
    finally:
        await asyncio.gather(here.stop(), there.stop())


def test_events_travel_for_a_user_of_an_account_with_a_certificate(
    accounts: Accounts, authority: Authority, tmp_path: Path
) -> None:
    options = ("-c", str(accounts.server_file), *verifying(authority))
    access = BusAccess(
        authority.file, *authority.certify("127.0.0.1", "client"), accounts.creds("a", subject=SUBJECT)
    )  # fmt: skip
    with nats_server(tmp_path, *options) as server, asyncio.Runner() as plain:
        for scheme in ("tls", "nats"):
            plain.run(carries(server.address.replace("nats", scheme), access))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as served:
            served.run(carries(server.address.replace("nats", "tls"), access))


async def test_key_and_certificate_may_stand_in_one_file(
    authority: Authority, tmp_path: Path
) -> None:
    certificate, key = authority.certify("127.0.0.1", "client")
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    with nats_server(tmp_path, *verifying(authority)) as server:
        await carries(server.address, BusAccess(authority.file, both))


async def test_credentials_that_were_renewed_hold_from_the_next_connection_on(
    accounts: Accounts, tmp_path: Path
) -> None:
    creds = tmp_path / "node.creds"
    good = accounts.creds("good", subject=SUBJECT).read_text()
    creds.write_text(accounts.creds("old", subject="x", account=accounts.stranger()).read_text())
    with nats_server(tmp_path, "-c", str(accounts.server_file)) as server:
        bus = NatsBus([server.address], name="tests", access=BusAccess(creds=creds))
        await bus.start(Ear())
        try:
            await until(lambda: bus.trouble == "The bus refuses the credentials.")
            creds.unlink()
            await until(lambda: str(bus.trouble).startswith("LARGESSE_BUS_CREDS: no JWT"))
            creds.write_text(good)
            await until(lambda: bus.connected)
        finally:
            await bus.stop()


async def test_a_strange_account_is_refused_and_its_secrets_are_shown_to_nobody(
    accounts: Accounts,
    tmp_path: Path,
    app: FastAPI,
    client: httpx.AsyncClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    creds = accounts.creds("theirs", subject=SUBJECT, account=accounts.stranger())
    with nats_server(tmp_path, "-c", str(accounts.server_file)) as server:
        bus = NatsBus([server.address], name="tests", access=BusAccess(creds=creds))
        said = await said_of(bus, app, client)
    assert said.startswith("The bus refuses the credentials. Not connected: ")
    lines = creds.read_text().splitlines()
    assert lines[1] not in caplog.text
    assert lines[7] not in caplog.text
    assert lines[7].startswith("SU")


@pytest.mark.parametrize("shown", ["nothing", "a stranger's"])
async def test_a_server_that_wants_a_certificate_is_said_to_break_off(
    authority: Authority, tmp_path: Path, app: FastAPI, client: httpx.AsyncClient, shown: str
) -> None:
    (tmp_path / "theirs").mkdir()
    pair = Authority(tmp_path / "theirs").certify("127.0.0.1", "client")
    access = BusAccess(authority.file, *(() if shown == "nothing" else pair))
    with nats_server(tmp_path, *verifying(authority)) as server:
        said = await said_of(NatsBus([server.address], name="tests", access=access), app, client)
    assert said.startswith("The bus broke off TLS, as it does when it wants a certificate")


async def test_a_certificate_that_is_gone_is_said_to_be(
    authority: Authority, tmp_path: Path, app: FastAPI, client: httpx.AsyncClient
) -> None:
    access = BusAccess(authority.file, tmp_path / "gone.pem")
    with nats_server(tmp_path, *verifying(authority)) as server:
        said = await said_of(NatsBus([server.address], name="tests", access=access), app, client)
    assert said.startswith("LARGESSE_BUS_CERT, LARGESSE_BUS_KEY: no certificate and key")


async def test_nothing_is_signed_for_a_server_without_tls_that_should_have_it(
    accounts: Accounts, app: FastAPI, client: httpx.AsyncClient
) -> None:
    heard = bytearray()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"auth_required":true,"nonce":"x","max_payload":1000}\r\n')
        heard.extend(await reader.read())
        writer.close()

    access = BusAccess(creds=accounts.creds("a", subject=SUBJECT))
    async with await asyncio.start_server(pretend, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        bus = NatsBus([f"tls://127.0.0.1:{port}"], name="tests", access=access)
        assert (await said_of(bus, app, client)).startswith("The bus offers no TLS.")
    assert heard == b""


async def test_a_server_without_tls_or_credentials_is_left(
    tmp_path: Path, app: FastAPI, client: httpx.AsyncClient
) -> None:
    with nats_server(tmp_path) as server:
        bus = NatsBus([server.address.replace("nats", "tls")], name="tests")
        assert (await said_of(bus, app, client)).startswith("The bus offers no TLS.")


def test_files_that_no_server_would_take_are_refused_at_start(
    tmp_path: Path, accounts: Accounts, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(match: str, **named: Path | str) -> None:
        with monkeypatch.context() as set_now:
            for name, value in named.items():
                set_now.setenv(f"LARGESSE_{name.upper()}", str(value))
            with pytest.raises(SettingsInvalid, match=match) as said:
                read_settings()
        assert "SU" not in str(said.value)

    good = accounts.creds("good", subject=SUBJECT)
    text = good.read_text()
    seed = text.splitlines()[7]
    damaged = {
        "without JWT": text.partition("\n\n")[2],
        "without seed": text.partition("\n\n")[0] + "\n",
        "of an account": text.replace(seed, accounts.stranger().seed),
        "cut": text.replace(seed, seed[:-3]),
        "mistyped": text.replace(seed, seed[:20] + ("A" if seed[20] != "A" else "B") + seed[21:]),
        "not base32": text.replace(seed, seed.lower()),
        "not text": "\N{SNOWMAN}",
    }
    for name, content in damaged.items():
        (tmp_path / name).write_text(content)
        refused("LARGESSE_BUS_CREDS: no JWT and seed", bus_creds=tmp_path / name)
    refused("LARGESSE_BUS_CREDS: no JWT and seed", bus_creds=tmp_path / "missing")
    refused("hold no user or token", bus_creds=good, bus="nats://me:secret@127.0.0.1:4222")

    certificate, key = authority.certify("127.0.0.1", "client")
    other = authority.certify("127.0.0.1", "other")[1]
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        serialization.load_pem_private_key(key.read_bytes(), None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"locked"),
        )
    )
    for wrong in (other, locked, certificate, tmp_path / "missing"):
        refused("LARGESSE_BUS_CERT, LARGESSE_BUS_KEY: no", bus_cert=certificate, bus_key=wrong)
    refused("LARGESSE_BUS_CERT, LARGESSE_BUS_KEY: no", bus_cert=certificate)
    refused("LARGESSE_BUS_KEY needs LARGESSE_BUS_CERT", bus_key=key)

    for name, path in (("CREDS", good), ("CERT", certificate), ("KEY", key)):
        monkeypatch.setenv(f"LARGESSE_BUS_{name}", str(path))
    assert read_settings().bus_access == BusAccess(None, certificate, key, good)
