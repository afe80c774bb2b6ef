"""Goods outside the authority of the dealer that they were sold to: one case, its evidence, and a decision."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from server.core import clock, db, files
from server.settings import Settings
from server.territory.schemas import NewAuthority, Revocation
from server.territory.service import grant_authority, revoke_authorities
from tests.contract.stage import PICTURE
from tests.trace.street import HANGZHOU, NINGBO, Street, a_street
from tests.world import User, World, number


async def open_cases(who: User, **filters: Any) -> list[dict[str, Any]]:
    found = await who.get("/diversions", params=filters)
    return list(found["items"])


async def photo(who: User, folder: Path) -> int:
    return await files.store(who.actor, folder, PICTURE + str(number()).encode())


async def diverted(street: Street) -> dict[str, Any]:
    """A case that a shop in Ningbo has on its shelf."""
    (code,) = await street.codes(1)
    await street.sold([code])
    await street.far_owner.post("/trace/scans", {"code": code}, 201)
    (found,) = await open_cases(street.world.admin)
    return found


async def test_a_case_on_a_shelf_elsewhere_opens_a_diversion_with_place_photo_and_documents(
    world: World, settings: Settings
) -> None:
    street = await a_street(world)
    codes = await street.codes(3)
    issue = await street.sold(codes)
    inside = await street.owner.post("/trace/scans", {"code": codes[0]}, 201)
    assert (inside["verdict"], await open_cases(world.admin)) == ("inside", [])
    picture = await photo(street.far_owner, settings.data_folder)
    given = {"code": codes[0], "photo_ids": [picture], "latitude": 29.87, "longitude": 121.55, "note": "堆头上"}
    told = await street.far_owner.post("/trace/scans", given, 201)
    # A shop is told nothing about others: neither who sold it nor that there is a case.
    assert (told["verdict"], told["diversion"], told["way"], told["hidden"]) == ("outside", None, [], 1)
    (case,) = await open_cases(street.rep)
    assert (case["dealer"]["name"], case["region_name"], case["kind"]) == ("杭州糖酒", "浙江省宁波市海曙区", "scan")
    shown = await street.rep.get(f"/diversions/{case['id']}")
    assert [(hand["document_id"], hand["to_org"]["name"]) for hand in shown["chain"]] == [(issue, "杭州糖酒")]
    (proof,) = shown["evidence"]
    assert (proof["code"], proof["photo_ids"], proof["note"]) == (codes[0], [picture], "堆头上")
    assert proof["name"].startswith("海曙便利") and proof["place"].startswith("浙江省宁波市海曙区 海曙便利")
    seen = await street.rep.call("GET", f"/diversions/{case['id']}/photos/{picture}")
    assert (seen.status_code, seen.content[:4]) == (200, b"\x89PNG")
    # The dealer reads where and when, not who reported it.
    own = await street.boss.get(f"/diversions/{case['id']}")
    assert (own["evidence"][0]["name"], own["evidence"][0]["note"]) == (None, "")
    assert "海曙便利" not in street.boss.last.text
    # A second scan, and a second case of the same delivery, are evidence of the same diversion.
    await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
    await street.far_owner.post("/trace/scans", {"code": codes[1]}, 201)
    assert [item["evidence"] for item in await open_cases(world.admin)] == [3]


async def test_one_case_scanned_by_twenty_phones_at_once_is_one_diversion(world: World) -> None:
    street = await a_street(world)
    (code,) = await street.codes(1)
    await street.sold([code])
    phones = [await world.user(street.far_shop, "store_clerk") for _ in range(20)]
    await asyncio.gather(*(phone.sign_in() for phone in phones))
    await asyncio.gather(*(phone.post("/trace/scans", {"code": code}, 201) for phone in phones))
    (case,) = await open_cases(world.admin)
    assert case["evidence"] == 20
    assert len((await world.admin.get(f"/diversions/{case['id']}"))["evidence"]) == 20
    told = "SELECT count(*) FROM outbox WHERE root_id = $1 AND topic = 'diversion.opened'"
    assert await db.value(told, world.brand.id) == 1


async def test_what_counts_is_the_authority_of_the_day_on_which_the_goods_were_issued(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(2)
    await grant_authority(world.admin.actor, NewAuthority(street.dealer.id, ["330200"], clock.today()))
    await street.sold(codes)
    ids = [item["id"] for item in (await world.admin.get("/authorities", params={"region_code": "330200"}))["items"]]
    with clock.frozen(clock.now() + timedelta(days=3)):
        await revoke_authorities(world.admin.actor, Revocation(ids, "不再授权"))
    with clock.frozen(clock.now() + timedelta(days=9)):
        told = await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
        assert (told["verdict"], await open_cases(world.admin)) == ("inside", [])
    await db.run("UPDATE authority SET revoked_on = $2 WHERE root_id = $1 AND revoked_on IS NOT NULL",
                 world.brand.id, clock.today() - timedelta(days=1))  # fmt: skip
    told = await street.far_owner.post("/trace/scans", {"code": codes[1]}, 201)
    assert (told["verdict"], len(await open_cases(world.admin))) == ("outside", 1)


async def test_a_rep_in_a_shop_says_where_he_is_and_a_dealer_without_any_territory_diverts_nothing(
    world: World,
) -> None:
    street = await a_street(world)
    free = await world.dealer(name="没有授权的")
    boss = await world.boss(free)
    (own,), (other,) = await street.codes(1), await street.codes(1)
    await street.sold([own])
    issue = await street.issue(world.admin, boss, 1)
    await world.admin.post(f"/trace/issues/{issue}/bind", {"codes": [other]})
    told = await world.admin.post("/trace/scans", {"code": other, "store_id": street.far_shop.id}, 201)
    assert (told["verdict"], told["diversion"]) == ("unknown", None)
    assert (await street.rep.post("/trace/scans", {"code": own}, 201))["verdict"] == "unknown"
    told = await street.rep.post("/trace/scans", {"code": own, "region_code": NINGBO}, 201)
    (case,) = await open_cases(street.rep)
    assert told["diversion"] == {"id": case["id"], "number": case["number"]}
    refused = await street.rep.post("/trace/scans", {"code": own, "region_code": "999999"}, 422)
    assert refused["code"] == "invalid_input"


async def test_a_rep_takes_a_case_hears_the_dealer_and_decides_so_that_it_counts(
    world: World, settings: Settings
) -> None:
    street = await a_street(world)
    case = await diverted(street)
    path = f"/diversions/{case['id']}"
    assert (await street.rep.post(f"{path}/take"))["taken_by_name"] == street.rep.actor.name
    await street.rep.post(f"{path}/take")
    colleague = await world.user(world.brand, "brand_rep", [street.dealer])
    refused = await colleague.post(f"{path}/take", status=409)
    assert refused["detail"] == f"{street.rep.actor.name}已经在处理"
    picture = await photo(street.boss, settings.data_folder)
    said = {"text": "这批货是门店自己转卖的", "photo_ids": [picture]}
    assert (await street.boss.post(f"{path}/state", said))["statement"] == "这批货是门店自己转卖的"
    assert (await street.rep.call("GET", f"{path}/photos/{picture}")).status_code == 200
    ruling = {"verdict": "confirmed", "reason": "两处门店都有", "consequence": "penalty"}
    assert (await street.rep.post(f"{path}/decide", ruling, 422))["errors"][0]["pointer"] == "/penalty_fen"
    assert (await colleague.post(f"{path}/decide", {**ruling, "penalty_fen": 5}, 409))["code"] == "diversion_state"
    decided = await street.rep.post(f"{path}/decide", {**ruling, "penalty_fen": 50_000})
    assert (decided["state"], decided["penalty_fen"], decided["weight"]) == ("decided", 50_000, 2)
    assert decided["counted_on"] == clock.today().isoformat()
    late = await street.boss.post(f"{path}/state", said, 409)
    assert "确认窜货" in late["detail"] and street.rep.actor.name in late["detail"]


async def test_a_dealer_is_asked_for_its_side_once_a_day_and_the_case_says_when_and_by_whom(world: World) -> None:
    street = await a_street(world)
    case = await diverted(street)
    path = f"/diversions/{case['id']}"
    asked = await street.rep.post(f"{path}/ask", {"text": "这批货怎么到了宁波？"})
    assert asked["asked_by_name"] == street.rep.actor.name and asked["state"] == "open"
    again = await world.admin.post(f"{path}/ask", {}, 409)
    assert street.rep.actor.name in again["detail"] and "杭州糖酒说明" in again["detail"]
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert (await world.admin.post(f"{path}/ask", {}))["asked_by_name"] == world.admin.actor.name
    await street.rep.post(f"{path}/decide", {"verdict": "explained", "reason": "首次发生"})
    await street.rep.post(f"{path}/ask", {}, 409)
    await street.boss.post(f"{path}/ask", {}, 403)


async def test_whoever_has_taken_cases_finds_them_among_all_others(world: World) -> None:
    street = await a_street(world)
    case = await diverted(street)
    assert (await world.admin.get("/diversions", params={"mine": True}))["items"] == []
    await street.rep.post(f"/diversions/{case['id']}/take")
    assert [one["id"] for one in (await street.rep.get("/diversions", params={"mine": True}))["items"]] == [case["id"]]
    assert (await world.admin.get("/diversions", params={"mine": True}))["items"] == []


async def test_a_case_that_was_no_diversion_is_not_opened_again_by_the_same_goods(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(2)
    await street.sold(codes)
    await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
    (case,) = await open_cases(world.admin)
    ruling = {"verdict": "not_diversion", "reason": "顾客自己带过来的"}
    decided = await world.admin.post(f"/diversions/{case['id']}/decide", ruling)
    assert (decided["weight"], decided["consequence"]) == (0, "none")
    await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
    assert [item["evidence"] for item in await open_cases(world.admin)] == [2]
    # Another case of the delivery is another matter.
    await street.far_owner.post("/trace/scans", {"code": codes[1]}, 201)
    assert [item["state"] for item in await open_cases(world.admin)] == ["open", "decided"]


async def test_a_sale_to_a_buyer_outside_is_a_diversion_once_and_one_inside_is_none(world: World) -> None:
    street = await a_street(world)
    codes = await street.codes(20)
    await street.sold(codes)
    await street.issue(street.boss, street.owner, 2)
    assert await open_cases(world.admin) == []
    outside = await world.store(street.dealer, name="鄞州便利", region_code="330212")
    owner = await world.boss(outside)
    first = await street.issue(street.boss, owner, 2)
    second = await street.issue(street.boss, owner, 2)
    (case,) = await open_cases(street.rep, state="open", dealer_id=street.dealer.id, region_code="330200")
    assert (case["kind"], case["region_name"], case["evidence"]) == ("order", "浙江省宁波市鄞州区", 2)
    shown = await street.boss.get(f"/diversions/{case['id']}")
    assert sorted(proof["issue_id"] for proof in shown["evidence"]) == [first, second]
    assert {proof["buyer"]["name"] for proof in shown["evidence"]} == {"鄞州便利"}
    assert await open_cases(world.admin, region_code="330100") == []
    assert await open_cases(world.admin, rep_id=street.rep.account_id) == [case]
    today = clock.today()
    assert len(await open_cases(world.admin, **{"from": today.isoformat(), "to": today.isoformat()})) == 1
    assert await open_cases(world.admin, to=(today - timedelta(days=1)).isoformat()) == []


async def test_nobody_reads_a_case_of_dealers_that_are_not_his(world: World) -> None:
    street = await a_street(world)
    case = await diverted(street)
    other = await world.user(world.brand, "brand_rep", [await world.dealer()])
    far_dealer = await world.boss(await world.dealer())
    for who in (other, far_dealer, (await World.create(world.http)).admin):
        assert await open_cases(who) == []
        await who.get(f"/diversions/{case['id']}", 404)
    await other.post(f"/diversions/{case['id']}/take", status=404)


async def test_a_consumer_learns_what_he_may_and_what_he_says_is_evidence(
    world: World, http: httpx.AsyncClient
) -> None:
    street = await a_street(world)
    (code,) = await street.codes(1)
    await street.sold([code])
    page = await http.get(f"/t/{code}")
    assert page.status_code == 200 and "text/html" in page.headers["content-type"]
    assert street.goods.name in page.text and "L1" in page.text and "第 1 次" in page.text
    for secret in ("杭州糖酒", world.brand.name, str(street.dealer.id) + "/"):
        assert secret not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "") and "<script" not in page.text
    assert "第 2 次" in (await http.get(f"/t/{code.lower()}")).text
    counties = (await http.get(f"/t/{code}?in=330200")).text
    assert "海曙区" in counties
    thanks = await http.post(f"/t/{code}", data={"region": NINGBO})
    assert thanks.status_code == 200 and "谢谢" in thanks.text
    (case,) = await open_cases(street.rep)
    shown = await street.rep.get(f"/diversions/{case['id']}")
    assert [(proof["by"], proof["name"]) for proof in shown["evidence"]] == [("consumer", None)]
    assert (await http.post(f"/t/{code}", data={"region": HANGZHOU})).status_code == 200
    assert [item["evidence"] for item in await open_cases(street.rep)] == [1]
    fake = await http.get("/t/0000000000000000X")
    assert fake.status_code == 404 and "没有找到" in fake.text


async def test_a_consumer_who_asks_too_often_is_held_back_and_a_recalled_lot_is_said_first(
    world: World, http: httpx.AsyncClient
) -> None:
    street = await a_street(world)
    (code,) = await street.codes(1)
    body = {"product_id": street.goods.id, "lot_code": "L1", "reason": "瓶盖松动", "instruction": "下架"}
    await world.admin.post("/recalls", body, 201)
    with clock.frozen(clock.now() + timedelta(hours=3)):  # a minute of which no other test has used anything
        page = await http.get(f"/t/{code}")
        assert "该批次已被召回" in page.text and "正品" not in page.text and "箱（24 瓶）" in page.text
        answers = [(await http.get(f"/t/{code}")).status_code for _ in range(30)]
    assert answers[-1] == 429 and set(answers) == {200, 429}
