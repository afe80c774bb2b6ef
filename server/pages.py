"""What a browser gets beside the API: the H5 build, the console, the documentation. All of it from this host."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import msgspec
from sanic import HTTPResponse, Request, Sanic
from sanic.response import BaseHTTPResponse
from sanic.response import file as send_file

ROOT = Path(__file__).resolve().parent.parent
H5 = ROOT / "miniprogram" / "dist" / "build" / "h5"
CONSOLE = ROOT / "server" / "console" / "dist"
WELCOME = Path(__file__).with_name("welcome")
DOCS = Path(__file__).with_name("docs")

_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; media-src 'self' blob:; "
    "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; frame-src 'self' blob:; connect-src 'self'; "
    "frame-ancestors 'self'"
)
_FOREVER = "public, max-age=31536000, immutable"
_SERVICE_WORKER = "/sw.js"
"""At the root, so that it may answer for the app's page; always asked for anew, or an old app would stay for good."""
_HASHED = ("/assets/", "/console/assets/")
"""The folders in which every file's name has the hash of its contents."""


def mount(app: Sanic[Any, Any], document: dict[str, Any]) -> None:
    """Give the pages to the application; `document` is the OpenAPI document."""
    _mount_docs(app, document)
    _mount_console(app)
    _mount_h5(app)
    app.register_middleware(_headers, "response")


def _headers(request: Request, response: BaseHTTPResponse) -> None:
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    if (response.content_type or "").startswith("text/html") or request.path == _SERVICE_WORKER:
        headers.setdefault("Content-Security-Policy", _CSP)
        headers["Cache-Control"] = "no-cache"
    elif request.path.startswith(_HASHED) and response.status in (200, 206, 304):
        headers["Cache-Control"] = _FOREVER


def swagger_ui() -> Path:
    """The folder of Swagger UI's own files, as the wheel brings them; its Python part is not loaded."""
    found = importlib.util.find_spec("flask_swagger_ui")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the wheel with Swagger UI's files is not installed: see requirements.txt")
    return Path(found.submodule_search_locations[0]) / "dist"


def _mount_docs(app: Sanic[Any, Any], document: dict[str, Any]) -> None:
    text = msgspec.json.encode(document)

    async def openapi(request: Request) -> HTTPResponse:
        return HTTPResponse(text, 200, {"Cache-Control": "no-cache"}, content_type="application/json")

    app.add_route(openapi, "/openapi.json", name="openapi")
    _page(app, "/docs", DOCS / "index.html", "docs")
    for name in ("docs.css", "docs.js"):
        app.static(f"/docs/{name}", DOCS / name, name=f"docs_{name.replace('.', '_')}")
    app.static("/docs/ui", swagger_ui(), name="docs_ui")


def _mount_console(app: Sanic[Any, Any]) -> None:
    """The console, or, where it is not built, a page that says what there is instead."""
    folder = CONSOLE if CONSOLE.is_dir() else WELCOME
    _page(app, "/console", folder / "index.html", "console")
    if folder is CONSOLE:
        app.static("/console/assets", folder / "assets", name="console_assets")
        # Its pages have addresses of their own, which are the browser's affair: each of them is the one page.
        _page(app, "/console/<place:path>", folder / "index.html", "console_places")
    else:
        app.static("/console/welcome.css", folder / "welcome.css", name="console_style")


def _mount_h5(app: Sanic[Any, Any]) -> None:
    if not H5.is_dir():
        return
    _page(app, "/", H5 / "index.html", "h5")
    if (H5 / "sw.js").is_file():
        _page(app, _SERVICE_WORKER, H5 / "sw.js", "h5_service_worker")
    for name in ("assets", "static"):
        if (H5 / name).is_dir():
            app.static(f"/{name}", H5 / name, name=f"h5_{name}")


def _page(app: Sanic[Any, Any], path: str, page: Path, name: str) -> None:
    async def show(request: Request, place: str = "") -> HTTPResponse:
        return await send_file(page)

    app.add_route(show, path, name=name)
