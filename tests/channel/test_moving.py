"""Moving a part of the tree: what it means is shown first, nonsense is refused, and scope follows at once."""

from __future__ import annotations

from typing import Any

from server.channel.service import MAX_DEPTH
from server.core import db
from tests.world import User, World

MOVE = {"version": 1, "reason": "调整大区"}


async def ids(user: User) -> list[int]:
    return [item["id"] for item in (await user.get("/orgs"))["items"]]


def titles(preview: dict[str, Any]) -> str:
    return "；".join(item["title"] for item in preview["consequences"])


async def test_a_county_moves_to_another_region_with_all_below_it_and_everybody_sees_it_at_once(world: World) -> None:
    north, south = await world.dealer(name="北区"), await world.dealer(name="南区")
    county = await world.dealer(north)
    shop = await world.store(county)
    old, new = await world.boss(north), await world.boss(south)
    rep = await world.user(world.brand, "brand_rep", dealers=[south])
    assert await ids(old) == [north.id, county.id, shop.id] and await ids(new) == [south.id] == await ids(rep)
    preview = await world.admin.post(f"/orgs/{county.id}/move/preview", {"parent_id": south.id})
    assert (preview["allowed"], preview["dealers"], preview["stores"]) == (True, 0, 1)
    assert "不再看到" in titles(preview) and "北区" in titles(preview) and "开始看到" in titles(preview)
    assert await ids(old) == [north.id, county.id, shop.id], "a preview moves nothing"
    moved = await world.admin.post(f"/orgs/{county.id}/move", {"parent_id": south.id, **MOVE})
    assert (moved["path"], moved["version"]) == (f"{south.path}{county.id}/", 2)
    assert await ids(old) == [north.id] and await ids(new) == [south.id, county.id, shop.id] == await ids(rep)
    assert await db.value("SELECT path FROM org WHERE id = $1", shop.id) == f"{south.path}{county.id}/{shop.id}/"
    told = (await world.admin.get(f"/orgs/{county.id}/history"))["items"][0]
    assert told["title"] == "调整上级"
    assert {"label": "上级", "old": "北区", "new": "南区"} in told["changes"]
    # Who is added below it now stands below its new place.
    made = await new.post("/orgs", {"parent_id": county.id, "kind": "store", "name": "新店"}, 201)
    assert made["path"].startswith(south.path)


async def test_what_makes_no_sense_is_refused(world: World) -> None:
    upper = await world.dealer()
    lower = await world.dealer(upper)
    shop, other = await world.store(lower), await world.store(upper)
    for org, target in ((upper, lower), (upper, upper), (shop, other), (shop, lower)):
        for path, more in (("/move/preview", {}), ("/move", MOVE)):
            refused = await world.admin.post(f"/orgs/{org.id}{path}", {"parent_id": target.id, **more}, 422)
            assert refused["code"] == "org_misplaced"
    await world.admin.post(f"/orgs/{world.brand.id}/move", {"parent_id": upper.id, **MOVE}, 403)
    await world.admin.post(f"/orgs/{upper.id}/move", {"parent_id": 2**52, **MOVE}, 404)
    stale = {"parent_id": world.brand.id, **MOVE, "version": 7}
    assert (await world.admin.post(f"/orgs/{lower.id}/move", stale, 409))["code"] == "stale_version"
    boss = await world.boss(upper)
    await boss.post(f"/orgs/{shop.id}/move", {"parent_id": upper.id, **MOVE}, 403)
    await world.admin.post(f"/orgs/{upper.id}/freeze", {"reason": "欠款"})
    target = await world.dealer()
    answer = await world.admin.post(f"/orgs/{target.id}/move", {"parent_id": upper.id, **MOVE}, 409)
    assert "冻结" in answer["detail"]


async def test_the_tree_grows_no_deeper_by_moving_than_by_adding(world: World) -> None:
    deep = world.brand
    for _ in range(MAX_DEPTH - 1):
        deep = await world.dealer(deep)
    pair = await world.dealer()
    await world.store(pair)
    single = await world.dealer()
    too_deep = await world.admin.post(f"/orgs/{pair.id}/move/preview", {"parent_id": deep.id})
    assert not too_deep["allowed"] and f"{MAX_DEPTH} 级" in titles(too_deep)
    assert (await world.admin.post(f"/orgs/{single.id}/move/preview", {"parent_id": deep.id}))["allowed"]


