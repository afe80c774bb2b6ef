"""Keeping the accounts of others: who is where signed in, who froze whom, and finding people in a long list."""

from __future__ import annotations

from typing import Any

from server.core import db
from tests.world import PASSWORD, User, World, phone


async def test_a_lost_phone_is_signed_out_by_the_boss_and_the_others_stay(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    body = {"phone": clerk.phone, "password": PASSWORD}
    tokens = []
    for device in ("红米手机", "办公室电脑"):
        answer = await world.http.post("/api/v1/auth/login", json={**body, "client": device})
        tokens.append(answer.json()["token"])
    listed = (await boss.get(f"/accounts/{clerk.account_id}/sessions"))["items"]
    assert {item["client"] for item in listed} == {"红米手机", "办公室电脑"}
    assert all(item["address"] == "127.0.0.1" and item["way"] == "password" for item in listed)
    lost = next(item["id"] for item in listed if item["client"] == "红米手机")
    await boss.call("DELETE", f"/accounts/{clerk.account_id}/sessions/{lost}")
    assert boss.last.status_code == 204
    await boss.call("DELETE", f"/accounts/{clerk.account_id}/sessions/{lost}")
    assert boss.last.status_code == 404
    clerk.token = tokens[0]
    await clerk.get("/me", 401)
    clerk.token = tokens[1]
    await clerk.get("/me")
    left = await boss.post(f"/accounts/{clerk.account_id}/sessions/end")
    assert left["items"] == []
    await clerk.get("/me", 401)


async def test_a_session_cannot_be_ended_through_an_account_that_it_does_not_belong_to(world: World) -> None:
    dealer = await world.dealer()
    boss, one, two = await world.boss(dealer), *[await world.user(dealer, "dealer_clerk") for _ in range(2)]
    await one.sign_in()
    session = (await boss.get(f"/accounts/{one.account_id}/sessions"))["items"][0]["id"]
    await boss.call("DELETE", f"/accounts/{two.account_id}/sessions/{session}")
    assert boss.last.status_code == 404
    await one.get("/me")


async def test_the_history_says_when_from_where_and_how_somebody_signed_in_and_who_ended_it(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    body = {"phone": clerk.phone, "password": PASSWORD, "client": "红米手机"}
    await world.http.post("/api/v1/auth/login", json=body)
    await boss.post(f"/accounts/{clerk.account_id}/sessions/end")
    found = await boss.get(f"/accounts/{clerk.account_id}/sign-ins", params={"limit": 1})
    assert (found["items"][0]["verb"], found["items"][0]["by"]) == ("end_sessions", boss.actor.name)
    older = await boss.get(f"/accounts/{clerk.account_id}/sign-ins", params={"cursor": found["next_cursor"]})
    first = older["items"][0]
    assert (first["verb"], first["client"], first["way"], first["by"]) == ("sign_in", "红米手机", "password", None)
    assert first["address"] == "127.0.0.1"


async def test_what_the_brand_has_frozen_a_dealer_cannot_free(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    await world.admin.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "调查中"})
    refused = await boss.post(f"/accounts/{clerk.account_id}/unfreeze", status=403)
    assert "上级" in refused["detail"]
    await boss.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "换个原因"}, 403)
    await world.admin.post(f"/accounts/{clerk.account_id}/unfreeze")
    shown = await boss.post(f"/accounts/{clerk.account_id}/freeze", {"reason": "休假"})
    assert (shown["status"], shown["frozen_reason"]) == ("frozen", "休假")
    await world.admin.post(f"/accounts/{clerk.account_id}/unfreeze")


