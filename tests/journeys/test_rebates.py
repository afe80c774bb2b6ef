"""A dealer promises his shops a rebate; the shop sees how far it is, what came of it, and pays with it. (S2.2, S2.3)"""

from __future__ import annotations

from playwright.async_api import expect

from server.core import clock, db
from server.rebates import accrual, progress_queries, settling
from tests.journeys.street import PASSWORD, Street
from tests.support.browser import Studio
from tests.support.desk import a_desk


async def _night(street: Street) -> None:
    """What the schedule does about the street's agreements."""
    for item in await db.rows("SELECT id FROM rebate_agreement WHERE root_id = $1", street.world.brand.id):
        agreement = await progress_queries.agreement(street.world.brand.id, item["id"])
        assert agreement is not None
        await accrual.accrue(agreement)
    await settling.settle_all()


async def _buy(street: Street, cases: int) -> None:
    order = await street.world.order(street.owner, [(street.soda, cases)], cases=True)
    await street.boss.post(f"/orders/{order.id}/approve", {})
    issue = (await street.boss.post(f"/orders/{order.id}/issue", {}))["issue"]["id"]
    await street.owner.post(f"/goods-issues/{issue}/receive", {})


async def test_a_shop_earns_a_rebate_reads_where_each_fen_is_from_and_pays_with_it(
    street: Street, studio: Studio
) -> None:
    await street.owner.sign_in()
    await street.boss.sign_in()
    boss = await (await studio.phone()).log_in(street.boss.phone, PASSWORD)
    await boss.tap("tab-mine")
    await boss.tap("mine-rebates")
    await boss.tap("rebates-given")
    await boss.tap("rebate-new")
    await boss.write("rebate-name", "冬季进货返利")
    await boss.write("reach-0", "100")
    await boss.write("value-0", "1")
    await boss.write("reach-1", "300")
    await boss.write("value-1", "2.5")
    await expect(boss.see("rebate-preview")).to_contain_text("1 家门店")
    await boss.picture("rebate-edit")
    await boss.tap("rebate-submit")
    await boss.agree("签订")
    await expect(boss.words("进货额达 ¥100.00 返 1%；达 ¥300.00 返 2.5%")).to_be_visible()

    await _buy(street, 2)  # two cases at 72.00
    await _night(street)
    store = await (await studio.phone()).log_in(street.owner.phone, PASSWORD)
    await store.tap("tab-mine")
    await store.tap("mine-rebates")
    await expect(store.see("rebate-missing")).to_have_text("再进 ¥156.00 可返 2.5%")
    await store.picture("rebate-progress")
    await _buy(street, 3)  # 360.00 together: 9.00
    await _night(street)
    rebate = int(await db.value("SELECT max(id) FROM rebate_agreement WHERE root_id = $1", street.world.brand.id))
    await store.page.evaluate("id => { location.hash = `/pages/rebate/detail?id=${id}` }", rebate)
    await expect(store.see("rebate-fen")).to_have_text("¥9.00")
    await expect(store.see("rebate-line")).to_have_count(2)
    await store.picture("rebate-detail")

    admin = await street.world.boss(street.world.brand)
    desk = await a_desk(studio, admin, "/rebates?whose=below")
    await desk.row("冬季进货返利").click()
    await expect(desk.see("progress")).to_contain_text("¥9.00")
    await desk.picture("rebates-desk")
    await desk.is_for_everybody()
    await desk.see("progress").click()
    await expect(desk.words("产生返利")).to_be_visible()
    await desk.picture("rebate-statement-desk")
    await desk.is_for_everybody()

    # The month is over: the period ends today, and tomorrow's job credits it.
    last = clock.today().isoformat()
    await street.boss.post(f"/rebates/{rebate}/end", {"last_on": last, "reason": "换新政策"})
    await db.run("UPDATE rebate_period SET state = 'running' WHERE agreement_id = $1", rebate)
    await settling.settle_all()
    await store.page.evaluate("() => { location.hash = '/pages/rebate/list' }")
    await expect(store.see("rebate-credit")).to_have_text("¥9.00")
    await store.tap("rebate-use")
    await store.tap("use-confirm")
    await store.agree("¥9.00")
    await expect(store.see("rebate-credit")).to_have_text("¥0.00")
    assert (await street.owner.get("/rebates/credit"))["receivable_fen"] == 36_000 - 900
