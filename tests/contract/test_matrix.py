"""Every route × every role × every stranger's row. The routes come from the application, so none can be forgotten."""

from __future__ import annotations

import re
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import inspect

from server.core.http import Route
from server.identity.roles import ROLES
from server.modules import ROUTES
from tests.contract.matrix import (
    ALLOWED,
    ASKED,
    BODIES,
    HARMLESS,
    KINDS,
    LEAVES,
    REFERENCES,
    UNKNOWN,
    outside_kind,
    path_of,
    roles_outside,
)
from tests.contract.stage import Place, Stage, Witness
from tests.world import User

GUARDED = [route for route in ROUTES if not route.public]
BY_NAME = {route.name: route for route in ROUTES}
_ID = re.compile(r"(?:^|_)ids?$")
_PARAMETER = re.compile(r"<(\w+):")


def parameters(route: Route) -> list[str]:
    """The names of the path parameters."""
    return _PARAMETER.findall(route.path)


def body_of(route: Route, stage: Stage, place: Place) -> Any:
    """A good body for a route, or none."""
    if route.body is None:
        return None
    assert route.name in BODIES, f"{route.name}: add a good request to BODIES in tests/contract/matrix.py"
    return BODIES[route.name](stage, place)


def ids_named_by(kind: Any, found: set[str] | None = None) -> set[str]:
    """The fields, at any depth, that hold ids of rows."""
    found = set() if found is None else found
    info = inspect.type_info(kind) if not isinstance(kind, inspect.Type) else kind
    if isinstance(info, inspect.Metadata):
        ids_named_by(info.type, found)
    elif isinstance(info, inspect.StructType):
        for field in info.fields:
            if _ID.search(field.name) and _holds_integers(field.type):
                found.add(field.name)
            ids_named_by(field.type, found)
    elif isinstance(info, inspect.ListType):
        ids_named_by(info.item_type, found)
    elif isinstance(info, inspect.UnionType):
        for part in info.types:
            ids_named_by(part, found)
    return found


def _holds_integers(info: inspect.Type) -> bool:
    if isinstance(info, inspect.Metadata):
        return _holds_integers(info.type)
    if isinstance(info, inspect.ListType):
        return _holds_integers(info.item_type)
    if isinstance(info, inspect.UnionType):
        return any(_holds_integers(part) for part in info.types)
    return isinstance(info, inspect.IntType)


async def ask(user: User, route: Route, values: dict[str, Any], body: Any = None, query: Any = None) -> httpx.Response:
    """One request as this user; uploads bring no file, which is a question of its own."""
    return await user.call(route.method, path_of(route, values), body, params=query)


def betrays(answer: httpx.Response, places: list[Place]) -> list[str]:
    """The words of strangers that stand in an answer; an order's number is none of a document that counts by itself."""
    return [
        word
        for place in places
        for word in place.words
        if word in answer.text and (not word.isdigit() or re.search(f"(?<![A-Z]){word}", answer.text))
    ]


async def test_every_route_is_in_the_tables_of_this_test() -> None:
    assert len(BY_NAME) == len(ROUTES), "two operations share a name"
    for route in ROUTES:
        who = f"{route.method} {route.path} ({route.name})"
        assert route.public or route.name in ALLOWED, f"{who}: say in ALLOWED which roles may call it"
        for name in parameters(route):
            assert name in KINDS, f"{who}: say in KINDS what kind of row `{name}` names, and make one in stage.py"
        for kind in (route.body, route.query):
            for field in ids_named_by(kind) if kind else ():
                assert (route.name, field) in REFERENCES, f"{who}: add `{field}` to REFERENCES with a stranger's id"
        assert route.body is None or route.name in BODIES, f"{who}: add a good request to BODIES"
    gone = {name for name in (*ALLOWED, *BODIES, *(operation for operation, _ in REFERENCES)) if name not in BY_NAME}
    assert not gone, f"no such routes any more: {gone}"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer " + "x" * 43, "Basic YTpi", "Bearer " + "令牌" * 20])
