"""The API with the sandbox's WeChat behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sanic import Sanic

from server.settings import Settings
from tests.bot.sandbox.conftest import Sandbox, running, sandbox

__all__ = ["running", "sandbox"]


@pytest.fixture
def wechat(app: Sanic[Any, Any], settings: Settings, sandbox: Sandbox) -> Iterator[Sandbox]:
    app.ctx.settings = replace(settings, wechat=replace(settings.wechat, api_base=sandbox.settings.wechat.api_base))
    yield sandbox
    app.ctx.settings = settings
