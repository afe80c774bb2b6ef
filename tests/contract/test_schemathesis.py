"""Every operation, with requests that fit the document and requests that do not: what comes back must stand in it.

Schemathesis makes the requests from the OpenAPI document. Here the document is taken at its word: its catch-all
answer is left out, so each status has to be named by its operation.
"""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from sanic import Sanic
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.core import openapi
from server.core.http import Route
from server.modules import ROUTES, VERSION
from server.settings import Settings
from tests.conftest import free_port
from tests.contract.matrix import ALLOWED, KINDS
from tests.contract.stage import UNKNOWN, Place, Stage, build

# Who asks, and whose rows he asks about: those of somebody else in his care, who may be frozen without harm.
ROLES = {"brand_admin": "sibling", "dealer_owner": "next_store", "store_owner": "store"}
ASKED = [route for route in ROUTES if route.media != "text/event-stream"]  # a stream does not end
FEW = hypothesis_settings(
    max_examples=5, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def document() -> dict[str, Any]:
    """The document without its catch-all answer."""
    whole = copy.deepcopy(openapi.document(ROUTES, VERSION))
    for operations in whole["paths"].values():
        for operation in operations.values():
            del operation["responses"]["default"]
    return whole


def _of_requests(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas of request bodies and of what they are made of."""
    schemas: dict[str, Any] = whole["components"]["schemas"]
    found: dict[str, dict[str, Any]] = {}

    def visit(text: str) -> None:
        for name in re.findall(r"#/components/schemas/(\w+)", text):
            if name not in found:
                found[name] = schemas[name]
                visit(str(schemas[name]))

    visit(str([o["requestBody"] for way in whole["paths"].values() for o in way.values() if "requestBody" in o]))
    return list(found.values())


def _name_row(name: str, schema: dict[str, Any], rows: dict[str, Any]) -> None:
    """Let an id in a request be that of a real row, so that requests reach further than "not found"."""
    kind = {"ids": "order", "photo_ids": "photo", "dealer_ids": "org"}.get(name, name.removesuffix("_id"))
    if kind == name or kind not in rows:
        return
    for part in schema.get("anyOf", [schema]):
        target = part.get("items", part)
        if target.get("type") == "integer":
            target.clear()
            target["enum"] = [rows[kind], UNKNOWN]


def document_about(own: Place, stage: Stage) -> dict[str, Any]:
    """The document in which the ids are those of rows that the asker works with."""
    whole, rows = document(), {**stage.places["brand"].rows, **own.rows}
    for schema in _of_requests(whole):
        for name, inner in schema["properties"].items():
            _name_row(name, inner, rows)
    for operations in whole["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                kind = KINDS.get(parameter["name"], parameter["name"].removesuffix("_id"))
                if kind in rows and parameter["in"] in ("path", "query"):
                    parameter["schema"] = {"enum": [rows[kind], "0" * 13 if kind == "code" else UNKNOWN]}
    return whole


def no_surprise(ctx: Any, response: Any, case: Case[Any]) -> None:
    """No error of the server but the one that is documented: WeChat cannot be reached."""
    if response.status_code != 503 or response.json()["code"] != "unavailable":
        not_a_server_error(ctx, response, case)


def refused(ctx: Any, response: Any, case: Case[Any]) -> None:
    """What does not fit is not taken; a blank in the query counts as left out, as forms send it."""
    if "" not in [value for _, value in parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)]:
        negative_data_rejection(ctx, response, case)


CHECKS = [
    no_surprise,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class Asker:
    """Sends requests of one operation and checks the answers."""

    def __init__(self, stage: Stage, url: str) -> None:
        self.stage, self.url = stage, url
        self.bad = schemathesis.openapi.from_dict(document())
        self.good = {
            role: schemathesis.openapi.from_dict(document_about(stage.places[place], stage))
            for role, place in ROLES.items()
        }

    async def send(self, route: Route, role: str, mode: GenerationMode) -> int:
        """Send some; how many were sent."""
        user = await self.stage.users[role].sign_in()
        return await asyncio.to_thread(self._run, route, role, user.token, mode)

    def _run(self, route: Route, role: str, token: str, mode: GenerationMode) -> int:
        good = mode is GenerationMode.POSITIVE
        operation = (self.good[role] if good else self.bad).find_operation_by_id(route.name)
        checks = CHECKS if good else [*CHECKS, refused]
        sent = 0

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Case[Any]) -> None:
            nonlocal sent
            response = case.call(base_url=self.url, headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=checks)
            sent += 1

        run()
        return sent


@pytest.fixture(scope="module")
async def asker(app: Sanic[Any, Any], http: httpx.AsyncClient, settings: Settings) -> AsyncIterator[Asker]:
    app.ctx.settings = replace(settings, wechat=replace(settings.wechat, api_base=f"http://127.0.0.1:{free_port()}/"))
    yield Asker(await build(http, settings.data_folder), f"http://127.0.0.1:{settings.port}")
    app.ctx.settings = settings


def let_in(route: Route) -> list[str]:
    """The roles that may call a route."""
    return [role for role in ROLES if route.public or role in ALLOWED[route.name]]


@pytest.mark.parametrize("route", ASKED, ids=lambda route: route.name)
async def test_good_requests_are_answered_as_the_document_says(asker: Asker, route: Route) -> None:
    for role in let_in(route):
        assert await asker.send(route, role, GenerationMode.POSITIVE)


@pytest.mark.parametrize("route", ASKED, ids=lambda route: route.name)
async def test_bad_requests_are_refused_as_the_document_says(asker: Asker, route: Route) -> None:
    if route.parameters != ("actor",):  # there is nothing that could be wrong
        assert await asker.send(route, let_in(route)[0], GenerationMode.NEGATIVE)
