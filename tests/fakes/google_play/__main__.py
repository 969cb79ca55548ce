"""`python -m tests.fakes.google_play --port 0 --credentials FILE`: prints its port as a line of JSON."""

import argparse
import json
import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from tests.fakes.google_play.api import Api
from tests.fakes.google_play.books import Books
from tests.fakes.google_play.control import Control
from tests.fakes.google_play.signing import Accounts, Pusher


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--credentials", type=Path, required=True)
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", options.port))
    port = listener.getsockname()[1]
    accounts = Accounts(token_uri=f"http://127.0.0.1:{port}/token")
    options.credentials.write_text(json.dumps(accounts.key_file()))
    pusher = Pusher()
    api = Api(Books(), accounts, pusher)
    app = Starlette(routes=[*api.routes(), *Control(api, pusher).routes()])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    print(json.dumps({"port": port}), flush=True)  # it listens already; calls wait
    uvicorn.Server(config).run(sockets=[listener])


main()
