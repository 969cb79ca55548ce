"""`python -m tests.fakes.paypal --port 0 --certificates FOLDER`: prints its port as a line of JSON."""

import argparse
import json
import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from tests.fakes.paypal.api import Api
from tests.fakes.paypal.books import Books
from tests.fakes.paypal.control import Control
from tests.fakes.paypal.process import WEBHOOK_ID
from tests.fakes.paypal.signing import Signer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificates", type=Path, required=True)
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", options.port))
    port = listener.getsockname()[1]
    api = Api(Books(base=f"http://127.0.0.1:{port}"))
    control = Control(api, Signer(options.certificates, WEBHOOK_ID))
    app = Starlette(routes=[*api.routes(), *control.routes()])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    print(json.dumps({"port": port}), flush=True)  # it listens already; calls wait
    uvicorn.Server(config).run(sockets=[listener])


main()
