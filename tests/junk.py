"""Calls of an API that are wrong in one place each, made from its OpenAPI document."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from largesse.types import new_id, now

_METHODS = ("get", "put", "post", "patch", "delete")
_LONG = "x" * 100_000
_TEXTS = ("", "-1", "9" * 30, "٣", "a\x00b", "\ud83d", "%", _LONG)
_VALUES: tuple[Any, ...] = (
    None, True, -1, 1.5, 2**63, 10**40, float("nan"), [], {"a": 1},
    "", "-1", "a\x00b", "\ud83d", _LONG[:60_000],
)  # fmt: skip
_BODIES = (
    b"", b"null", b"[]", b'"text"', b"{", b"\xff\xfe{}", b'{"\\u0000": "\\ud800"}', b"{}",
    b"[" * 50_000, b'{"a": ' + b"9" * 6_000 + b"}", b" " * 100_000,
)  # fmt: skip
_HEADERS = (
    (b"Content-Type", b"application/JSON; charset=utf-16"),
    (b"Content-Length", b"-1"),
    (b"Host", b"["),
    (b"Authorization", b"Bearer \xff"),
    (b"Idempotency-Key", b"\xff"),
)


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    query: str = ""
    header: tuple[bytes, bytes] | None = None
    body: bytes | None = None


def accepted_bodies(package_id: str, user_id: str) -> dict[str, list[dict[str, Any]]]:
    """Bodies that are right as they stand, by path, where one made of the schema's types alone is refused at once."""
    choices: list[dict[str, Any]] = [
        {"package_id": package_id, "country": "US", "code": None},
        {"coins": 70, "country": "US", "code": None},
    ]
    order = {"provider": "sandbox", "return_path": "/live"}
    later, later_still = (f"{now() + timedelta(days):%Y-%m-%dT00:00:00Z}" for days in (30, 60))
    package = {"coins": 50, "coins_bonus": 1, "price_minor": 60, "product_id": None}
    return {
        "/v1/quotes": [{**choice, "channel": "web"} for choice in choices],
        "/v1/orders": [{**choice, **order} for choice in choices],
        "/v1/operator/grants": [
            {"user_id": user_id, "coins": 5, "reason": "sorry", "expires_days": 30}
        ],
        "/v1/operator/promotions": [
            {
                "slug": "spring", "title": "Spring", "description": "", "kind": "bonus", "code": "SPRING",
                "bp": 100, "coins": 5, "coins_max": 10, "first_recharge": False, "starts_at": later,
                "ends_at": later_still, "countries": ["US"], "channels": ["web"], "coins_min": 1,
                "budget": 100, "currency": None, "uses_max": 9, "per_person_max": 1, "daily": False,
                "bonus_expires_days": 30, "priority": 1, "stacks": True,
            }
        ],
        "/v1/operator/tax-rates": [
            {"country": "US", "name": "Tax", "rate_bp": 0, "inclusive": False, "valid_from": later}
        ],
        "/v1/operator/price-books": [
            {
                "country": "US", "channel": "web", "currency": "USD", "fee_bp": 290, "valid_from": later,
                "custom": {"coins_min": 50, "coins_max": 100, "coins_step": 10}, "packages": [package],
            }
        ],
    }  # fmt: skip


class Document:
    """Turns every operation of an OpenAPI document into calls that are wrong in one place each."""

    def __init__(
        self,
        document: dict[str, Any],
        known: dict[str, str],
        accepted: dict[str, list[dict[str, Any]]],
    ) -> None:
        self._document = document
        self._known = known
        self._accepted = accepted

    def right_calls(self) -> Iterator[Call]:
        """What is accepted as it stands."""
        for path, bodies in self._accepted.items():
            yield from (Call("post", path, body=encode(body)) for body in bodies)

    def calls(self, start: str = "") -> Iterator[Call]:
        """Of the operations whose path starts so."""
        for path, item in self._document["paths"].items():
            for method in _METHODS:
                if method in item and path.startswith(start):
                    yield from self._calls_of(method, path, item[method])

    def _calls_of(self, method: str, path: str, operation: dict[str, Any]) -> Iterator[Call]:
        content = operation.get("requestBody", {}).get("content", {})
        examples = self._examples(method, path, content)
        good = Call(method, self._path(path), body=encode(examples[0]) if content else None)
        for parameter in operation.get("parameters", []):
            yield from self._wrong_parameters(good, path, parameter)
        yield from (replace(good, header=header) for header in _HEADERS)
        bodies = _BODIES if content else _BODIES[:3]
        yield from (replace(good, body=body) for body in bodies)
        for example in examples:
            wrong_ones = _wrong_bodies(example)
            yield from (replace(good, body=encode(wrong)) for wrong in wrong_ones)

    def _examples(self, method: str, path: str, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Bodies to begin with, one of each shape that is accepted."""
        if not content:
            return [{}]
        if method == "post" and path in self._accepted:
            return self._accepted[path]
        return [self._example(content["application/json"]["schema"])]

    def _wrong_parameters(self, good: Call, path: str, parameter: dict[str, Any]) -> Iterator[Call]:
        for text in _TEXTS:
            junk = quote(text[:2_000], safe="", errors="replace")
            if parameter["in"] == "path":
                wrong = path.replace(f"{{{parameter['name']}}}", junk)
                yield replace(good, path=self._path(wrong))
            elif parameter["in"] == "query":
                yield replace(good, query=f"{parameter['name']}={junk}")

    def _path(self, path: str) -> str:
        """The address of something that exists."""

        def known(place: re.Match[str]) -> str:
            what = self._known.get(path[: place.start()]) or self._known.get(place[1])
            return what or str(new_id())

        return re.sub(r"{(\w+)}", known, path)

    def _example(self, schema: dict[str, Any], name: str = "") -> Any:
        """A value that fits a schema."""
        if name in self._known:
            return self._known[name]
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self._example(schema[choice][0])
        if "properties" in schema:
            fields = schema["properties"].items()
            return {field: self._example(value, field) for field, value in fields}
        if schema.get("format") == "uuid":
            return str(new_id())
        by_type = {"integer": 1, "boolean": True, "string": "some text", "array": [], "null": None}
        return schema["enum"][0] if "enum" in schema else by_type[schema["type"]]


def _wrong_bodies(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for field in body:
        yield {other: value for other, value in body.items() if other != field}
        for value in _VALUES:
            fresh = {"id": str(new_id())} if "id" in body else {}
            yield {**body, **fresh, field: value}


def encode(body: Any) -> bytes:
    return json.dumps(body).encode()