async def test_nobody_gets_anything_without_a_session(
    stage: Stage, witness: Witness, http: httpx.AsyncClient, token: str
) -> None:
    await witness.changed()
    for route in GUARDED:
        place = stage.places["store"]
        values = {name: place.rows.get(KINDS[name], 1) for name in parameters(route)}
        headers = {b"Idempotency-Key": b"nobody-at-all", **({b"Authorization": token.encode()} if token else {})}
        body = body_of(route, stage, place)
        answer = await http.request(route.method, "/api/v1" + path_of(route, values), json=body, headers=headers)
        assert answer.status_code == 401, f"{route.name}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "not_signed_in" and answer.headers["WWW-Authenticate"] == "Bearer"
        assert not betrays(answer, list(stage.places.values()))
    assert not await witness.changed()


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_role_cannot_do_what_its_work_does_not_ask_for(stage: Stage, witness: Witness, role: str) -> None:
    user, own = stage.users[role], stage.own(role)
    await witness.changed()
    for route in GUARDED:
        if role not in roles_outside(route.name):
            continue
        values = {name: own.rows.get(KINDS[name], stage.goods.id) for name in parameters(route)}
        answer = await ask(user, route, values, body_of(route, stage, own), ASKED.get(route.name))
        assert answer.status_code == 403, f"{role} {route.name}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "forbidden"
    assert not await witness.changed()


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_role_is_let_through_to_what_its_work_asks_for(stage: Stage, role: str) -> None:
    user = stage.users[role]
    for route in GUARDED:
        if role in ALLOWED[route.name] and parameters(route) and KINDS[parameters(route)[0]] != "code":
            values = dict.fromkeys(parameters(route), UNKNOWN)
            answer = await ask(user, route, values, body_of(route, stage, stage.own(role)), ASKED.get(route.name))
            assert answer.status_code == 404, f"{role} {route.name}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_strangers_row_cannot_be_read_or_touched_by_its_id(stage: Stage, witness: Witness, role: str) -> None:
    user, hidden = stage.users[role], stage.strangers(role)
    tried = 0
    await witness.changed()
    for route in GUARDED:
        names = parameters(route)
        if not names:
            continue
        for row in stage.outside(role, outside_kind(route, names[0])):
            values = {name: stage.own(role).rows.get(KINDS[name], UNKNOWN) for name in names} | {names[0]: row}
            answer = await ask(user, route, values, body_of(route, stage, stage.own(role)), ASKED.get(route.name))
            assert answer.status_code in (403, 404), f"{role} {route.name} {row}: {answer.status_code} {answer.text}"
            assert not betrays(answer, hidden), f"{role} {route.name}: {answer.text}"
            tried += 1
        changed = await witness.changed()
        assert not changed, f"{role} {route.name} changed {changed}"
    assert tried >= 20


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_a_strangers_row_cannot_be_named_in_a_request(stage: Stage, witness: Witness, role: str) -> None:
    user, hidden, own = stage.users[role], stage.strangers(role), stage.own(role)
    await witness.changed()
    for (operation, _), (kind, request) in REFERENCES.items():
        route = BY_NAME[operation]
        if role not in ALLOWED[operation]:
            continue
        values = {name: (stage.home(role) if name == "issue_id" else own).rows.get(KINDS[name], stage.goods.id)
                  for name in parameters(route)}  # fmt: skip
        if operation == "edit_account":
            values = {"account_id": stage.home(role).rows["account"]}
        if operation == "retire_role":
            values = {"role_id": stage.home(role).rows["role"]}
        for row in stage.outside(role, kind):
            given = request(stage, row)
            reads = route.method == "GET"
            answer = await ask(user, route, values, None if reads else given, given if reads else None)
            told = f"{role} {operation} {given}: {answer.status_code} {answer.text}"
            if reads or operation in HARMLESS:
                assert answer.status_code in (200, 204, 404), told
            else:
                assert 400 <= answer.status_code < 500, told
            assert not betrays(answer, hidden), told
        changed = await witness.changed()
        assert changed <= LEAVES.get(operation, set()), f"{role} {operation} {changed}"


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_no_list_shows_a_strangers_rows(stage: Stage, role: str) -> None:
    user, hidden, own = stage.users[role], stage.strangers(role), stage.own(role)
    for route in GUARDED:
        if route.method != "GET" or role not in ALLOWED[route.name] or route.media == "text/event-stream":
            continue
        values = {name: own.rows.get(KINDS[name], stage.goods.id) for name in parameters(route)}
        for query in ({}, {"side": "all"}, {"side": "sales"}):
            if query and not (route.query and "side" in msgspec.structs.fields(route.query)[0].name):
                continue
            answer = await ask(user, route, values, query=query)
            assert answer.status_code < 500, f"{role} {route.name}: {answer.text}"
            assert not betrays(answer, hidden), f"{role} {route.name} {query}: {answer.text}"
