"""Passwords: argon2id, off the event loop, with the same work whether or not the account exists."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from largesse.errors import Unavailable

PASSWORD_CHARACTERS_MIN = 8
PASSWORD_CHARACTERS_MAX = 200
_THREADS = 2
_WAITING_MAX = 200  # beyond this, people would wait longer than they are willing to

T = TypeVar("T")
_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="password")
_waiting = 0


async def hash_password(password: str) -> str:
    """The text to store. Never call it inside a transaction: it takes tens of milliseconds."""
    return await _off_loop(lambda: _hasher.hash(_normal(password)))


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password fits; without a stored hash the same work is done for nothing."""
    return await _off_loop(lambda: _verify(_normal(password), stored))


def needs_rehash(stored: str) -> bool:
    """The stored hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


async def _off_loop(work: Callable[[], T]) -> T:
    global _waiting
    if _waiting >= _WAITING_MAX:
        raise Unavailable(retry_after_s=5)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1


def _verify(password: str, stored: str | None) -> bool:
    try:
        _hasher.verify(_nobody() if stored is None else stored, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobody() -> str:
    """The hash that stands in for a missing account."""
    return _hasher.hash("nobody's password")


def _normal(password: str) -> str:
    """The same password typed on another keyboard may be composed differently."""
    return unicodedata.normalize("NFC", password)
