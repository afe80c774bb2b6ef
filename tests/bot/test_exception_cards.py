"""A price outside the limits, asked in the chat: who gets a card, what it says, and who hears what became of it."""

from __future__ import annotations

from datetime import timedelta

from bot import jobs
from server.core import clock
from server.price_exceptions.schemas import NewException
from server.price_exceptions.service import ask_exception
from tests.bot.conftest import Chat, Shop
from tests.bot.test_authority_notices import titles
from tests.bot.test_jobs import MORNING
from tests.world import User, number


async def asked(shop: Shop) -> tuple[User, str]:
    """The dealer asks for 1.00 for a store of his; he, and the userid of the brand's manager."""
    userid = f"manager{number()}"
    await shop.world.user(shop.world.brand, "brand_manager", wecom=userid)
    await shop.world.offer(shop.dealer, shop.goods)
    store = await shop.world.store(shop.dealer, name="湘江便利")
    boss = await shop.world.boss(shop.dealer)
    until = clock.today() + timedelta(days=7)
    await ask_exception(boss.actor, NewException(store.id, shop.goods[0].id, 100, until, "清临期库存"))
    return boss, userid


async def test_rep_and_then_manager_press_and_the_dealer_reads_that_he_may(chat: Chat, shop: Shop) -> None:
    boss, manager = await asked(shop)
    await chat.deliver()
    (card,) = await chat.cards(shop.userid)
    shown = card["content"]
    assert shown["main_title"]["title"].startswith("特价审批 TJ") and await chat.cards(manager) == []
    assert shown["quote_area"] == {"title": "湘江便利", "quote_text": "申请价 ¥1.00/瓶"}
    rows = {row["keyname"]: row["value"] for row in shown["horizontal_content_list"]}
    # 1.00 of 3.00: 66.67 % below, told to a tenth
    assert rows["指导价"] == "¥3.00，低 66.7%" and rows["范围"] == "¥1.50 到 ¥6.00" and rows["原因"] == "清临期库存"
    assert "/console/price-exceptions?open=" in shown["card_action"]["url"]
    await chat.press(shop.userid, "approve")
    await chat.deliver()
    assert (await chat.cards(shop.userid))[-1]["grey"]
    assert (await chat.cards(manager))[-1]["content"]["main_title"]["title"].startswith("特价复审 TJ")
    await chat.press(manager, "approve")
    await chat.deliver()
    assert (await chat.cards(manager))[-1]["grey"]
    (told,) = [title for title in await titles(boss) if title.startswith("特价申请")]
    assert told.startswith("特价申请已通过 TJ") and "给湘江便利 ¥1.00/瓶" in told


async def test_the_reason_chosen_on_the_card_reaches_the_dealer(chat: Chat, shop: Shop) -> None:
    boss, _ = await asked(shop)
    await chat.deliver()
    (card,) = await chat.cards(shop.userid)
    options = [option["text"] for option in card["content"]["button_selection"]["option_list"]]
    assert options == ["价格偏离太多", "理由不充分", "期限太长", "其他，请电话联系"]
    await chat.press(shop.userid, "reject", reject_reason="ground")
    await chat.deliver()
    (told,) = [title for title in await titles(boss) if title.startswith("特价申请")]
    assert told.startswith("特价申请被驳回 TJ") and told.endswith("：理由不充分")
    assert [one["state"] for one in (await shop.world.admin.get("/price-exceptions"))["items"]] == ["rejected"]


async def test_one_that_nobody_decides_about_is_brought_to_mind_and_escalated_like_an_order(
    chat: Chat, shop: Shop
) -> None:
    with clock.frozen(MORNING):
        _, manager = await asked(shop)
        await chat.deliver()
    with clock.frozen(MORNING + timedelta(hours=5)):
        await jobs.remind_stale_approvals()
        await chat.deliver()
    (text,) = await chat.texts(shop.userid)
    assert text.startswith("还没有审核 TJ") and "特价" not in text.split("\n")[0]
    with clock.frozen(MORNING + timedelta(hours=25)):
        await jobs.escalate_approvals()
        await chat.deliver()
    assert len(await chat.cards(manager)) == 1
