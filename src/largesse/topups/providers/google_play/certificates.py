"""Google's certificates for the tokens it signs, fetched when they are needed and kept as long as Google says."""

import logging
import re
from threading import Lock
from time import monotonic

import httpx

from largesse.topups.providers import SignatureError

log = logging.getLogger(__name__)

GOOGLE_URL = "https://www.googleapis.com/oauth2/v1/certs"
"""By key id, PEM."""
FETCH_TIMEOUT_S = 3.0
RETRY_S = 10.0
"""Between two fetches, at least: tokens with made-up key ids must not make us call Google each time."""
_KEPT_S = 3600
_KEPT_MAX_S = 86400
_MAX_AGE = re.compile(r"max-age=(\d{1,9})", re.ASCII)


class Certificates:
    """A cache that threads may share. Fetching blocks: notifications are verified in a thread of their own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = Lock()
        self._known: dict[str, str] = {}
        self._fresh_until_s = 0.0
        self._next_fetch_s = 0.0

    def certificate(self, key_id: str) -> str:
        """The certificate of a key. Raises SignatureError when Google has none of that name, or cannot be asked: it
        sends the notification again, for days.
        """
        with self._lock:
            at_s = monotonic()
            wanted = key_id not in self._known or self._fresh_until_s <= at_s
            if wanted and self._next_fetch_s <= at_s:
                self._next_fetch_s = at_s + RETRY_S
                self._fetch(at_s)
            if key_id not in self._known:
                raise SignatureError("no certificate of Google's fits the token")
            return self._known[key_id]

    def _fetch(self, at_s: float) -> None:
        """What is known stays when Google cannot be reached: a key is not withdrawn within hours."""
        try:
            got = httpx.get(
                self._url, timeout=FETCH_TIMEOUT_S, trust_env=self._url.startswith("https:")
            )
            got.raise_for_status()
            known = _read(got)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError) as error:
            log.warning("Google's certificates could not be fetched: %s", type(error).__name__)
            return
        said = _MAX_AGE.search(got.headers.get("cache-control", ""))
        kept_s = min(int(said[1]), _KEPT_MAX_S) if said else _KEPT_S
        self._known, self._fresh_until_s = known, at_s + kept_s


def _read(got: httpx.Response) -> dict[str, str]:
    told = got.json()
    if not isinstance(told, dict) or not told:
        raise TypeError("certificates by key id were expected")
    if not all(isinstance(pem, str) for pem in told.values()):
        raise TypeError("a certificate is text")
    return told
