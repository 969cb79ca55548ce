"""A disputed payment, half of it given away: every page and the books follow, as docs/howto/dispute.md says."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from typer.testing import CliRunner, Result

from largesse import cli

from .conftest import ROOT, DemoServer, VisitorMaker
from .people import Person, enter, live_room

pytestmark = pytest.mark.browser

HOWTO = (ROOT / "docs" / "howto" / "dispute.md").read_text()
NORA = "Nora Vale"
NAME = "Delia"


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", HOWTO, re.MULTILINE | re.DOTALL)


def _table(first_column: str) -> list[list[str]]:
    """The rows of the how-to's table whose first column is called so."""
    found = re.search(rf"^\| {first_column} \|.*\n\| ---.*\n((?:\|.*\n)+)", HOWTO, re.MULTILINE)
    assert found is not None
    return [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in found[1].splitlines()
    ]


@pytest.fixture
def largesse(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Result]]:
    """`largesse ...` on the server's data, in a thread: Playwright has an event loop in this one."""
    monkeypatch.setenv("LARGESSE_DATA_DIR", str(server.data_dir))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with ThreadPoolExecutor(1) as thread:

        def run(*arguments: str) -> Result:
            result = thread.submit(CliRunner().invoke, cli.app, arguments).result(timeout=60)
            assert result.exit_code == 0, result.output
            return result

        yield run


@dataclass(frozen=True)
class _Books:
    """What an order changes on the balance sheet."""

    largesse: Callable[..., Result]
    before: dict[str, int]

    @classmethod
    def open(cls, largesse: Callable[..., Result]) -> "_Books":
        return cls(largesse, cls._usd(largesse))

    @staticmethod
    def _usd(largesse: Callable[..., Result]) -> dict[str, int]:
        sheet: Any = json.loads(largesse("finance", "balance-sheet", "--now", "--json").stdout)
        assert sheet["mismatches"] == []
        usd = (each for each in sheet["assets"] if each["asset"] == "USD")
        return {line["account"]: line["balance"] for each in usd for line in each["accounts"]}

    def change(self) -> dict[str, str]:
        """By account, in USD, without those that are as before."""
        after = self._usd(self.largesse)
        changed = {name: after.get(name, 0) - self.before.get(name, 0) for name in after}
        return {name: f"{minor / 100:.2f}" for name, minor in changed.items() if minor}


def _expected(step: int) -> dict[str, str]:
    """The how-to's column of a step."""
    rows = _table("account")
    return {row[0]: row[1 + step] for row in rows if row[1 + step] != "0.00"}


class _Pages:
    """What both see of an order whose 350 of 700 coins became a gift."""

    def __init__(self, visitor: VisitorMaker, viewer: Person, creator: Person, room: str) -> None:
        self.viewer, self.creator = visitor(), visitor(width=1440, height=900)
        enter(self.viewer, viewer)
        enter(self.creator, creator)
        self.room = visitor(width=1440, height=900)
        self.room.goto(f"/live/{room}")

    def look(self, order: str, gift: str, *, disputed: bool) -> None:
        """All of them tell the same. The room's is not loaded again: its ranking follows by itself."""
        coins, title = (
            (0, "The payment is disputed") if disputed else (350, "The coins are in your wallet")
        )
        page = self.viewer
        page.goto(f"/orders/{order}")
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        page.goto("/wallet")
        expect(_main(page)).to_contain_text(f"{coins} coins bought")
        page.goto(f"/wallet/lots/{order}")
        bar = f"Of 700 coins: 350 spent, {coins} left"
        expect(page.get_by_role("img", name=bar)).to_be_visible()
        expect(page.get_by_text("350 coins taken back")).to_have_count(int(disputed))
        page.goto(f"/orders/{order}/receipt")
        expect(page.get_by_text("Total, USD")).to_be_visible()
        expect(page.get_by_text("Disputed", exact=True)).to_have_count(int(disputed))
        self._look_at_studio(gift, disputed=disputed)
        expect(self.room.locator(".ranking", has_text=NAME)).to_have_count(int(not disputed))

    def _look_at_studio(self, gift: str, *, disputed: bool) -> None:
        page = self.creator
        page.goto("/studio")
        row = page.get_by_role("row").filter(has=page.locator(f'a[href="/gifts/{gift}"]'))
        expect(row).to_contain_text("175 taken back" if disputed else "175 diamonds")
        expect(row.get_by_text("taken back")).to_have_count(int(disputed))
        page.goto(f"/gifts/{gift}")
        expect(page.get_by_role("heading", name="What you earned")).to_be_visible()
        expect(page.get_by_text("diamonds of this gift were taken back")).to_have_count(
            int(disputed)
        )


