"""Signing in and joining: every error has its place, and the way back is kept."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from .conftest import DemoServer, VisitorMaker
from .people import PASSWORD, Person

pytestmark = pytest.mark.browser


def _join_form(page: Page) -> None:
    page.get_by_role("tab", name="Join").click()


def _join(page: Page) -> None:
    page.get_by_role("tabpanel").get_by_role("button", name="Join").click()


def test_joining_says_what_is_wrong_and_then_goes_where_one_was_going(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    taken = Person.join(server.url, "Tess")
    page = visitor(refused=True)
    page.goto("/recharge?next=/live/somewhere")
    page.get_by_role("link", name="Sign in to pay").click()
    page.wait_for_url("**/sign-in**")
    _join_form(page)
    _join(page)
    for message in (
        "Enter your e-mail address.",
        "Use at least 8 characters.",
        "Choose a name.",
        "Enter your date of birth.",
    ):
        expect(page.get_by_text(message)).to_be_visible()
    email = page.get_by_label("E-mail")
    expect(email).to_be_focused()

    email.fill("not an address")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Name that others see").fill("Joy")
    page.get_by_label("Date of birth").fill("1990-02-03")
    page.get_by_label("Country").select_option("DE")
    _join(page)
    expect(page.get_by_text("This is not an e-mail address")).to_be_visible()
    email.fill(taken.email)
    _join(page)
    expect(page.get_by_text("There is already an account")).to_be_visible()
    expect(email).to_have_attribute("aria-invalid", "true")

    email.fill(f"joy-{uuid.uuid4().hex[:8]}@browser.test")
    _join(page)
    page.wait_for_url("**/recharge?next=/live/somewhere")
    expect(page.get_by_label("Country of your payment method")).to_have_value("DE")
    expect(page.locator("dl").first).to_contain_text("EUR")


def test_wrong_passwords_are_refused_and_after_many_one_waits(visitor: VisitorMaker) -> None:
    page = visitor(refused=True)
    page.goto("/sign-in?next=//evil.example")
    email = f"nobody-{uuid.uuid4().hex[:8]}@browser.test"
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill("a wrong password")
    submit = page.get_by_role("tabpanel").get_by_role("button", name="Sign in")
    submit.click()
    expect(page.get_by_text("The e-mail address or the password is wrong.")).to_be_visible()
    body = {"email": email, "password": "a wrong password"}
    while page.request.post("/v1/auth/session", data=body).status == 401:
        pass  # the server's limit decides how often
    submit.click()
    expect(page.get_by_text(re.compile(r"Try again in \d+ minutes"))).to_be_visible()
    expect(submit).to_have_attribute("aria-disabled", "true")


def test_signing_in_leads_to_no_address_outside(server: DemoServer, visitor: VisitorMaker) -> None:
    person = Person.join(server.url, "Ida")
    page = visitor()
    page.goto("/sign-in?next=//evil.example")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server.url}/")


def test_what_needs_an_account_leads_to_signing_in_and_back(
    server: DemoServer, visitor: VisitorMaker
) -> None:
    person = Person.join(server.url, "Abe")
    page = visitor()
    page.goto("/wallet")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet")
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
