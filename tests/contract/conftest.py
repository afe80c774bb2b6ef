"""One stage for all questions about who may do what; building it takes as long as asking hundreds of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sanic import Sanic

from server.settings import Settings
from tests.contract.stage import Stage, Witness, build


@pytest.fixture(scope="package")
async def stage(app: Sanic[Any, Any], http: httpx.AsyncClient, settings: Settings) -> Stage:
    """Two brands with all that belongs to them."""
    return await build(http, settings.data_folder)


@pytest.fixture(scope="package")
async def witness(stage: Stage) -> AsyncIterator[Witness]:
    """Sees what is written to the database."""
    async with Witness.watching() as watching:
        yield watching
