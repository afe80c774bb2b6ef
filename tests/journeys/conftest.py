"""The whole product as processes, a browser, and a watch over what its pages ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tortoise.context import TortoiseContext

from server import modules
from server.core import db
from server.pages import H5
from tests.journeys.street import Street, a_street
from tests.processes import System, system
from tests.services import EmbeddedServices
from tests.support.browser import Studio, Watch, a_studio


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All stories go to one worker of pytest-xdist: one product and one browser serve them all."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="package")
def product(
    services: EmbeddedServices, template: str, redis_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[System]:
    """API with two workers and the H5 build, bot and WeCom sandbox, on a database of their own."""
    assert (H5 / "index.html").is_file(), "小程序的 H5 还没有构建：在 miniprogram/ 里运行 npm run build:h5"
    database = services.create_database(template)
    redis = services.redis_database(16 - redis_number)
    folder = tmp_path_factory.mktemp("product")
    with system(services.database_url(database), redis, folder, QUTONG_LOG_LEVEL="WARNING") as running:
        running.start()
        yield running
    services.drop_database(database)


@pytest.fixture(scope="package")
async def builders(product: System) -> AsyncIterator[httpx.AsyncClient]:
    """The builders of tests/world.py work on the product's database; the client is one of its API."""
    modules.wire()
    async with TortoiseContext() as context, httpx.AsyncClient(base_url=product.url("api"), timeout=30) as http:
        await context.init(config=db.tortoise_config(product.settings))
        yield http


@pytest.fixture(scope="package")
async def browser(product: System, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """One Chromium for all stories."""
    folder: Path = tmp_path_factory.mktemp("camera")
    async with a_studio(folder, product.url("api"), product.url("sandbox")) as studio:
        yield studio


@pytest.fixture
async def studio(browser: Studio) -> AsyncIterator[Studio]:
    """The browser for one story; in none does a page ask anything of another host, or break."""
    watch = browser.watch = Watch(frozenset(urlsplit(url).netloc for url in (browser.api, browser.sandbox)))
    yield browser
    await browser.close()
    browser.camera.see(None)
    assert watch.strangers == []
    assert watch.failures == []


@pytest.fixture
async def street(builders: httpx.AsyncClient) -> Street:
    """A brand, its dealer, the dealer's store, and the people who work there."""
    return await a_street(builders)
