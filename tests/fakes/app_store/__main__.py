"""`python -m tests.fakes.app_store --port 0 --folder FOLDER`: prints its port as a line of JSON."""

import argparse
import json
import socket
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette

from tests.fakes.app_store.api import Api
from tests.fakes.app_store.books import Books
from tests.fakes.app_store.control import Control
from tests.fakes.app_store.process import PRIVATE_KEY, ROOTS
from tests.fakes.app_store.signing import Signer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (options.folder / PRIVATE_KEY).write_bytes(pem)
    (options.folder / ROOTS).mkdir()
    api = Api(Books(), Signer(options.folder / ROOTS), key.public_key())
    app = Starlette(routes=[*api.routes(), *Control(api).routes()])
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    listener = socket.create_server(("127.0.0.1", options.port))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    uvicorn.Server(config).run(sockets=[listener])


main()
