"""What a command says of a database that it cannot work with: one line, with what to do, and never a password."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout

from largesse.errors import AppError

_CONNECTION_LOST = ("08", "57P")
"""How the codes of PostgreSQL begin that mean: there is no session, or no more."""


class DatabaseUnreachable(AppError):
    """The database does not answer."""

    code = "database_unreachable"


class DatabaseRefused(AppError):
    """The database does not allow what is needed."""

    code = "database_refused"


@contextmanager
def told_in_a_line(url: str) -> Iterator[None]:
    """Of the database at `url`. Raises DatabaseUnreachable or DatabaseRefused for what an operator can mend."""
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise DatabaseRefused(
            f"{_sentence(error, url)} The user of DATABASE_URL must own the database or its schema."
        ) from error
    except psycopg.OperationalError as error:
        if error.sqlstate is not None and not error.sqlstate.startswith(_CONNECTION_LOST):
            raise DatabaseRefused(_sentence(error, url)) from error
        raise DatabaseUnreachable(
            f"{_sentence(error, url)} Start PostgreSQL, or correct DATABASE_URL."
        ) from error
    except PoolTimeout as error:
        raise DatabaseUnreachable(
            "No connection to the database was free or could be made. Look at its log, or try again."
        ) from error


def _sentence(error: psycopg.Error, url: str) -> str:
    """The first line of what PostgreSQL or its library says, without the password."""
    said = next(iter(str(error).splitlines()), type(error).__name__)
    password = str(conninfo_to_dict(url).get("password") or "")
    for secret in {password, quote(password, safe="")} - {""}:
        said = said.replace(secret, "***")
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."
