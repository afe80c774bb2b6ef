"""The archive: terms, people, papers; who may read them, and who is told when one ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import jobs
from server.core import clock, db
from tests.world import User, World

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


async def upload(user: User, body: bytes = PDF, status: int = 201) -> Any:
    answer = await user.call("POST", "/documents", files={"file": ("paper", body)})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_what_was_agreed_with_a_dealer_is_kept_and_found_again(world: World) -> None:
    dealer = await world.dealer()
    terms = {
        "settlement_method": "monthly_credit", "due_day": 25, "credit_days": 30, "cooperation": "paused",
        "cooperating_since": "2024-05-01", "lat": 28.2, "lng": 112.9, "note": "年底谈续约",
    }  # fmt: skip
    answer = await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": 1, **terms})
    assert answer.status_code == 200
    seen = await world.admin.get(f"/orgs/{dealer.id}")
    assert {name: seen[name] for name in terms} == terms
    # What is given as nothing is nothing; what is not given stays.
    answer = await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": 2, "due_day": None, "grade": "A"})
    assert (answer.json()["due_day"], answer.json()["credit_days"], answer.json()["grade"]) == (None, 30, "A")
    half = await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": 3, "lat": 28.2, "lng": None})
    assert half.status_code == 422 and "一起" in half.json()["detail"]


async def test_a_dealer_does_not_read_or_write_what_its_supplier_grants_and_notes(world: World) -> None:
    dealer = await world.dealer(note="账款总是拖", settlement_method="prepaid")
    boss = await world.boss(dealer)
    assert (await boss.get(f"/orgs/{dealer.id}"))["note"] == ""
    assert (await boss.get("/orgs"))["items"][0]["note"] == ""
    await world.admin.call("PATCH", f"/orgs/{dealer.id}", {"version": 1, "note": "已还清"})
    told = (await boss.get(f"/orgs/{dealer.id}/history"))["items"]
    assert [item["title"] for item in told] == ["建立档案"] and "拖" not in str(told)
    granted = {"settlement_method": "monthly_credit", "due_day": 1, "note": "好", "cooperation": "active"}
    for field, item in granted.items():
        refused = await boss.call("PATCH", f"/orgs/{dealer.id}", {"version": 2, field: item})
        assert refused.status_code == 403, field


async def test_of_several_contacts_one_is_the_main_one_and_stands_in_the_list(world: World) -> None:
    dealer = await world.dealer(contact_name="王经理", contact_phone="13800000001")
    path = f"/orgs/{dealer.id}/contacts"
    second = await world.admin.post(path, {"name": "李会计", "phone": "13900000002", "title": "财务"}, 201)
    assert [(c["name"], c["is_main"]) for c in (await world.admin.get(path))["items"]] == [
        ("王经理", True), ("李会计", False),
    ]  # fmt: skip
    await world.admin.call("PATCH", f"/contacts/{second['id']}", {"is_main": True})
    seen = await world.admin.get(f"/orgs/{dealer.id}")
    assert (seen["contact_name"], seen["contact_phone"]) == ("李会计", "13900000002")
    found = await world.admin.get("/orgs", params={"q": "13800000001"})
    assert [item["id"] for item in found["items"]] == [dealer.id]
    assert (await world.admin.call("DELETE", f"/contacts/{second['id']}")).status_code == 204
    assert (await world.admin.get(f"/orgs/{dealer.id}"))["contact_name"] == "王经理"


async def test_a_paper_is_read_by_who_looks_after_the_org_and_by_itself_and_by_nobody_else(world: World) -> None:
    upper = await world.dealer()
    dealer, sibling = await world.dealer(upper), await world.dealer(upper)
    shop = await world.store(dealer)
    document = await upload(world.admin)
    paper = {"kind": "business_licence", "number": "9143", "file_ids": [document["id"]]}
    made = await world.admin.post(f"/orgs/{dealer.id}/qualifications", paper, 201)
    url = made["documents"][0]["url"].removeprefix("/api/v1")
    rep = await world.user(world.brand, "brand_rep", dealers=[upper])
    own = await world.boss(dealer)
    for reader in (world.admin, rep, await world.boss(upper), own):
        answer = await reader.call("GET", url)
        assert answer.status_code == 200 and answer.content.startswith(PDF)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"].startswith("inline")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
    strangers = [await world.boss(sibling), await world.boss(shop), await world.user(world.brand, "brand_rep")]
    for stranger in strangers:
        await stranger.get(url, 404)
        await stranger.get(f"/files/{document['id']}", 404)  # its number opens nothing
    await own.get(f"/files/{document['id']}", 404)
    # Nor through a paper of the stranger's own: what somebody else has uploaded cannot be attached.
    thief = strangers[0]
    stolen = {"kind": "contract", "file_ids": [document["id"]]}
    await thief.post(f"/orgs/{sibling.id}/qualifications", stolen, 422)
    mine = await thief.post(f"/orgs/{sibling.id}/qualifications", {"kind": "contract"}, 201)
    await thief.get(f"/qualifications/{mine['id']}/documents/{document['id']}", 404)


async def test_a_store_reads_its_own_papers_only(world: World) -> None:
    dealer = await world.dealer()
    shop, other = await world.store(dealer), await world.store(dealer)
    boss, keeper = await world.boss(dealer), await world.boss(shop)
    document = await upload(boss, PNG)
    paper = {"kind": "food_licence", "file_ids": [document["id"]]}
    made = await boss.post(f"/orgs/{shop.id}/qualifications", paper, 201)
    listed = (await keeper.get(f"/orgs/{shop.id}/qualifications"))["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert (await keeper.call("GET", listed[0]["documents"][0]["url"].removeprefix("/api/v1"))).content == PNG
    await keeper.get(f"/orgs/{other.id}/qualifications", 404)


async def test_what_is_no_document_is_not_taken(world: World) -> None:
    for body in (b"<html>", b"MZ\x90", b"%PDF-1.7 cut off in the middle", b"PK\x03\x04", b"<svg/>"):
        assert (await upload(world.admin, body, 422))["code"] == "file_refused"
    huge = PDF[:-6] + b"\0" * (5 * 1024 * 1024) + b"%%EOF\n"
    assert "5 MB" in (await upload(world.admin, huge, 422))["detail"]


async def test_a_paper_that_ends_is_told_of_at_30_7_and_0_days_once_each_and_anew_when_renewed(world: World) -> None:
    dealer = await world.dealer()
    with clock.frozen(MORNING):
        ends = clock.today() + timedelta(days=40)
        new = {"kind": "food_licence", "valid_until": ends.isoformat()}
        paper = await world.admin.post(f"/orgs/{dealer.id}/qualifications", new, 201)
    query = "SELECT count(*) FROM outbox WHERE root_id = $1 AND topic = 'qualification.expiring' AND subject_id = $2"
    told = []
    for day in (5, 10, 11, 32, 33, 34, 39, 40, 41, 60):
        with clock.frozen(MORNING + timedelta(days=day)):
            await jobs.tell_of_expiring_papers()
            told.append(await db.value(query, world.brand.id, paper["id"]))
    # 40 days before its end nothing; from the 10th day on 30 are left, from the 33rd 7, on the 40th none.
    assert told == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    with clock.frozen(MORNING + timedelta(days=61)):
        await world.admin.sign_in()
        renewed = {"version": 1, "valid_until": (clock.today() + timedelta(days=3)).isoformat()}
        assert (await world.admin.call("PATCH", f"/qualifications/{paper['id']}", renewed)).status_code == 200
        await jobs.tell_of_expiring_papers()
        assert await db.value(query, world.brand.id, paper["id"]) == 4
        listed = (await world.admin.get("/orgs", params={"expiring": 30}))["items"]
        assert [item["id"] for item in listed] == [dealer.id]
    with clock.frozen((MORNING + timedelta(days=62)).replace(hour=23)):
        await jobs.tell_of_expiring_papers()  # not at night


async def test_the_history_says_in_words_who_changed_what(world: World) -> None:
    dealer = await world.dealer()
    edit = {"version": 1, "grade": "A", "settlement_method": "monthly_credit"}
    await world.admin.call("PATCH", f"/orgs/{dealer.id}", edit)
    await world.admin.post(f"/orgs/{dealer.id}/qualifications", {"kind": "food_licence", "number": "JY1"}, 201)
    await world.admin.post(f"/orgs/{dealer.id}/freeze", {"reason": "证照过期"})
    told = (await world.admin.get(f"/orgs/{dealer.id}/history"))["items"]
    assert [item["title"] for item in told] == ["冻结", "新增资质：食品经营许可证", "修改档案", "建立档案"]
    assert told[0]["changes"] == [{"label": "原因", "old": "", "new": "证照过期"}]
    assert {(c["label"], c["old"], c["new"]) for c in told[2]["changes"]} == {
        ("等级", "无", "A"), ("结算方式", "未约定", "月结"),
    }  # fmt: skip
    assert {item["account_name"] for item in told} == {world.admin.actor.name}
    first = await world.admin.get(f"/orgs/{dealer.id}/history", params={"limit": 2})
    rest = await world.admin.get(f"/orgs/{dealer.id}/history", params={"limit": 2, "cursor": first["next_cursor"]})
    assert [item["id"] for item in first["items"] + rest["items"]] == [item["id"] for item in told]


async def test_the_history_tells_that_a_place_moved_not_its_degrees(world: World) -> None:
    store = await world.store(await world.dealer())
    for version, (lat, lng) in enumerate(((30.25, 120.1), (30.26, 120.2), (None, None)), 1):
        await world.admin.call("PATCH", f"/orgs/{store.id}", {"version": version, "lat": lat, "lng": lng})
    told = (await world.admin.get(f"/orgs/{store.id}/history"))["items"]
    assert [item["changes"] for item in told[:3]] == [
        [{"label": "位置", "old": "已标注", "new": "已取消"}],
        [{"label": "位置", "old": "已标注", "new": "已移动"}],
        [{"label": "位置", "old": "未标注", "new": "已标注"}],
    ]
