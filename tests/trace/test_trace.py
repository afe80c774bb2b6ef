"""The way of a case: bound once, in one hand at a time, and told to whom it concerns."""

from __future__ import annotations

import asyncio

from server.core import db
from server.trace.ways import way as way_of_code
from tests.trace.street import HANGZHOU, Street, a_street
from tests.world import World, number


async def reasons(answer: dict[str, object]) -> list[str]:
    found = answer["refused"]
    assert isinstance(found, list)
    return [item["reason"] for item in found]


async def test_a_case_is_followed_from_the_brand_to_the_shelf_with_its_documents(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes()
    way = await world.admin.get("/trace/way", params={"code": codes[0]})
    assert (way["state"], way["way"], way["lot_code"]) == ("unsold", [], "L1")
    first = await street.sold(codes)
    second = await street.issue(street.boss, street.owner, 3)
    bound = await street.boss.post(f"/trace/issues/{second}/bind", {"spans": [{"first": codes[2], "last": codes[0]}]})
    (line,) = bound["lines"]
    assert (bound["changed"], line["qty"], line["bound_qty"], line["cases"]) == (3, 72, 72, 3)
    assert [(span["first"], span["last"]) for span in bound["spans"]] == [(codes[0], codes[2])]
    way = await world.admin.get("/trace/way", params={"code": f"https://q.example/t/{codes[1]}"})
    assert [(hand["document_id"], hand["from_org"]["name"], hand["to_org"]["name"]) for hand in way["way"]] == [
        (first, world.brand.name, "杭州糖酒"),
        (second, "杭州糖酒", "西湖便利"),
    ]
    assert [hand["arrived_at"] is not None for hand in way["way"]] == [True, False]
    assert way["state"] == "on_the_way" and way["hidden"] == 0
    # The shop sees its own hand, and that there was one more; a shop elsewhere that there were two.
    own = await street.owner.get("/trace/way", params={"code": codes[1]})
    assert ([hand["document_id"] for hand in own["way"]], own["hidden"]) == ([second], 1)
    far = await street.far_owner.get("/trace/way", params={"code": codes[1]})
    assert (far["way"], far["hidden"]) == ([], 2)


async def test_the_same_press_twice_binds_once_and_no_more_cases_than_goods_leave(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(5)
    issue = await street.issue(world.admin, street.boss, 3)
    for changed, already in ((2, 0), (0, 2)):
        bound = await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": codes[:2]})
        assert (bound["changed"], bound["already"], bound["refused"]) == (changed, already, [])
    bound = await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": codes[1:4]})
    assert (bound["changed"], bound["already"]) == (1, 1)
    assert await reasons(bound) == ["too_many"]
    assert bound["refused"][0]["detail"] == "超过了出库数量，还能登记 0 箱"


async def test_what_cannot_leave_is_named_and_the_rest_is_bound(world: World) -> None:
    street = await a_street(world)
    (good,), other = await street.codes(1), await street.codes(2, "L9", expires_on="2030-01-01")
    cup = await world.product()
    body = {"scheme": "url", "product_id": cup.id, "packaging_id": cup.case, "count": 1}
    made = await world.admin.post("/trace/ranges", body, 201)
    issue = await street.issue(world.admin, street.boss, 3)
    fake = good[:-1] + ("0" if good[-1] != "0" else "1")
    scanned = [good, other[0], made["first"], fake, street.goods.ean]
    bound = await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": scanned})
    assert bound["changed"] == 1
    assert sorted(await reasons(bound)) == ["not_traced", "not_traced", "other_lot", "other_product"]
    # The dealer never got these: he cannot let them pass as his.
    await street.boss.post(f"/goods-issues/{issue}/receive", {})
    second = await street.issue(street.boss, street.owner, 2)
    (fresh,) = await street.codes(1)
    bound = await street.boss.post(f"/trace/issues/{second}/bind", {"codes": [good, fresh]})
    assert (bound["changed"], await reasons(bound)) == (1, ["not_held"])


async def test_a_case_is_taken_off_before_it_leaves_and_not_afterwards(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(4)
    issue = await street.issue(world.admin, street.boss, 4)
    await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": codes})
    gone = await street.keeper.post(f"/trace/issues/{issue}/unbind", {"codes": codes[:1]})
    assert (gone["changed"], gone["lines"][0]["cases"]) == (1, 3)
    await street.boss.post("/trace/scans", {"code": codes[1]}, 201)
    kept = await street.keeper.post(f"/trace/issues/{issue}/unbind", {"codes": codes[:2]})
    assert (kept["changed"], await reasons(kept)) == (0, ["not_bound", "not_bound"])
    await street.boss.post(f"/goods-issues/{issue}/receive", {})
    refused = await street.keeper.post(f"/trace/issues/{issue}/unbind", {"codes": codes[2:]}, 409)
    assert refused["code"] == "issue_left"
    # Taken off a second document, a case is again in the hand of before.
    second = await street.issue(street.boss, street.owner, 1)
    await street.boss.post(f"/trace/issues/{second}/bind", {"codes": codes[2:3]})
    await street.boss.post(f"/trace/issues/{second}/unbind", {"codes": codes[2:3]})
    way = await world.admin.get("/trace/way", params={"code": codes[2]})
    assert [hand["document_id"] for hand in way["way"]] == [issue]


async def test_of_two_who_bind_the_same_cases_at_once_one_wins(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(20)
    other = await world.boss(await world.dealer())
    issues = [await street.issue(world.admin, buyer, 20) for buyer in (street.boss, other)]
    both = await asyncio.gather(
        *(street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": codes}) for issue in issues)
    )
    assert sum(answer["changed"] for answer in both) == 20
    loser = min(both, key=lambda answer: answer["changed"])
    assert set(await reasons(loser)) == {"not_held"} and len(loser["refused"]) == 20 - loser["changed"]
    assert await db.value("SELECT count(*) FROM trace_code WHERE root_id = $1", world.brand.id) == 20


async def test_printed_serials_are_brought_in_once_and_found_by_their_gs1_code(world: World) -> None:
    street = await a_street(world)
    where = {"product_id": street.goods.id, "packaging_id": street.goods.case, "lot_code": "L1"}
    made = await world.admin.post("/trace/ranges", {"scheme": "gs1", "first": "A00001", "last": "A00500", **where}, 201)
    assert (made["count"], made["first"], made["last"]) == (500, "A00001", "A00500")
    taken = {"scheme": "gs1", "first": "A00500", "last": "A00600", **where}
    assert (await world.admin.post("/trace/ranges", taken, 409))["code"] == "serials_taken"
    printed = (await world.admin.get(f"/trace/ranges/{made['id']}/codes", params={"first": 500}))["items"]
    assert [(item["text"], item["content"]) for item in printed] == [("A00500", f"01{street.goods.itf}21A00500")]
    issue = await street.issue(world.admin, street.boss, 2)
    scanned = [f"]C101{street.goods.itf}21A00007", f"(01){street.goods.itf}(21)A00501"]
    bound = await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": scanned})
    assert (bound["changed"], await reasons(bound)) == (1, ["not_traced"])
    way = await street.boss.get("/trace/way", params={"code": scanned[0]})
    assert (way["code"], [hand["document_id"] for hand in way["way"]]) == ("A00007", [issue])


async def test_the_code_of_a_pallet_stands_for_all_cases_on_it(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(12)
    pallet = "376104250021234569"
    packed = {"sscc": pallet, "spans": [{"first": codes[0], "last": codes[9]}]}
    assert (await street.keeper.post("/trace/pallets", packed, 201))["cases"] == 10
    twice = await street.keeper.post("/trace/pallets", {"sscc": "376104250021234576", "codes": [codes[4]]}, 409)
    assert twice["code"] == "case_packed"
    issue = await street.issue(world.admin, street.boss, 12)
    bound = await street.keeper.post(f"/trace/issues/{issue}/bind", {"codes": [f"00{pallet}", codes[10]]})
    assert (bound["changed"], bound["refused"]) == (11, [])
    told = await street.boss.post("/trace/scans", {"code": f"(00){pallet}"}, 201)
    assert (told["cases"], [hand["document_id"] for hand in told["way"]]) == (10, [issue])


async def test_codes_of_another_brand_name_nothing_here(world: World) -> None:
    street, other = await a_street(world), await World.create(world.http)
    (code,) = await street.codes(1)
    refused = await other.admin.get("/trace/way", 422, params={"code": code})
    assert refused["code"] == "not_traced"
    shop = await world.store(await world.dealer(), region_code=HANGZHOU)
    stranger = await street.rep.call("POST", "/trace/scans", {"code": code, "store_id": shop.id})
    assert stranger.status_code == 404


async def test_a_way_of_six_hands_costs_as_many_statements_as_one_of_two(world: World) -> None:
    street: Street = await a_street(world)
    (code,) = await street.codes(1)
    await street.sold([code])
    seen = []
    for hands in (1, 6):
        for _ in range(hands - 1):
            await db.run(
                "WITH made AS (INSERT INTO trace_hand (root_id, document_kind, document_id, number, from_id, to_id, at)"
                " VALUES ($1, 'transfer', $2, 'DB', $3, $4, now()) RETURNING id) UPDATE trace_code SET "
                "hands = hands || (SELECT id FROM made), hand_id = (SELECT id FROM made) WHERE root_id = $1",
                world.brand.id, number(), street.dealer.id, street.shop.id,
            )  # fmt: skip
        counter = db.count_statements()
        told = await way_of_code(world.admin.actor, code)
        assert len(told.way) == hands
        seen.append(counter.count)
    assert seen[0] == seen[1] <= 5
