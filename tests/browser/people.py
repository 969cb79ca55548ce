"""Made-up people with an account of their own, and what they can do without a browser."""

import uuid
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.asking import ask

PASSWORD = "a-demo-password"


@dataclass(frozen=True)
class Person:
    """An account on the demo server."""

    url: str
    email: str
    display_name: str
    cookies: dict[str, str]
    """A session of the web pages, which calls of the API use too: checking a password takes long on purpose."""

    @classmethod
    def join(
        cls, url: str, name: str, *, birth_date: str = "1990-01-01", country: str = "US"
    ) -> "Person":
        """Somebody new."""
        email = f"{name.lower()}-{uuid.uuid4().hex[:8]}@browser.test"
        body = {
            "email": email,
            "password": PASSWORD,
            "display_name": name,
            "birth_date": birth_date,
            "country": country,
        }
        ask("POST", f"{url}/v1/auth/register", json=body).raise_for_status()
        return cls.known(url, email)

    @classmethod
    def known(cls, url: str, email: str) -> "Person":
        """Somebody who has an account, such as a demo user."""
        body = {"email": email, "password": PASSWORD}
        answer = ask("POST", f"{url}/v1/auth/session", json=body)
        name = answer.raise_for_status().json()["user"]["display_name"]
        return cls(url, email, name, dict(answer.cookies))

    @property
    def headers(self) -> dict[str, str]:
        """Who calls, and that it is one of our pages."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "X-CSRF-Token": self.cookies["largesse_csrf"]}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the API; the JSON that it answers, if any."""
        answer = ask(method, f"{self.url}/v1{path}", json=body, headers=self.headers)
        return answer.raise_for_status().json() if answer.content else None

    def order(self, coins: int) -> Any:
        """An order that waits for its payment."""
        packages = self.call("GET", "/coin-packages?country=US&channel=web")["items"]
        package_id = next(each["id"] for each in packages if each["coins"] == coins)
        body = {"package_id": package_id, "provider": "sandbox", "country": "US"}
        return self.call("POST", "/orders", body)

    def settle(self, order_id: str, outcome: str) -> Any:
        """Let the payment of an order end in some way."""
        return self.call("POST", f"/sandbox/orders/{order_id}/pay", {"outcome": outcome})

    def top_up(self, coins: int) -> Any:
        """A paid order."""
        return self.settle(self.order(coins)["id"], "succeed")

    def coins(self) -> int:
        """All coins of the wallet."""
        total: int = self.call("GET", "/wallet")["coins_total"]
        return total

    def give(self, room_id: str, gift: str, count: int = 1) -> Any:
        """Send a gift in a live room."""
        body = {"id": str(uuid.uuid4()), "gift": gift, "count": count}
        return self.call("POST", f"/streams/{room_id}/gifts", body)


def enter(page: Page, person: Person) -> None:
    """Sign the page's browser in without the form, which has tests of its own."""
    for name, value in person.cookies.items():
        page.context.add_cookies([{"name": name, "value": value, "url": person.url}])


def cancel_goals(creator: Person, room_id: str) -> None:
    """Leave no open goal in a room: what its bar shows is the first that is open."""
    for goal in creator.call("GET", f"/streams/{room_id}/goals")["items"]:
        if goal["state"] == "open":
            creator.call("POST", f"/streams/{room_id}/goals/{goal['id']}/cancel")


def live_room(url: str, creator: str) -> str:
    """The live room of a demo creator."""
    streams = ask("GET", f"{url}/v1/streams").json()["items"]
    found: str = next(each["id"] for each in streams if each["creator"]["display_name"] == creator)
    return found
