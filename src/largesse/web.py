"""Serves the built web app: its files as they are, and its start page for every page address."""

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_IMMUTABLE = "public, max-age=31536000, immutable"
_NO_CACHE = "no-cache"
_MISSING = (
    "<!doctype html><meta charset=utf-8><title>Largesse</title>"
    "<p>The web pages are not built. Run <code>make run</code>, or <code>npm run build</code> in <code>web/</code>.</p>"
)


def web_dir() -> Path:
    """The built pages: inside an installed package, or in a checkout's web/build."""
    here = Path(__file__).resolve().parent
    packaged = here / "web_build"
    return packaged if packaged.exists() else here.parents[1] / "web" / "build"


class _Pages(StaticFiles):
    """Static files with a start page: addresses without a file belong to the app's own router."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.startswith("v1/"):
            raise HTTPException(404)  # no route took it, whatever its method
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_page(path, Request(scope)):
                raise
            path, response = "index.html", self._start_page()
        immutable = path.startswith("_app/immutable/")
        response.headers["Cache-Control"] = _IMMUTABLE if immutable else _NO_CACHE
        return response

    def _start_page(self) -> Response:
        assert self.directory is not None
        start = Path(self.directory) / "index.html"
        return FileResponse(start) if start.exists() else HTMLResponse(_MISSING, 503)


def _is_page(path: str, request: Request) -> bool:
    wants_html = "text/html" in request.headers.get("accept", "")
    return wants_html and not path.startswith(("_app/", "v1/", "art/"))


def mount_web(app: FastAPI) -> None:
    """Mount last: it answers whatever no route took."""
    app.mount("/", _Pages(directory=web_dir(), html=True, check_dir=False), name="web")
