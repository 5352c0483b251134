"""Serve the built web app under /ui; say how to get it where it is not there."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from instep.ui import DIST

_PAGE = "index.html"
_FOREVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_NOT_FOUND = 404

_GUARDS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""The component library sets styles on elements, so inline styles are allowed; scripts are not."""

_MISSING = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Instep</title>
<meta name="viewport" content="width=device-width"></head>
<body style="font-family: system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>The web app is not in this install</h1>
<p>Instep itself works: its <a href="/docs">API</a> and its commands do everything.</p>
<p>To get the web app, install a release wheel, or build it from the source with Node.js 20.19 or
later: <code>make ui</code>. Then start Instep again.</p>
</body></html>
"""


def add_to(api: FastAPI, dist: Path = DIST) -> None:
    """Serve the web app, and lead `/` to it; without it `/` says how to get it."""
    is_built = (dist / _PAGE).is_file()
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def start() -> Response:
        return RedirectResponse("/ui/") if is_built else HTMLResponse(_MISSING)

    if not is_built:

        @routes.get("/ui/{path:path}")
        async def missing(path: str) -> Response:  # noqa: ARG001 - every page of it is missing
            return HTMLResponse(_MISSING, _NOT_FOUND)

    api.include_router(routes)
    if is_built:
        api.mount("/ui", _Files(directory=dist, html=True))


class _Files(StaticFiles):
    """The files; an address that names none is a page of the web app's own, so it gets the app."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != _NOT_FOUND or path.startswith("assets/"):
                raise
            path = _PAGE
            response = await super().get_response(path, scope)
        # the names of assets hold a hash of what is in them, the page itself stays the same name
        is_asset = path.startswith("assets/")
        response.headers["Cache-Control"] = _FOREVER if is_asset else _ALWAYS_ASK
        response.headers.update(_GUARDS)
        return response
