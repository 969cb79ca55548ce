"""Run the fake: `python -m tests.fakes.stripe --port 0`, which prints the port it listens on."""

import argparse
import json
import socket

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.fakes.stripe.api import Api
from tests.fakes.stripe.books import Books, Refused
from tests.fakes.stripe.control import Control
from tests.fakes.stripe.trouble import Gate, Trouble, error


async def _refused(request: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Refused)
    kind = "idempotency_error" if problem.code == "idempotency_error" else "invalid_request_error"
    return error(problem.status, str(problem), kind, problem.code)


def app(url: str, key: str, secret: str) -> Starlette:
    """The fake, with empty books."""
    books, trouble = Books(), Trouble()
    return Starlette(
        routes=[*Api(books, url).routes(), *Control(books, trouble, secret).routes()],
        middleware=[Middleware(Gate, trouble=trouble, key=key)],
        exception_handlers={Refused: _refused},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default="sk_test_fake")
    parser.add_argument("--secret", default="whsec_fake")
    given = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", given.port))
    port = listener.getsockname()[1]
    print(json.dumps({"port": port}), flush=True)
    served = app(f"http://127.0.0.1:{port}", given.key, given.secret)
    config = uvicorn.Config(served, log_level="warning", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


main()
