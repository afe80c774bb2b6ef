"""The manager's desk: archives with papers, many changed at once, a part of the tree moved with its meaning shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from playwright.async_api import expect

from server.core import clock
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import a_desk

LICENCE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


async def test_a_dealers_papers_would_be_lost_in_a_drawer_and_nobody_would_know_when_they_end(
    street: Street, studio: Studio, tmp_path: Path
) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    ends = clock.today() + timedelta(days=12)
    paper = {"kind": "food_licence", "number": "JY13301060012345", "valid_until": ends.isoformat()}
    await world.admin.post(f"/orgs/{street.dealer.id}/qualifications", paper, 201)
    desk = await a_desk(studio, manager, "/dealers?expiring=30")
    await expect(desk.rows()).to_have_count(1)
    await expect(desk.row("杭州江南商贸")).to_contain_text("12 天后到期")
    await desk.is_for_everybody()
    await desk.row("杭州江南商贸").locator("td").nth(1).click()
    await expect(desk.see("org-title")).to_have_text("杭州江南商贸")
    await desk.page.get_by_role("tab", name="资质").click()
    await expect(desk.see("ending")).to_have_text("12 天后到期")
    scan = tmp_path / "营业执照.pdf"
    scan.write_bytes(LICENCE)
    await desk.see("add-paper").click()
    await desk.see("paper-number").fill("91330106MA2AXXXX00")
    await desk.page.get_by_test_id("paper-file").set_input_files(scan)
    await expect(desk.words("营业执照.pdf")).to_be_visible()
    await desk.see("form-save").click()
    await desk.told("已保存")
    await expect(desk.see("papers").locator("li")).to_have_count(2)
    await desk.see("open-document-0").click()
    await expect(desk.page.locator(".file-view iframe, .file-view img")).to_be_visible()
    await desk.press("Escape")
    await desk.is_for_everybody()
    await desk.page.get_by_role("tab", name="历史").click()
    await expect(desk.see("history").locator("li").first).to_contain_text("新增资质：营业执照")
    await desk.picture("console-dealer")


async def test_a_hundred_archives_would_be_changed_one_by_one(street: Street, studio: Studio) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    rep = await world.user(world.brand, "brand_rep", name="小赵")
    others = [await world.dealer(name=f"湖州第{n}商贸") for n in range(1, 4)]
    desk = await a_desk(studio, manager, "/dealers?q=huzhou")
    await expect(desk.rows()).to_have_count(3)
    await desk.page.get_by_role("checkbox").first.click()
    await desk.see("bulk-grade").click()
    # Somebody else has changed one of them meanwhile: it is told apart, the others are done.
    await world.admin.call("PATCH", f"/orgs/{others[1].id}", {"version": 1, "code": "HZ2"})
    await desk.see("bulk-value").fill("A")
    await desk.see("bulk-save").click()
    await expect(desk.see("bulk-failed").locator("li")).to_have_count(1)
    await expect(desk.see("bulk-failed")).to_contain_text("湖州第2商贸")
    await expect(desk.see("bulk-failed")).to_contain_text("刚被别人改过")
    await desk.button("知道了")
    await expect(desk.row("湖州第1商贸")).to_contain_text("A")
    await desk.see("bulk-reps").click()
    await desk.see("bulk-dialog").locator(".el-select").click()
    await desk.page.get_by_role("option", name="小赵").last.click()
    await desk.press("Escape")
    await desk.see("bulk-save").click()
    await desk.told("已修改 3 家")
    await expect(desk.row("湖州第2商贸")).to_contain_text("小赵")
    assert [item["name"] for item in (await rep.get("/orgs"))["items"]] == [org.name for org in others]


async def test_a_county_would_be_moved_blindly_and_orders_under_way_would_fall_between_two_suppliers(
    street: Street, studio: Studio
) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    south = await world.dealer(name="绍兴古越商贸")
    await world.offer(south, street.goods[:4])
    shop = await world.store(street.dealer, name="河坊街副食")
    keeper = await world.boss(shop)
    placed = await world.order(keeper, [(street.soda, 24)])
    desk = await a_desk(studio, manager, "/tree")
    tree = desk.see("tree")
    await tree.get_by_role("treeitem", name="杭州江南商贸").get_by_role("button", name="展开").click()
    item = tree.get_by_role("treeitem", name="河坊街副食")
    await expect(item).to_be_visible()
    await desk.is_for_everybody()
    target = tree.get_by_role("treeitem", name="绍兴古越商贸")
    await item.drag_to(target)
    preview = desk.see("move-preview")
    await expect(preview).to_contain_text(placed.number)
    await expect(desk.see("move-confirm")).to_be_disabled()
    await desk.is_for_everybody()
    await desk.picture("console-move")
    await desk.button("取消")
    await street.boss.post(f"/orders/{placed.id}/reject", {"reason": "改由新的供货商供货"})
    await item.drag_to(target)
    await expect(preview).to_contain_text("4 种商品不再能买到")
    await desk.see("move-reason").fill("片区调整")
    await desk.see("move-confirm").click()
    await desk.told("已移动")
    seen = await world.admin.get(f"/orgs/{shop.id}")
    assert seen["parent_name"] == "绍兴古越商贸"
    await street.boss.get(f"/orgs/{shop.id}", 404)
    await expect(tree.get_by_role("treeitem", name="绍兴古越商贸")).to_contain_text("1 家门店")


async def test_where_the_stores_are_and_who_stays_away_would_be_told_by_hearsay(street: Street, studio: Studio) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    for n, (name, lat, lng) in enumerate([("武林小店", 30.274, 120.163), ("滨江小店", 30.208, 120.212)]):
        shop = await world.store(street.dealer, name=name, lat=lat, lng=lng, store_kind="convenience")
        await world.admin.post(f"/customers/{shop.id}/tags", {"tags": ["校边" if n else "夜市"]}, 204)
    desk = await a_desk(studio, manager, "/stores/map")
    await expect(desk.see("map-total")).to_have_text("范围内 2 家")
    await desk.page.get_by_role("button", name="武林小店").focus()
    await desk.press("Enter")
    await expect(desk.see("map-card")).to_contain_text("武林小店")
    await desk.is_for_everybody()
    await desk.picture("console-map")
    await desk.go("/customers")
    await expect(desk.rows()).to_have_count(3)
    await desk.see("add-segment").click()
    await desk.see("segment-name").fill("从没下过单")
    await desk.see("segment-quiet").locator("input").fill("30")
    await desk.see("form-save").click()
    await expect(desk.see("segments")).to_contain_text("从没下过单")
    await expect(desk.rows()).to_have_count(3)
    await desk.see("search").fill("wulin")
    await expect(desk.rows()).to_have_count(1)
    await expect(desk.row("武林小店")).to_contain_text("夜市")
    await desk.is_for_everybody()
