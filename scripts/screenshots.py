"""Takes the pictures of docs/screenshots: a demo server of its own, a phone and a wide screen."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uuid_utils.compat
from playwright.sync_api import Browser, sync_playwright

from scripts.setup import BROWSERS

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "screenshots"
START_TIMEOUT_S = 60
SETTLE_MS = 4000  # the curtain has opened
SCREENS = {"phone": (390, 844), "wide": (1440, 900)}
COINS = 700
CHAT = ("Good evening from Lisbon!", "Play the one with the rain, please")
MESSAGES = {100: "For the left hand alone", 250: "Could you play the long ending, as last winter?"}
PAID_MESSAGE = ("Paid message or cheer", "Paid message stays")
BROWSER_FLAGS = ["--disable-quic", "--no-first-run", "--disable-background-networking"]


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    user: str
    press_on_phone: tuple[str, ...] = ()
    """Buttons to press before the picture of the small screen is taken."""
    screens: tuple[str, ...] = tuple(SCREENS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo_server(password: str) -> Iterator[str]:
    """A demo server with an empty data folder; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="largesse-shots-"))
    folder.chmod(0o755)  # under root PostgreSQL runs as somebody else
    url = f"http://127.0.0.1:{(port := free_port())}"
    command: list[str | Path] = [
        ROOT / ".venv" / "bin" / "largesse",
        "serve",
        "--demo",
        "--port",
        str(port),
    ]
    env = {**os.environ, "LARGESSE_DEMO_PASSWORD": password, "LARGESSE_DATA_DIR": str(folder)}
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(url, server)
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(folder)


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < give_up and server.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The demo server did not start.")


def sign_in(url: str, user: str, password: str) -> httpx.Client:
    http = httpx.Client(base_url=url)
    credentials = {"email": f"{user}@demo.test", "password": password}
    token = call(http, "POST", "/v1/auth/login", credentials)["access_token"]
    http.headers["Authorization"] = f"Bearer {token}"
    return http


def call(http: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    key = {"Idempotency-Key": secrets.token_hex(16)} if method == "POST" else {}
    return http.request(method, path, json=body, headers=key).raise_for_status().json()


def fill(viewer: httpx.Client, creator: httpx.Client) -> str:
    """Tops up, gives and says something in the creator's room, and returns the room."""
    packages = call(viewer, "GET", "/v1/coin-packages?country=US&channel=web")["items"]
    package = min(packages, key=lambda item: abs(item["coins"] - COINS))
    order = {"package_id": package["id"], "provider": "sandbox", "country": "US"}
    order_id = call(viewer, "POST", "/v1/orders", order)["id"]
    call(viewer, "POST", f"/v1/sandbox/orders/{order_id}/pay", {"outcome": "succeed"})
    room: str = call(creator, "GET", "/v1/creator/streams?limit=1")["items"][0]["id"]
    for text in CHAT:
        send(viewer, room, "chat", text=text)
    for gift, count in (("paper-crane", 1), ("rose", 10)):
        send(viewer, room, "gifts", gift=gift, count=count)
    for coins, text in MESSAGES.items():
        send(viewer, room, "paid-messages", coins=coins, text=text)
    send(viewer, room, "cheers", coins=15, text="what a night cheer10 glow5")
    return room


def send(viewer: httpx.Client, room: str, what: str, **body: Any) -> None:
    """A chat message, a gift, or what is paid for."""
    body["id"] = str(uuid_utils.compat.uuid7())
    call(viewer, "POST", f"/v1/streams/{room}/{what}", body)


def take(browser: Browser, url: str, shot: Shot, screen: str, password: str) -> None:
    width, height = SCREENS[screen]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=1,
        color_scheme="dark",
        locale="en-US",
        timezone_id="UTC",
    )
    data = {"email": f"{shot.user}@demo.test", "password": password}
    answer = context.request.post("/v1/auth/session", data=data, headers={"Origin": url})
    assert answer.ok, answer.text()
    page = context.new_page()
    page.goto(shot.path)
    for button in shot.press_on_phone if screen == "phone" else ():
        page.get_by_role("button", name=button).first.click()
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=TARGET / f"{shot.name}-{screen}.png")
    context.close()


def main() -> int:
    password = secrets.token_urlsafe(12)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    flags = [*BROWSER_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else BROWSER_FLAGS
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo_server(password) as url, sync_playwright() as playwright:
        room = fill(sign_in(url, "viewer", password), sign_in(url, "creator", password))
        shots = [
            Shot("home", "/", "viewer"),
            Shot("room", f"/live/{room}", "viewer", ("Send a gift",)),
            Shot("message", f"/live/{room}", "viewer", PAID_MESSAGE, ("phone",)),
            Shot("recharge", "/recharge", "viewer"),
            Shot("wallet", "/wallet", "viewer"),
            Shot("studio", "/studio", "creator"),
            Shot("studio-chat", "/studio/chat", "creator"),
            Shot("overlays", "/studio/overlays", "creator"),
        ]
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        for shot in shots:
            for screen in shot.screens:
                take(browser, url, shot, screen, password)
                print(f"docs/screenshots/{shot.name}-{screen}.png", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
