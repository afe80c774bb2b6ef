"""A transfer, asked in the chat: what its card says, where it opens, and who hears what became of it."""

from __future__ import annotations

from tests.bot.conftest import Chat, Shop
from tests.bot.test_authority_notices import titles
from tests.world import User, number


async def proposed(shop: Shop) -> tuple[User, User, str, int]:
    """Two cases between two dealers, proposed by the brand; giver, taker, the manager's userid, the transfer."""
    world = shop.world
    userid = f"manager{number()}"
    await world.user(world.brand, "brand_manager", wecom=userid)
    other = await world.dealer(name="株洲糖酒")
    giver, taker = await world.boss(shop.dealer), await world.boss(other)
    await world.stock(shop.dealer, shop.goods[0], 96)
    lines = [{"product_id": shop.goods[0].id, "qty": 48}]
    body = {"lines": lines, "reason": "那边缺货", "from_org_id": shop.dealer.id, "to_org_id": other.id}
    made = await world.admin.post("/transfers", body, 201)
    return giver, taker, userid, int(made["id"])


async def test_a_manager_reads_what_goes_where_and_why_and_approves_it_on_the_card(chat: Chat, shop: Shop) -> None:
    giver, taker, manager, transfer = await proposed(shop)
    await chat.deliver()
    (card,) = await chat.cards(manager)
    shown = card["content"]
    assert shown["main_title"]["title"].startswith("调拨审批 DB") and shown["quote_area"]["title"] == "株洲糖酒"
    rows = {row["keyname"]: row["value"] for row in shown["horizontal_content_list"]}
    assert rows["原因"] == "那边缺货" and rows["调入"].startswith("株洲糖酒")
    assert "×48" in str(shown)
    assert shown["card_action"]["url"].endswith(f"/console/transfers/{transfer}")
    await chat.press(manager, "approve")
    await chat.deliver()
    assert (await chat.cards(manager))[-1]["grey"]
    assert [title for title in await titles(giver) if title.startswith("有调拨待发出")] != []
    await giver.post(f"/transfers/{transfer}/issue")
    await chat.deliver()
    assert [title for title in await titles(taker) if title.startswith("调拨已发出")] != []


async def test_the_reason_chosen_on_the_card_ends_the_transfer_and_reaches_who_proposed_it(
    chat: Chat, shop: Shop
) -> None:
    giver, _, manager, transfer = await proposed(shop)
    await chat.deliver()
    await chat.press(manager, "reject", reject_reason="quantity")
    await chat.deliver()
    found = await shop.world.admin.get(f"/transfers/{transfer}")
    assert (found["state"], found["ending"]) == ("rejected", "数量不合理")
    (told,) = [title for title in await titles(shop.world.admin) if title.startswith("调拨被驳回")]
    assert told.endswith("：数量不合理")
    assert [title for title in await titles(giver) if "待发出" in title] == []
