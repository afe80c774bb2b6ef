"""Lists of dealers and stores: found, filtered, sorted, counted, and changed by the hundred."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.core import clock, db, search
from tests.world import User, World


async def found(user: User, **params: Any) -> list[str]:
    return [item["name"] for item in (await user.get("/orgs", params=params))["items"]]


async def test_a_dealer_is_found_by_name_code_phone_contact_and_pinyin(world: World) -> None:
    await world.dealer(name="长沙芙蓉贸易", code="JXS-17", contact_name="谭新民", contact_phone="13812345678")
    await world.dealer(name="岳阳大润食品", code="JXS-18")
    for q in ("芙蓉", "jxs-17", "2345", "新民", "changsha", "csfr", "tanxin", "芙蓉 谭"):
        assert await found(world.admin, q=q) == ["长沙芙蓉贸易"], q
    assert await found(world.admin, q="JXS") == ["长沙芙蓉贸易", "岳阳大润食品"]
    assert await found(world.admin, q="武汉") == []


async def test_an_edited_name_is_found_and_the_old_one_is_not(world: World) -> None:
    dealer = await world.dealer(name="旧名商贸")
    await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": 1, "name": "新名商贸"})
    assert await found(world.admin, q="旧名") == [] and await found(world.admin, q="xinming") == ["新名商贸"]


async def test_filters_hold_together_and_in_every_scope(world: World) -> None:
    upper = await world.dealer(name="上级", grade="A", region_code="430100")
    await world.dealer(upper, name="甲", grade="A", region_code="430200", price_group="vip")
    await world.dealer(upper, name="乙", grade="B", region_code="430200", cooperation="paused")
    frozen = await world.dealer(upper, name="丙", grade="A", region_code="440100")
    shop = await world.store(upper, name="丁店", store_kind="supermarket", grade="A")
    await world.admin.post(f"/orgs/{frozen.id}/freeze", {"reason": "欠款"})
    await world.admin.post(f"/customers/{shop.id}/tags", {"tags": ["重点"]}, 204)
    rep = await world.user(world.brand, "brand_rep", dealers=[upper])
    for who in (world.admin, rep, await world.boss(upper)):
        assert await found(who, kind="dealer", grade="A") == ["上级", "甲", "丙"]
        assert await found(who, kind="dealer", grade="A", region="43") == ["上级", "甲"]
        assert await found(who, region="4302") == ["甲", "乙"]
        assert await found(who, status="frozen") == ["丙"]
        assert await found(who, grade="A", status="active", kind="dealer") == ["上级", "甲"]
        assert await found(who, price_group="vip") == ["甲"]
        assert await found(who, cooperation="paused") == ["乙"]
        assert await found(who, store_kind="supermarket") == ["丁店"] == await found(who, tag="重点")
        assert await found(who, parent_id=upper.id, kind="dealer") == ["甲", "乙", "丙"]
        assert await found(who, rep_id=rep.account_id, kind="dealer") == ["上级", "甲", "乙", "丙"]
        assert await found(who, q="jia", grade="A", kind="dealer") == ["上级", "甲"][1:]
    assert await found(world.admin, rep_id=(await world.user(world.brand, "brand_rep")).account_id) == []


@pytest.mark.parametrize("sort", ["name", "code", "created", "expiry"])
@pytest.mark.parametrize("desc", [False, True])
async def test_pages_follow_each_other_in_every_order(world: World, sort: str, desc: bool) -> None:
    names = ["丙", "甲", "乙", "丁", "甲"]
    for n, name in enumerate(names):
        dealer = await world.dealer(name=name, code=f"D{n * 3 % 5}")
        ends = (clock.today() + timedelta(days=n * 2 % 5)).isoformat()
        paper = {"kind": "contract", "valid_until": ends}
        await world.admin.post(f"/orgs/{dealer.id}/qualifications", paper, 201)
    shown: list[tuple[str, str]] = []
    cursor = None
    while True:
        params: dict[str, Any] = {"kind": "dealer", "sort": sort, "desc": str(desc).lower()}
        params |= {"limit": 2, "total": "true"}
        page = await world.admin.get("/orgs", params=params | ({"cursor": cursor} if cursor else {}))
        assert page["total"] == 5
        shown += [(item["name"], item["code"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    codes = [("丙", "D0"), ("甲", "D3"), ("乙", "D1"), ("丁", "D4"), ("甲", "D2")]
    by = {
        "created": codes,
        "code": sorted(codes, key=lambda pair: pair[1]),
        "name": [codes[0], codes[3], codes[1], codes[4], codes[2]],  # bing, ding, jia, jia, yi
        "expiry": [codes[0], codes[3], codes[1], codes[4], codes[2]],  # ends after 0, 1, 2, 3, 4 days
    }[sort]
    assert shown == (by[::-1] if desc else by)


async def test_a_list_longer_than_what_is_looked_at_first_hides_nothing(world: World) -> None:
    await db.run(
        "WITH made AS (INSERT INTO org (root_id, parent_id, kind, name, sort_name, path, grade) "
        "SELECT $1::bigint, $1, 'store', '店' || n, 'dian' || lpad(n::text, 5, '0'), "
        "'/' || ($1::bigint)::text || '/x' || n || '/', "
        "CASE n WHEN $2 THEN 'Z' ELSE 'C' END FROM generate_series(1, $2) n RETURNING id, root_id, name) "
        "INSERT INTO org_search (org_id, root_id, search_text) SELECT id, root_id, name FROM made",
        world.brand.id,
        search.WALK + 50,
    )
    last = f"店{search.WALK + 50}"
    assert await found(world.admin, kind="store", grade="Z") == [last]
    assert await found(world.admin, kind="store", q=str(search.WALK + 50), sort="name") == [last]
    assert len(await found(world.admin, kind="store", grade="C", limit=20)) == 20
    page = await world.admin.get("/orgs", params={"kind": "store", "grade": "C", "total": "true", "limit": 1})
    assert page["total"] == search.WALK + 49


async def test_five_hundred_are_changed_at_once_and_each_that_cannot_be_is_told(world: World) -> None:
    one, two, stale = [await world.dealer() for _ in range(3)]
    other = await (await World.create(world.http)).dealer()
    await world.admin.call("PATCH", f"/orgs/{stale.id}", {"version": 1, "grade": "C"})
    items = [{"id": org.id, "version": 1} for org in (one, two, stale, other)]
    items.append({"id": world.brand.id, "version": 1})
    answer = await world.admin.post("/orgs/batch/edit", {"items": items, "grade": "A", "price_group": "vip"})
    assert [(r["id"], r["ok"]) for r in answer["results"]] == [
        (one.id, True), (two.id, True), (stale.id, False), (other.id, False), (world.brand.id, False),
    ]  # fmt: skip
    assert "别人改过" in answer["results"][2]["detail"]
    seen = await world.admin.get(f"/orgs/{one.id}")
    assert (seen["grade"], seen["price_group"], seen["version"]) == ("A", "vip", 2)
    told = (await world.admin.get(f"/orgs/{two.id}/history"))["items"][0]
    assert {"label": "等级", "old": "无", "new": "A"} in told["changes"]
    assert (await world.admin.get(f"/orgs/{stale.id}"))["grade"] == "C"

    boss = await (await world.boss(one)).sign_in()
    frozen = [{"id": one.id, "version": 2}, {"id": two.id, "version": 1}]
    results = (await world.admin.post("/orgs/batch/freeze", {"items": frozen, "reason": "证照过期"}))["results"]
    assert [r["ok"] for r in results] == [True, False]
    await boss.get("/orgs", 403)
    free = [{"id": one.id, "version": 3}]
    assert (await world.admin.post("/orgs/batch/freeze", {"items": free}))["results"][0]["ok"]
    await boss.get("/orgs")
    await world.admin.post("/orgs/batch/edit", {"items": items}, 422)


async def test_reps_are_given_to_dealers_from_the_list_and_see_them_at_once(world: World) -> None:
    dealer, shop = await world.dealer(), await world.store(await world.dealer())
    rep = await world.user(world.brand, "brand_rep", name="小赵")
    old = await world.user(world.brand, "brand_rep", name="小钱", dealers=[dealer])
    request = {"ids": [dealer.id, shop.id], "account_ids": [rep.account_id]}
    results = (await world.admin.post("/orgs/batch/reps", request))["results"]
    assert [r["ok"] for r in results] == [True, False]
    assert await found(rep) == [dealer.name] and await found(old) == []
    assert (await world.admin.get(f"/orgs/{dealer.id}"))["reps"] == [{"id": rep.account_id, "name": "小赵"}]
    told = (await world.admin.get(f"/orgs/{dealer.id}/history"))["items"][0]
    assert told["changes"] == [{"label": "业务员", "old": "小钱", "new": "小赵"}]
    boss = await world.boss(dealer)
    for stranger in (boss.account_id, world.admin.account_id, 2**52):
        await world.admin.post("/orgs/batch/reps", {"ids": [dealer.id], "account_ids": [stranger]}, 404)
    await boss.post("/orgs/batch/reps", {"ids": [dealer.id], "account_ids": []}, 403)


async def test_the_map_shows_stores_one_by_one_or_as_numbers(world: World) -> None:
    dealer = await world.dealer()
    shop = await world.store(dealer, lat=28.2, lng=112.95)
    await world.store(dealer, lat=23.1, lng=113.3)
    await world.store(dealer)  # nobody knows where
    box = {"west": 112.94, "east": 112.96, "south": 28.19, "north": 28.21}
    for who in (world.admin, await world.boss(dealer), await world.user(world.brand, "brand_rep", dealers=[dealer])):
        seen = await who.get("/orgs/map", params=box)
        assert (seen["total"], [point["id"] for point in seen["points"]]) == (1, [shop.id])
        assert (await who.get("/orgs/map"))["total"] == 2
    stranger = await world.boss(await world.dealer())
    assert (await stranger.get("/orgs/map"))["total"] == 0
    await db.run(
        "INSERT INTO org (root_id, parent_id, kind, name, path, lat, lng) "
        "SELECT $1::bigint, $1, 'store', '店' || n, '/' || ($1::bigint)::text || '/y' || n || '/', 28.205, 112.955 "
        "FROM generate_series(1, 600) n",
        world.brand.id,
    )
    crowded = await world.admin.get("/orgs/map", params=box)
    assert crowded["total"] == 601 and crowded["points"] == []
    assert sorted(item["count"] for item in crowded["clusters"]) == [1, 600]