async def test_orders_under_way_are_settled_first_and_past_ones_stay_with_both(world: World) -> None:
    north, south = await world.dealer(name="北区"), await world.dealer()
    shop, item = await world.store(north), await world.product()
    await world.offer(north, [item])
    await world.stock(north, item, 100)
    keeper, old, new = await world.boss(shop), await world.boss(north), await world.boss(south)
    placed = await world.order(keeper, [(item, 10)])
    preview = await world.admin.post(f"/orgs/{shop.id}/move/preview", {"parent_id": south.id})
    assert not preview["allowed"] and placed.number in str(preview["consequences"])
    move = {"parent_id": south.id, **MOVE}
    refused = await world.admin.post(f"/orgs/{shop.id}/move", move, 409)
    assert refused["code"] == "move_forbidden" and "1 张订单" in refused["detail"]

    await old.post(f"/orders/{placed.id}/approve", {})
    issue = (await old.post(f"/orders/{placed.id}/issue", {}))["issue"]
    await world.admin.post(f"/orgs/{shop.id}/move", move, 409)
    await keeper.post(f"/goods-issues/{issue['id']}/receive", {})
    owed = await world.admin.post(f"/orgs/{shop.id}/move/preview", {"parent_id": south.id})
    assert "欠北区 ¥30.00" in titles(owed) and owed["allowed"]
    await world.admin.post(f"/orgs/{shop.id}/move", move)

    for reader in (old, keeper, new):
        assert (await reader.get(f"/orders/{placed.id}"))["number"] == placed.number
    await old.get(f"/goods-issues/{issue['id']}")
    await old.get(f"/orgs/{shop.id}", 404)
    # The old supplier collects what it is owed; the new one cannot.
    pay = {"buyer_id": shop.id, "amount_fen": 3000, "method": "cash"}
    await old.post("/payments", pay, 201)
    pair = "SELECT receivable_fen FROM trade_account WHERE seller_id = $1 AND buyer_id = $2"
    assert await db.value(pair, north.id, shop.id) == 0
    await old.post("/payments", pay, 404)
    # And the store buys from the new one.
    await world.offer(south, [item])
    again = await world.order(await world.user(shop, "store_owner"), [(item, 1)])
    assert (await new.get(f"/orders/{again.id}"))["seller"]["id"] == south.id
    await old.get(f"/orders/{again.id}", 404)


async def test_what_becomes_of_the_prices_is_shown_before_it_happens(world: World) -> None:
    north, south = await world.dealer(), await world.dealer()
    shop = await world.store(north)
    same, dearer, lost, gained = [
        await world.product(name=name) for name in ("平价茶", "涨价茶", "没有的茶", "新来的茶")
    ]
    await world.offer(north, [same, dearer, lost], 300)
    await world.offer(south, [same, gained], 300)
    await world.offer(south, [dearer], 320)
    preview = await world.admin.post(f"/orgs/{shop.id}/move/preview", {"parent_id": south.id})
    prices = {item["title"]: item["details"] for item in preview["consequences"] if item["topic"] == "prices"}
    assert prices == {
        "1 种商品不再能买到": ["没有的茶 ¥3.00"],
        "1 种商品新增可买": ["新来的茶 ¥3.00"],
        "1 种商品涨价": ["涨价茶 ¥3.00 → ¥3.20"],
    }
    # A price group that the new supplier does not serve has nothing to buy.
    none = await world.admin.post(f"/orgs/{shop.id}/move/preview", {"parent_id": south.id, "price_group": "vip"})
    assert "3 种商品不再能买到" in titles(none)


async def test_the_tree_opens_branch_by_branch_with_counts(world: World) -> None:
    region = await world.dealer(name="华南")
    county, other = await world.dealer(region, name="乙县"), await world.dealer(region, name="甲县")
    shop = await world.store(county)
    rep = await world.user(world.brand, "brand_rep", dealers=[county])
    (top,) = (await world.admin.get("/tree"))["items"]
    assert (top["id"], top["dealers"], top["stores"]) == (world.brand.id, 1, 0)
    opened = (await world.admin.get("/tree", params={"parent_id": region.id}))["items"]
    # By pinyin: jiaxian before yixian.
    assert [(item["id"], item["stores"]) for item in opened] == [(other.id, 0), (county.id, 1)]
    page = await world.admin.get("/tree", params={"parent_id": region.id, "limit": 1})
    rest = await world.admin.get("/tree", params={"parent_id": region.id, "limit": 1, "cursor": page["next_cursor"]})
    assert [page["items"][0]["id"], rest["items"][0]["id"], rest["next_cursor"]] == [other.id, county.id, None]
    assert [item["id"] for item in (await rep.get("/tree"))["items"]] == [county.id]
    assert [item["id"] for item in (await rep.get(f"/orgs/{shop.id}/above"))["items"]] == [county.id, shop.id]
    way = (await world.admin.get(f"/orgs/{shop.id}/above"))["items"]
    assert [item["id"] for item in way] == [world.brand.id, region.id, county.id, shop.id]
