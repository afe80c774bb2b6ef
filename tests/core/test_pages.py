"""What a browser gets beside the API: the documentation, the console's page, the H5 build."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server import pages
from server.app import create_app
from server.settings import Settings
from tests.conftest import free_port

OUTSIDE = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")


def a_build(folder: Path, name: str) -> Path:
    """What a front end is built to, in small."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(f'<script src="/assets/{name}-Da1fLjxQ.js"></script>')
    (folder / "assets" / f"{name}-Da1fLjxQ.js").write_text("start()")
    return folder


@pytest.fixture
async def site(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The pages with an H5 build of three files, without the console."""
    monkeypatch.setattr(pages, "H5", a_build(tmp_path / "h5", "index"))
    (tmp_path / "h5" / "sw.js").write_text("keep()")
    monkeypatch.setattr(pages, "CONSOLE", tmp_path / "not-built")
    async with served(settings) as client:
        yield client


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """An application that serves what there is."""
    own = replace(settings, port=free_port())
    app: Any = create_app(own, name=f"qutong-pages-{own.port}")
    app.config.TOUCHUP = False  # Sanic rewrites its own classes at start, which only one app of a process can stand
    # Without its listeners: the database and Redis of this process are those of the tests.
    server = await app.create_server(host="127.0.0.1", port=own.port, return_asyncio_server=True)
    await server.startup()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{own.port}") as client:
        yield client
    server.close()


async def test_an_old_page_would_be_shown_after_an_update_or_the_whole_app_loaded_again_at_each_visit(
    site: httpx.AsyncClient,
) -> None:
    index = await site.get("/")
    assert index.status_code == 200 and index.headers["cache-control"] == "no-cache"
    script = await site.get("/assets/index-Da1fLjxQ.js")
    assert script.text == "start()"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = await site.get("/assets/index-gone.js")
    assert missing.status_code == 404 and "immutable" not in missing.headers.get("cache-control", "")


async def test_the_app_would_stay_old_for_good_or_shut_offline_if_its_worker_were_stored_or_refused(
    site: httpx.AsyncClient,
) -> None:
    worker = await site.get("/sw.js")
    assert worker.text == "keep()"
    # A browser takes a worker only as JavaScript, and for the folder it lies in and below.
    assert worker.headers["content-type"].split(";")[0] in ("text/javascript", "application/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    policies = [answer.headers["content-security-policy"] for answer in (worker, await site.get("/"))]
    for policy in policies:
        assert "worker-src 'self'" in policy and "connect-src 'self'" in policy


async def test_a_page_could_load_from_elsewhere_if_its_policy_or_its_text_allowed_it(site: httpx.AsyncClient) -> None:
    for path in ("/", "/docs", "/console"):
        page = await site.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert page.headers["content-type"].startswith("text/html")
        assert not OUTSIDE.search(page.text), path
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "http" not in policy and "unsafe-eval'" not in policy.replace(
            "wasm-unsafe-eval'", ""
        )
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_the_documentation_would_stay_blank_if_one_of_its_files_were_not_served(site: httpx.AsyncClient) -> None:
    page = (await site.get("/docs")).text
    wanted = re.findall(r'(?:src|href)="(/docs/[^"]+)"', page)
    assert len(wanted) == 5
    for path in wanted:
        assert (await site.get(path)).status_code == 200, path
    assert '"/openapi.json"' in (await site.get("/docs/docs.js")).text
    assert (await site.get("/openapi.json")).json()["openapi"].startswith("3.1")


async def test_the_console_address_would_be_a_dead_link_before_there_is_a_console(site: httpx.AsyncClient) -> None:
    page = (await site.get("/console", follow_redirects=True)).text
    assert "下一个版本" in page and 'href="/"' in page and 'href="/docs"' in page
    assert (await site.get("/console/welcome.css")).status_code == 200


async def test_a_sent_link_or_a_reload_would_find_nothing_if_only_the_consoles_first_page_were_served(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "CONSOLE", a_build(tmp_path / "console", "main"))
    async with served(settings) as console:
        for path in ("/console", "/console/", "/console/orders/12?state=submitted", "/console/a/b/c"):
            page = await console.get(path, follow_redirects=True)
            assert page.status_code == 200 and "main-Da1fLjxQ.js" in page.text, path
            assert page.headers["cache-control"] == "no-cache" and "default-src 'self'" in page.headers[
                "content-security-policy"
            ], path
        script = await console.get("/console/assets/main-Da1fLjxQ.js")
        assert script.text == "start()" and "immutable" in script.headers["cache-control"]
        # A script of the version before is gone, and never a page in its place.
        assert (await console.get("/console/assets/main-gone.js")).status_code == 404
        assert (await console.get("/console/../openapi.json")).headers["content-type"] == "application/json"
