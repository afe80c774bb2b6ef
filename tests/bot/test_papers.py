"""Who is told when a paper ends: those who look after the org, and the org itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import jobs
from server.core import clock, db
from tests.bot.conftest import Chat, Shop

MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


async def test_rep_manager_and_owner_read_of_a_paper_that_ends_and_a_stranger_does_not(chat: Chat, shop: Shop) -> None:
    world = shop.world
    dealer, other = await world.dealer(name="湘江贸易"), await world.dealer()
    rep, stranger = [await world.user(world.brand, "brand_rep", dealers=[org]) for org in (dealer, other)]
    manager, owner = await world.user(world.brand, "brand_manager"), await world.boss(dealer)
    clerk = await world.user(dealer, "dealer_clerk")
    with clock.frozen(MORNING):
        await world.admin.sign_in()
        ends = (clock.today() + timedelta(days=7)).isoformat()
        paper = {"kind": "business_licence", "valid_until": ends}
        await world.admin.post(f"/orgs/{dealer.id}/qualifications", paper, 201)
        await jobs.tell_of_expiring_papers()
        await chat.deliver()
    told = await db.rows(
        "SELECT account_id, title, body, link FROM notice WHERE root_id = $1 AND kind = 'qualification.expiring'",
        world.brand.id,
    )
    readers = {item["account_id"] for item in told}
    assert {rep.account_id, manager.account_id, owner.account_id} <= readers
    assert not {stranger.account_id, clerk.account_id} & readers
    assert told[0]["title"] == "资质还有 7 天到期" and "湘江贸易的营业执照" in told[0]["body"]
    assert told[0]["link"] == f"org/{dealer.id}"
