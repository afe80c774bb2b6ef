"""What people read of returns: the rep on a card, both sides in the inbox; and how he decides there. (S3.3, B1)"""

from __future__ import annotations

from typing import Any

from tests.bot.conftest import Chat, Shop
from tests.bot.test_authority_notices import titles
from tests.returns.test_returns import buy
from tests.world import number


async def asked(shop: Shop) -> tuple[Any, Any]:
    """A dealer asks the brand to take back two bottles of what he has bought."""
    boss = await shop.world.boss(shop.dealer)
    await shop.world.stock(shop.world.brand, shop.goods[0], 24, f"L{number()}")
    await buy(shop.world, boss, shop.world.admin, shop.goods[0], 24)
    lines = [{"product_id": shop.goods[0].id, "qty": 2, "reason": "damaged"}]
    return boss, await boss.post("/returns", {"lines": lines, "note": "外箱受潮"}, 201)


async def test_the_rep_decides_on_a_card_and_both_sides_read_how_it_goes_on(chat: Chat, shop: Shop) -> None:
    boss, made = await asked(shop)
    await chat.deliver()
    (shown,) = [
        card["content"]
        for card in await chat.cards(shop.userid)
        if card["content"]["main_title"]["title"].startswith("退货审批")
    ]
    assert shown["quote_area"] == {"title": shop.dealer.name, "quote_text": "退货金额 ¥6.00"}
    rows = {row["keyname"]: row["value"] for row in shown["horizontal_content_list"]}
    assert (rows["原因"], rows["备注"], rows["退给"]) == ("破损", "外箱受潮", shop.world.brand.name)
    await chat.press(shop.userid, "approve")
    await boss.post(f"/returns/{made['id']}/issue", {})
    await shop.world.admin.post(f"/returns/{made['id']}/receive", {})
    await chat.deliver()
    told = [title for title in await titles(boss) if "退货" in title]
    assert [title.partition(" ")[0] for title in told if title.startswith("退货已通过")] == ["退货已通过"]
    assert [title for title in told if title.startswith("退货已收货")][0].endswith("¥6.00 已冲减欠款")
    assert [title for title in await titles(shop.world.admin) if title.startswith("退货已发出")]
