"""A role that an org builds lets its people do exactly what its permissions say, on every route.

The permissions are halved at random, and each half is a role: so each is asked for with it, and without it.
"""

from __future__ import annotations

import random

import pytest

from server.core import db
from server.core.http import Route
from server.identity.roles import within_reach
from tests.contract.matrix import ASKED, KINDS, UNKNOWN, outside_kind
from tests.contract.stage import Stage, Witness
from tests.contract.test_matrix import GUARDED, ask, betrays, body_of, parameters
from tests.world import User, number

# What is asked beside the route's own permission: one of these, according to whose order it is, or what is scanned.
SCANNING = ("take_scans", "resolve_code", "drop_code", "say_lot", "finish_scan_session", "cancel_scan_session")
BESIDE = {
    "cancel_order": {"order.cancel", "order.approve"},
    "open_scan_session": {"stock.scan"},
    **dict.fromkeys(("get_exception_flow", "set_exception_flow", "simulate_exception"), {"rule.manage"}),
    **dict.fromkeys(SCANNING, {"stock.scan", "stock.sell"}),
}

# Base → the built-in role whose places and strangers these accounts have.
BASES = {"brand_manager": "brand_manager", "brand_rep": "brand_rep", "dealer_clerk": "dealer_clerk"}
HALVES = [(base, half) for base in BASES for half in ("one", "other")]


@pytest.fixture(scope="module")
async def people(stage: Stage) -> dict[tuple[str, str], User]:
    """An account of each half of each base, made by the administrator or owner, through the API."""
    found = {}
    for base in BASES:
        keys = sorted(within_reach(base))
        random.Random(base).shuffle(keys)
        for half, held in (("one", keys[::2]), ("other", keys[1::2])):
            found[base, half] = await hired(stage, base, held)
    return found


async def hired(stage: Stage, base: str, held: list[str]) -> User:
    """Somebody in a new role with these permissions."""
    keeper = stage.places["brand" if base.startswith("brand") else "dealer"].boss
    owner = stage.world.admin
    if base.startswith("dealer"):
        owner = keeper
    name = f"半{number()}"
    made = await owner.post("/roles", {"base": base, "name": name, "permissions": held_by_keeper(owner, held)}, 201)
    role = next(item for item in made["items"] if item["name"] == name)
    # What no administrator of a brand holds (to order) is added behind the API: the rule must hold for any set.
    await db.run("UPDATE role SET permissions = $2 WHERE id = $1", role["id"], held)
    dealers = [stage.places["dealer"].org] if base == "brand_rep" else None
    user = await stage.world.user(stage.home(base).org, base, dealers)
    await db.run("UPDATE account SET role_id = $2 WHERE id = $1", user.account_id, role["id"])
    return await user.sign_in()


def held_by_keeper(keeper: User, held: list[str]) -> list[str]:
    """Those that the keeper may hand out."""
    return [key for key in held if keeper.actor.may(key)]


async def held_now(user: User) -> set[str]:
    return set((await user.get("/me"))["permissions"])


def opens(route: Route, held: set[str]) -> bool:
    """Whether these permissions open a route; many ask for none."""
    opened = not route.permissions or not held.isdisjoint(route.permissions)
    return opened and bool(BESIDE.get(route.name, held) & held)


@pytest.mark.parametrize(("base", "half"), HALVES)
async def test_a_built_role_is_refused_all_that_its_permissions_do_not_say(
    stage: Stage, witness: Witness, people: dict[tuple[str, str], User], base: str, half: str
) -> None:
    user, own = people[base, half], stage.own(base)
    held, refused = await held_now(user), 0
    await witness.changed()
    for route in GUARDED:
        if not route.permissions or opens(route, held):
            continue
        values = {name: own.rows.get(KINDS[name], stage.goods.id) for name in parameters(route)}
        answer = await ask(user, route, values, body_of(route, stage, own), ASKED.get(route.name))
        assert answer.status_code == 403, f"{base} {route.name}: {answer.status_code} {answer.text}"
        assert answer.json()["code"] == "forbidden"
        refused += 1
    assert refused >= 15 and not await witness.changed()


@pytest.mark.parametrize(("base", "half"), HALVES)
async def test_a_built_role_is_let_through_to_all_that_its_permissions_say(
    stage: Stage, people: dict[tuple[str, str], User], base: str, half: str
) -> None:
    user, hidden = people[base, half], stage.strangers(base)
    held, passed = await held_now(user), 0
    for route in GUARDED:
        if not opens(route, held):
            continue
        names = parameters(route)
        if names and KINDS[names[0]] != "code":
            values = dict.fromkeys(names, UNKNOWN)
            answer = await ask(user, route, values, body_of(route, stage, stage.own(base)), ASKED.get(route.name))
            assert answer.status_code == 404, f"{base} {route.name}: {answer.status_code} {answer.text}"
        elif route.method == "GET" and not names and route.media == "application/json":
            answer = await ask(user, route, {})
            assert answer.status_code in (200, 404, 422), f"{base} {route.name}: {answer.status_code} {answer.text}"
            assert not betrays(answer, hidden), f"{base} {route.name}: {answer.text}"
        else:
            continue
        passed += 1
    assert passed >= 15


@pytest.mark.parametrize(("base", "half"), HALVES)
async def test_a_built_role_reaches_no_further_than_its_base(
    stage: Stage, witness: Witness, people: dict[tuple[str, str], User], base: str, half: str
) -> None:
    user, hidden = people[base, half], stage.strangers(base)
    await witness.changed()
    for route in GUARDED:
        names = parameters(route)
        for row in stage.outside(base, outside_kind(route, names[0])) if names else ():
            values = dict.fromkeys(names, UNKNOWN) | {names[0]: row}
            answer = await ask(user, route, values, body_of(route, stage, stage.own(base)), ASKED.get(route.name))
            assert answer.status_code in (403, 404), f"{base} {route.name} {row}: {answer.status_code} {answer.text}"
            assert not betrays(answer, hidden), f"{base} {route.name}: {answer.text}"
    assert not await witness.changed()
