"""Cases that go along with a return or a transfer keep their way, and only who has them can send them. (S1.4, S3.3)"""

from __future__ import annotations

from tests.trace.street import Street, a_street
from tests.world import World


async def bought_by_the_shop(street: Street, codes: list[str]) -> None:
    """Cases that went from the brand to the dealer and from him to his shop."""
    await street.sold(codes)
    issue = await street.issue(street.boss, street.owner, len(codes))
    await street.boss.post(f"/trace/issues/{issue}/bind", {"codes": codes})
    await street.owner.post(f"/goods-issues/{issue}/receive", {})


async def way_of(street: Street, code: str) -> list[tuple[str, str, bool]]:
    way = await street.world.admin.get("/trace/way", params={"code": code})
    return [(hand["kind"], hand["to_org"]["name"], hand["arrived_at"] is not None) for hand in way["way"]]


async def test_a_case_that_goes_back_is_followed_back_and_only_its_holder_can_send_it(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(3)
    await bought_by_the_shop(street, codes[:2])
    lines = [{"product_id": street.goods.id, "qty": 48, "reason": "wrong"}]
    made = await street.owner.post("/returns", {"lines": lines}, 201)
    await street.boss.post(f"/returns/{made['id']}/approve", {})
    path = f"/returns/{made['id']}/issue"
    for wrong, why in ((codes[2], "没有登记到您名下"), ("没有这个码", "没有找到这个追溯码")):
        refused = await street.owner.post(path, {"codes": [codes[0], wrong]}, 409)
        assert (refused["code"], refused["errors"][0]["pointer"]) == ("cases_refused", "/codes/1")
        assert why in refused["detail"]
    too_many = await street.owner.post(path, {"codes": codes}, 409)
    assert "超过了出库数量" in too_many["detail"]
    await street.owner.post(path, {"codes": codes[:1]})
    expected: list[tuple[str, str, bool]] = [
        ("goods_issue", "杭州糖酒", True), ("goods_issue", "西湖便利", True), ("return", "杭州糖酒", False),
    ]  # fmt: skip
    assert await way_of(street, codes[0]) == expected
    await street.boss.post(f"/returns/{made['id']}/receive", {})
    assert await way_of(street, codes[0]) == [*expected[:2], ("return", "杭州糖酒", True)]
    assert len(await way_of(street, codes[1])) == 2


async def test_a_case_that_was_given_back_to_the_brand_is_no_dealers_diversion(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(1)
    await street.sold(codes)
    made = await street.boss.post(
        "/returns", {"lines": [{"product_id": street.goods.id, "qty": 24, "reason": "wrong"}]}, 201
    )
    await world.admin.post(f"/returns/{made['id']}/approve", {})
    await street.boss.post(f"/returns/{made['id']}/issue", {"codes": codes})
    await world.admin.post(f"/returns/{made['id']}/receive", {})
    await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
    assert (await world.admin.get("/diversions"))["items"] == []


async def test_a_case_that_is_transferred_is_followed_to_the_other_dealer(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(1)
    await street.sold(codes)
    other = await world.dealer(name="温州糖酒")
    taker = await world.boss(other)
    ends = {"from_org_id": street.dealer.id, "to_org_id": other.id, "reason": "那边缺货"}
    lines = [{"product_id": street.goods.id, "qty": 24}]
    moved = await world.admin.post("/transfers", {"lines": lines, **ends}, 201)
    await world.admin.post(f"/approvals/{moved['approval_id']}/decide", {"decision": "approve"}, 204)
    await street.boss.post(f"/transfers/{moved['id']}/issue", {"codes": codes})
    await taker.post(f"/transfers/{moved['id']}/receive", {})
    assert (await way_of(street, codes[0]))[-1] == ("transfer", "温州糖酒", True)
