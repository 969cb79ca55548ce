"""Refunds on the pages, and what nobody can make happen from outside: a provider that takes its time or refuses."""

import re

from playwright.sync_api import Locator, Page

from .conftest import DemoServer

ASK = "Ask for a refund"
CONFIRM = re.compile(r"^Give back \d")


def refund_card(page: Page) -> Locator:
    """The part of an order's page that is about refunds."""
    return page.locator("section").filter(has=page.get_by_role("heading", name="Refund"))


def undo_refund(server: DemoServer, refund_id: str) -> None:
    """As if the provider were still at work on a refund that is done; nobody looks it up meanwhile."""
    with server.books() as conn:
        row = conn.execute(
            "UPDATE refund SET state = 'pending', try_at = NULL WHERE id = %s AND state = 'done' RETURNING order_id",
            (refund_id,),
        ).fetchone()
        assert row is not None
        conn.execute(
            "DELETE FROM top_up_order_event WHERE order_id = %s AND reason = 'money_returned'",
            row,
        )


def redo_refund(server: DemoServer, refund_id: str) -> None:
    """The provider is done with it."""
    with server.books() as conn:
        row = conn.execute(
            "UPDATE refund SET state = 'done' WHERE id = %s RETURNING order_id", (refund_id,)
        ).fetchone()
        conn.execute(
            """
            INSERT INTO top_up_order_event (order_id, no, state, reason, created_at)
            VALUES (%s, 99, 'refunded', 'money_returned', now())
            """,
            row,
        )


def refuse_refunds(server: DemoServer, order_id: str) -> None:
    """The sandbox forgets that it was paid, and so gives nothing back."""
    with server.books() as conn:
        done = conn.execute(
            "UPDATE sandbox_payment SET state = 'abandoned' WHERE order_id = %s", (order_id,)
        )
        assert done.rowcount == 1