async def test_a_new_phone_number_keeps_the_person_and_never_takes_anothers(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    fresh = phone()
    await boss.call("PATCH", f"/accounts/{clerk.account_id}", {"version": 1, "phone": boss.phone})
    assert boss.last.status_code == 409 and boss.last.json()["code"] == "phone_taken"
    await boss.call("PATCH", f"/accounts/{clerk.account_id}", {"version": 1, "phone": fresh})
    assert boss.last.status_code == 200 and boss.last.json()["phone"] == fresh
    answer = await world.http.post("/api/v1/auth/login", json={"phone": fresh, "password": PASSWORD})
    assert answer.json()["me"]["account_id"] == clerk.account_id


async def everybody(user: User, **query: Any) -> list[int]:
    """All pages of a list."""
    found: list[int] = []
    cursor = None
    while True:
        page = await user.get("/accounts", params={"limit": 2, **query, **({"cursor": cursor} if cursor else {})})
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


async def test_the_list_shows_all_below_and_a_page_repeats_or_forgets_nobody(world: World) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    sub = await world.dealer(dealer)
    store = await world.store(sub)
    people = {
        name: [(await world.user(org, role)).account_id for role in roles]
        for name, org, roles in (
            ("dealer", dealer, ["dealer_owner", "dealer_clerk", "dealer_driver"]),
            ("sub", sub, ["dealer_owner"]),
            ("store", store, ["store_owner", "store_clerk"]),
            ("other", other, ["dealer_owner"]),
        )
    }
    boss = await world.user(dealer, "dealer_owner")
    below = people["dealer"] + people["sub"] + people["store"] + [boss.account_id]
    assert await everybody(boss) == below
    assert await everybody(boss, kind="store") == people["store"]
    assert await everybody(boss, org_id=sub.id) == people["sub"]
    assert await everybody(boss, org_id=sub.id, below=True) == people["sub"] + people["store"]
    assert await everybody(boss, role="dealer_driver") == people["dealer"][2:]
    await db.run("UPDATE account SET status = 'frozen' WHERE id = $1", people["store"][1])
    assert await everybody(boss, status="frozen") == people["store"][1:]
    ids = await everybody(world.admin)
    assert len(ids) == len(set(ids)) == len(below) + 2
    bad = await boss.get("/accounts", 422, params={"cursor": "AAAA"})
    assert bad["code"] == "invalid_input"


async def test_a_person_is_found_by_a_part_of_the_name_the_phone_pinyin_or_initials_and_only_in_the_scope(
    world: World,
) -> None:
    dealer, other = await world.dealer(), await world.dealer()
    boss, next_door = await world.boss(dealer), await world.boss(other)
    made = {}
    for keeper, org, name in ((boss, dealer, "欧阳小燕"), (boss, dealer, "燕子"), (next_door, other, "欧阳锋")):
        new = {"org_id": org.id, "name": name, "phone": phone(), "password": PASSWORD, "role": "dealer_clerk"}
        made[name] = await keeper.post("/accounts", new, 201)
    first = made["欧阳小燕"]
    for text in ("欧阳", "ouyang", "oyxy", first["phone"][4:], f"小燕 {first['phone'][-4:]}"):
        assert await everybody(boss, q=text) == [first["id"]], text
    assert await everybody(boss, q="燕") == [first["id"], made["燕子"]["id"]]
    assert await everybody(boss, q="燕", role="dealer_driver") == []
    assert await everybody(world.admin, q="欧阳") == [first["id"], made["欧阳锋"]["id"]]
    await boss.call("PATCH", f"/accounts/{first['id']}", {"version": 1, "name": "司徒小燕"})
    assert await everybody(boss, q="欧阳") == [] and await everybody(boss, q="司徒") == [first["id"]]


async def test_the_end_of_a_number_is_found_though_it_looks_like_the_beginning_of_one(world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    number = "1381" + phone()[-7:]
    new = {"org_id": dealer.id, "name": "尾号", "phone": number, "password": PASSWORD, "role": "dealer_clerk"}
    made = await boss.post("/accounts", new, 201)
    assert await everybody(boss, q=number[3:]) == [made["id"]]
    assert await everybody(boss, q=number[:8]) == [made["id"]]
