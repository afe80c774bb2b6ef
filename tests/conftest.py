"""One PostgreSQL and Redis per run, one database per worker; every test makes a brand of its own in it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from server.app import create_app
from server.migrate import migrate
from server.settings import Settings, load_settings
from tests.services import EmbeddedServices, embedded_services
from tests.world import World

WECOM = {
    "WECOM_CORP_ID": "ww1436e0e65a779aee",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": "sandbox-secret",
    "WECOM_TOKEN": "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo",
    "WECOM_AES_KEY": "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt",
    "WECHAT_APP_ID": "wx0000000000000001",
    "WECHAT_APP_SECRET": "sandbox-app-secret",
    "WECHAT_TEMPLATE_ORDER": "template-order",
}


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def services() -> Iterator[EmbeddedServices]:
    """The PostgreSQL and Redis of this run."""
    with embedded_services() as found:
        yield found


@pytest.fixture(scope="session")
def redis_number() -> int:
    """The Redis database of this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(worker[2:]) % 15 + 1


def settings_for(services: EmbeddedServices, database: str, folder: Path, **more: str) -> Settings:
    """Settings of a process under test."""
    return load_settings(
        {
            "DATABASE_URL": services.database_url(database),
            "REDIS_URL": services.redis_url,
            "QUTONG_DATA": str(folder),
            "QUTONG_LOG_LEVEL": "WARNING",
            "QUTONG_LOGIN_LIMIT_PER_MINUTE": "1000",
            "QUTONG_PORT": str(free_port()),
            **WECOM,
            **more,
        }
    )


@pytest.fixture(scope="session")
def template(services: EmbeddedServices, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the schema, to be copied."""

    def build(url: str) -> None:
        asyncio.run(migrate(load_settings({"DATABASE_URL": url})))

    return services.template("schema", build)


@pytest.fixture(scope="session")
def settings(
    services: EmbeddedServices, template: str, redis_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The settings of this worker, with a database of its own."""
    database = services.create_database(template)
    folder = tmp_path_factory.mktemp("data")
    yield settings_for(services, database, folder, REDIS_URL=services.redis_database(redis_number))
    services.drop_database(database)


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Sanic[Any, Any]]:
    """The API, serving on `settings.port`."""
    application = create_app(settings)
    server: Any = await application.create_server(host="127.0.0.1", port=settings.port, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.after_start()
    yield application
    await server.before_stop()
    server.close()
    await server.after_stop()


@pytest.fixture(scope="session")
async def http(app: Sanic[Any, Any], settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", timeout=30) as client:
        yield client


@pytest.fixture
async def world(app: Sanic[Any, Any], http: httpx.AsyncClient) -> World:
    """A brand of this test's own, with builders for all that a story needs."""
    return await World.create(http)
