"""Alerts in the chat and the inboxes (B2): one card for all that began at a dealer, pressed once."""

from __future__ import annotations

from datetime import timedelta

from server.alerts import look
from server.core import clock, db
from tests.bot.conftest import Chat, Shop
from tests.bot.test_authority_notices import titles
from tests.world import World


async def run_short(world: World, shop: Shop, count: int = 3) -> None:
    """Let a dealer fall below its thresholds of some products, and look."""
    goods = [*shop.goods, *await world.products(count - 1)]
    rules = [{"audience": "own", "kind": "low", "product_id": item.id, "qty": 24} for item in goods]
    await shop.buyer.post("/alert-rules", {"version": 0, "rules": rules})
    await look.look(world.brand.id, everything=True)


async def test_what_begins_at_once_is_one_card_for_the_rep_and_one_notice_for_the_dealer(
    chat: Chat, shop: Shop, world: World
) -> None:
    await run_short(world, shop)
    await chat.deliver()
    (card,) = await chat.cards(shop.userid)
    content = card["content"]
    assert content["main_title"]["title"] == f"库存预警 {shop.dealer.name}"
    assert content["main_title"]["desc"].endswith("低库存 3")
    assert len(content["horizontal_content_list"]) == 3
    assert [button["text"] for button in content["button_list"]] == ["稍后提醒", "提醒经销商"]
    assert content["card_action"]["url"].endswith(f"/console/alerts?org_id={shop.dealer.id}")
    (told,) = [title for title in await titles(shop.buyer) if "库存预警" in title]
    assert told == f"库存预警：低库存 3｜{shop.goods[0].name}：可用 0 瓶，低于 24 瓶；等 3 项"


async def test_the_dealer_is_reminded_by_one_press_and_a_second_rep_reads_who_did(
    chat: Chat, shop: Shop, world: World
) -> None:
    _, other = await shop.another_rep()
    await run_short(world, shop)
    await chat.deliver()
    await chat.press(shop.userid, "remind")
    await chat.press(other, "remind")
    await chat.deliver()
    reminded = [title for title in await titles(shop.buyer) if title.startswith("请处理库存预警")]
    assert len(reminded) == 1 and shop.rep.actor.name in reminded[0]
    (text,) = await chat.texts(other)
    assert f"{shop.rep.actor.name}" in text and "已提醒" in text
    assert (await chat.cards(shop.userid))[-1]["grey"] == (await chat.cards(other))[-1]["grey"] == "已提醒"


async def test_what_a_rep_puts_off_on_the_card_comes_back_to_him_and_not_to_the_dealer(
    chat: Chat, shop: Shop, world: World
) -> None:
    await run_short(world, shop, count=1)
    await chat.deliver()
    await chat.press(shop.userid, "later", reject_reason="7")
    await chat.deliver()
    (asleep,) = (await shop.rep.get("/alerts", params={"show": "snoozed"}))["items"]
    assert asleep["care"]["snoozed_until"] == (clock.today() + timedelta(days=7)).isoformat()
    assert len((await shop.buyer.get("/alerts"))["items"]) == 1
    assert (await chat.cards(shop.userid))[-1]["grey"] == "稍后提醒"
    await db.run("UPDATE alert_care SET snoozed_until = $1", clock.today())
    await look.look(world.brand.id)
    await chat.deliver()
    assert any(title.startswith("稍后提醒：") for title in await titles(shop.rep))