def _main(page: Page) -> Any:
    return page.get_by_role("main")


def test_every_page_and_the_books_follow_a_dispute_and_its_end(
    server: DemoServer, visitor: VisitorMaker, largesse: Callable[..., Result]
) -> None:
    viewer, creator = (
        Person.join(server.url, "Delia"),
        Person.known(server.url, "creator@demo.test"),
    )
    books = _Books.open(largesse)
    earned_before = _pending(creator)
    order = viewer.top_up(700)["id"]
    room = live_room(server.url, NORA)
    gift = viewer.give(room, "rose", 350)["id"]
    pages = _Pages(visitor, viewer, creator, room)
    assert books.change() == _expected(0)
    expect(pages.room.locator(".ranking")).to_contain_text(NAME)
    for step, outcome in enumerate(("dispute", "dispute_won"), start=1):
        viewer.settle(order, outcome)
        disputed = outcome == "dispute"
        assert viewer.coins() == (0 if disputed else 350)
        assert _pending(creator) - earned_before == (0 if disputed else 175_000)
        assert _ranked(viewer, room) == (0 if disputed else 350)
        assert books.change() == _expected(step)
        pages.look(order, gift, disputed=disputed)
    for command in "".join(_blocks("sh")).splitlines():
        program, *arguments = shlex.split(command)
        if program == "largesse":
            assert largesse(*arguments).output.rstrip().endswith("ok")


def _pending(creator: Person) -> int:
    earned: int = creator.call("GET", "/creator/earnings")["pending_milli_diamonds"]
    return earned


def _ranked(viewer: Person, room: str) -> int:
    """What somebody has in the ranking of a room."""
    places = viewer.call("GET", f"/streams/{room}/supporters")["items"]
    return sum(each["coins"] for each in places if each["user"]["display_name"] == NAME)


@pytest.fixture
def owing(server: DemoServer) -> Iterator[None]:
    """The how-to's rule by which disputed coins are owed, and afterwards the shipped one."""
    owed, shipped = _blocks("sql")
    with server.books() as conn:
        conn.execute(owed.encode())
    try:
        yield
    finally:
        with server.books() as conn:
            conn.execute(shipped.encode())


@pytest.mark.usefixtures("owing")
def test_the_next_purchase_pays_what_is_owed_and_a_won_dispute_brings_it_back(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    viewer = Person.join(server.url, "Olga")
    seen: list[list[str]] = []

    def note(step: str) -> None:
        wallet = viewer.call("GET", "/wallet")
        held = "yes" if wallet["frozen"] else "no"
        seen.append([step, str(wallet["coins_total"]), str(wallet["coins_owed"]), held])

    page = visitor()
    enter(page, viewer)
    order = viewer.top_up(700)["id"]
    viewer.give(live_room(server.url, NORA), "rose", 350)
    note("given")
    viewer.settle(order, "dispute")
    note("disputed")
    page.goto("/wallet")
    expect(page.get_by_text("left 350 coins owed")).to_be_visible()
    viewer.top_up(700)
    note("bought again")
    page.goto("/wallet")
    expect(_main(page)).to_contain_text("350 coins bought")
    expect(page.get_by_text("on hold")).to_have_count(0)
    viewer.settle(order, "dispute_won")
    note("first dispute won")
    assert seen == _table("step")
