"""Diversions and recalls in the chat and the inboxes: one card, one effect, and everybody sees how it stands."""

from __future__ import annotations

import asyncio

from tests.bot.conftest import Chat
from tests.bot.test_authority_notices import titles
from tests.trace.street import Street, a_street
from tests.world import User, World, number


async def diverted(world: World) -> tuple[Street, User, str, int]:
    """A diversion of a dealer with a rep in the chat; the case's id."""
    street = await a_street(world)
    userid = f"rep{number()}"
    rep = await world.user(world.brand, "brand_rep", [street.dealer], wecom=userid)
    (code,) = await street.codes(1)
    await street.sold([code])
    await street.far_owner.post("/trace/scans", {"code": code}, 201)
    (case,) = (await rep.get("/diversions"))["items"]
    return street, rep, userid, case["id"]


async def test_a_diversion_comes_as_a_card_to_the_rep_and_as_a_notice_to_the_dealer(chat: Chat, world: World) -> None:
    street, rep, userid, case_id = await diverted(world)
    await chat.deliver()
    (card,) = await chat.cards(userid)
    content = card["content"]
    assert content["main_title"]["title"].startswith("疑似窜货 CH")
    assert content["quote_area"]["title"] == "杭州糖酒"
    rows = {row["keyname"]: row["value"] for row in content["horizontal_content_list"]}
    assert (rows["商品"], rows["地点"]) == (street.goods.name, "浙江省宁波市海曙区")
    assert [button["text"] for button in content["button_list"]] == ["不是窜货", "我来处理"]
    assert content["card_action"]["url"].endswith(f"/console/diversions/{case_id}")
    (told,) = [title for title in await titles(street.boss) if title.startswith("疑似窜货")]
    assert told.endswith(f"{street.goods.name}，浙江省宁波市海曙区，请在判定前向业务员说明情况")
    assert [title for title in await titles(street.owner) if "窜货" in title] == []
    assert (await rep.get("/notices"))["items"][0]["link"] == f"diversion/{case_id}"


async def test_of_two_reps_who_press_at_once_one_takes_the_case_and_the_other_is_told_who(
    chat: Chat, world: World
) -> None:
    street, rep, userid, case_id = await diverted(world)
    other_id = f"rep{number()}"
    other = await world.user(world.brand, "brand_rep", [street.dealer], wecom=other_id)
    # The second rep came after the card was made out: he gets his with the next case.
    await chat.deliver()
    await chat.press(userid, "take")
    await chat.deliver()
    assert (await rep.get(f"/diversions/{case_id}"))["taken_by_name"] == rep.actor.name
    assert (await chat.cards(userid))[-1]["grey"] == "处理中"
    shown = (await chat.cards(userid))[-1]["content"]["quote_area"]["quote_text"]
    assert rep.actor.name in shown and "已受理" in shown
    codes = await street.codes(1)
    await street.sold(codes)
    await street.far_owner.post("/trace/scans", {"code": codes[0]}, 201)
    await chat.deliver()
    await asyncio.gather(chat.press(userid, "take"), chat.press(other_id, "take"))
    await chat.deliver()
    second = (await rep.get("/diversions"))["items"][0]
    winner, loser = (rep, other_id) if second["taken_by_name"] == rep.actor.name else (other, userid)
    (text,) = await chat.texts(loser)
    assert f"窜货单 {second['number']}" in text and f"{winner.actor.name}已经在处理" in text
    assert (await chat.cards(userid))[-1]["grey"] == (await chat.cards(other_id))[-1]["grey"] == "处理中"


async def test_the_reason_chosen_on_the_card_reaches_the_dealer(chat: Chat, world: World) -> None:
    street, rep, userid, case_id = await diverted(world)
    await chat.deliver()
    await chat.press(userid, "not_diversion", reject_reason="carried")
    await chat.deliver()
    case = await rep.get(f"/diversions/{case_id}")
    assert (case["verdict"], case["reason"], case["weight"]) == ("not_diversion", "顾客自己带去的", 0)
    assert (await chat.cards(userid))[-1]["grey"] == "不是窜货"
    told = (await titles(street.boss))[-1]
    assert told == f"窜货已判定 {case['number']}｜不是窜货。顾客自己带去的"


async def test_what_the_dealer_says_reaches_the_rep_who_has_taken_the_case(chat: Chat, world: World) -> None:
    street, rep, _, case_id = await diverted(world)
    colleague = await world.user(world.brand, "brand_rep", [street.dealer])
    await rep.post(f"/diversions/{case_id}/take")
    await street.boss.post(f"/diversions/{case_id}/state", {"text": "门店自己转卖的"})
    await chat.deliver()
    assert (await titles(rep))[-1].endswith("｜杭州糖酒：门店自己转卖的")
    assert [title for title in await titles(colleague) if "已说明" in title] == []


async def test_a_recall_is_told_to_all_who_have_the_goods_and_to_nobody_else(chat: Chat, world: World) -> None:
    street = await a_street(world)
    issue = await street.issue(world.admin, street.boss, 2)
    await street.boss.post(f"/goods-issues/{issue}/receive", {})
    issue = await street.issue(street.boss, street.owner, 1)
    await street.owner.post(f"/goods-issues/{issue}/receive", {})
    body = {"product_id": street.goods.id, "lot_code": "L1", "reason": "瓶盖松动", "instruction": "下架"}
    recall = await world.admin.post("/recalls", body, 201)
    await chat.deliver()
    await world.admin.post(f"/recalls/{recall['id']}/end", {"outcome": "检测合格", "sell_again": True})
    await chat.deliver()
    for who in (street.boss, street.owner):
        assert [title for title in await titles(who) if "召回" in title] == [
            f"召回 {street.goods.name} 批次 L1｜瓶盖松动。下架",
            f"召回已结束 {recall['number']}｜{street.goods.name} 批次 L1：检测合格，可以恢复销售",
        ]
    assert [title for title in await titles(street.far_owner) if "召回" in title] == []
