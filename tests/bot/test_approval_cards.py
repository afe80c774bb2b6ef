"""A dealer's order in the chat: the card, the press, and what everybody sees afterwards."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from bot import callback
from bot.wecom.client import WeComRetryable
from bot.wecom.events import CardPressed
from server.approvals import service as approvals
from server.core import clock, db
from server.core.outbox import announce
from tests.bot.conftest import Chat, Shop
from tests.world import number


async def grey(chat: Chat, userid: str) -> str:
    """What stands in place of the buttons of a member's last card; '' while they are live."""
    return str((await chat.cards(userid))[-1]["grey"])


async def test_the_card_tells_a_rep_all_he_needs_to_decide(chat: Chat, shop: Shop) -> None:
    await shop.world.credit(shop.world.brand, shop.dealer, 10_000)
    more = await shop.world.products(1, guide_fen=500)
    await shop.world.offer(shop.world.brand, more)
    order = await shop.world.order(shop.buyer, [(shop.goods[0], 30), (more[0], 6)])
    await chat.deliver()
    (card,) = await chat.cards(shop.userid)
    content = card["content"]
    assert order.number in content["main_title"]["title"]
    assert content["quote_area"]["title"] == shop.dealer.name
    # 30 × 3.00 + 6 × 5.00 = 120.00
    assert content["quote_area"]["quote_text"] == "合计 ¥120.00"
    assert "×30瓶" in content["sub_title_text"] and "×6瓶" in content["sub_title_text"]
    rows = {row["keyname"]: row["value"] for row in content["horizontal_content_list"]}
    # The second product was never put in stock; 120.00 is 20.00 more than the limit of 100.00.
    assert rows["库存"] == "1 种不足" and rows["信用剩余"] == "¥100.00，将超 ¥20.00"
    assert content["card_action"]["url"].endswith(f"/#/pages/order/detail?id={order.id}")
    assert [button["key"] for button in content["button_list"]] == ["reject", "approve"]


async def test_a_press_decides_at_once_and_every_copy_of_the_card_says_so(chat: Chat, shop: Shop) -> None:
    _, other = await shop.another_rep()
    (order,) = await shop.orders(1)
    await chat.deliver()
    assert (await chat.press(shop.userid, "approve"))["outcome"] == "delivered"
    assert await shop.state(order) == "approved"
    await chat.deliver()
    assert await grey(chat, shop.userid) == await grey(chat, other) == "待出库"
    shown = (await chat.cards(other))[-1]["content"]["quote_area"]["quote_text"]
    assert shop.rep.actor.name in shown and "已通过" in shown
    assert await chat.texts(shop.userid) == await chat.texts(other) == []


async def test_the_reason_chosen_on_the_card_reaches_the_dealer(chat: Chat, shop: Shop) -> None:
    first, second = await shop.orders(2)
    await chat.deliver()
    await chat.press(shop.userid, "reject", reject_reason="credit")
    assert (await shop.buyer.get(f"/orders/{second.id}"))["reason"] == "超出信用额度"
    task = (await chat.cards(shop.userid))[0]["task_id"]
    await chat.tell("press", userid=shop.userid, task_id=task, button_key="reject", selected={})
    assert (await shop.buyer.get(f"/orders/{first.id}"))["reason"] == "其他，请电话联系"


async def test_two_reps_pressing_at_the_same_moment_make_one_decision_and_the_loser_is_told_who_was_faster(
    chat: Chat, shop: Shop
) -> None:
    other_rep, other = await shop.another_rep()
    (order,) = await shop.orders(1)
    await chat.deliver()
    await asyncio.gather(chat.press(shop.userid, "approve"), chat.press(other, "reject"))
    await chat.deliver()
    state = await shop.state(order)
    assert state in ("approved", "rejected")
    winner, loser = (shop.rep, other) if state == "approved" else (other_rep, shop.userid)
    (told,) = await chat.texts(loser)
    assert winner.actor.name in told and "没有重复处理" in told
    events = (await shop.buyer.get(f"/orders/{order.id}"))["events"]
    assert [event["verb"] for event in events] == ["submit", "approve" if state == "approved" else "reject"]
    assert await grey(chat, loser) != ""


async def test_a_press_that_wecom_delivers_three_times_is_one_decision_and_one_answer(chat: Chat, shop: Shop) -> None:
    await shop.world.two_steps(shop.world.admin, 1000)
    (order,) = await shop.orders(1)
    await chat.deliver()
    task = (await chat.cards(shop.userid))[-1]["task_id"]
    press = CardPressed(shop.userid, 1000002, task, "approve", "", {}, 1_800_000_000)
    await asyncio.gather(*(callback.receive(press) for _ in range(3)))
    await chat.deliver()
    verbs = [event["verb"] for event in (await shop.buyer.get(f"/orders/{order.id}"))["events"]]
    assert verbs == ["submit", "pass_on"]
    assert await chat.texts(shop.userid) == []


async def test_an_approval_that_cannot_be_says_why_and_the_card_can_be_pressed_again(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1, qty=1001)
    _, other = await shop.another_rep()
    await chat.deliver()
    for _ in range(2):
        await chat.press(shop.userid, "approve")
        await chat.deliver()
        await chat.tell("clock", seconds=5)
    assert await shop.state(order) == "submitted"
    first, second = await chat.texts(shop.userid)
    assert all("没有处理成功" in text and "库存" in text for text in (first, second))
    card = (await chat.cards(shop.userid))[-1]
    assert card["grey"] == "" and len(card["versions"]) == 3  # as sent, and given back twice
    await shop.world.stock(shop.world.brand, shop.goods[0], 500, lot="L2")
    await chat.press(shop.userid, "approve")
    assert await shop.state(order) == "approved"
    await chat.deliver()
    assert await grey(chat, shop.userid) == "待出库"


async def test_a_press_of_somebody_who_may_not_decide_changes_nothing(chat: Chat, shop: Shop) -> None:
    stranger = f"rep{number()}"
    elsewhere = await shop.world.dealer()
    await shop.world.user(shop.world.brand, "brand_rep", [elsewhere], wecom=stranger)
    (order,) = await shop.orders(1)
    await chat.deliver()
    card = (await chat.cards(shop.userid))[-1]
    # He got it forwarded: the sandbox is told that he has it too.
    await chat.wecom.send_card([stranger, "nobody-knows"], card["content"] | {"task_id": "approval-1-x"})
    for userid in (stranger, "nobody-knows"):
        await callback.receive(CardPressed(userid, 1, card["task_id"], "approve", f"code-{userid}", {}, 1_800_000_001))
    await callback.receive(CardPressed(shop.userid, 1, "approval-oops", "approve", "code", {}, 1_800_000_002))
    await callback.receive(CardPressed(shop.userid, 1, "approval-99999999-1", "approve", "code", {}, 1_800_000_003))
    await chat.deliver()
    assert await shop.state(order) == "submitted"
    assert "没有找到" in (await chat.texts(stranger))[-1]
    assert "没有找到对应的账号" in (await chat.texts("nobody-knows"))[-1]


async def test_a_frozen_rep_cannot_decide_any_more(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await shop.world.admin.post(f"/accounts/{shop.rep.account_id}/freeze", {"reason": "离职"})
    await chat.press(shop.userid, "approve")
    await chat.deliver()
    assert await shop.state(order) == "submitted"
    assert "离职" in (await chat.texts(shop.userid))[-1]


async def test_a_large_order_goes_to_the_manager_after_the_rep_and_each_sees_his_own_step(
    chat: Chat, shop: Shop
) -> None:
    manager = f"manager{number()}"
    await shop.world.user(shop.world.brand, "brand_manager", wecom=manager)
    await shop.world.two_steps(shop.world.admin, 1000)
    (order,) = await shop.orders(1)
    await chat.deliver()
    assert await chat.cards(manager) == []
    await chat.press(shop.userid, "approve")
    await chat.deliver()
    assert await grey(chat, shop.userid) == "待复审"
    (second,) = await chat.cards(manager)
    assert second["grey"] == "" and "复审" in second["content"]["main_title"]["title"]
    await chat.press(manager, "approve")
    await chat.deliver()
    assert await shop.state(order) == "approved"
    assert await grey(chat, manager) == "待出库"
    (told,) = await chat.texts(shop.userid)  # his card was changed once already, which is all that WeCom allows
    assert order.number in told and "已通过" in told


async def test_the_second_decider_reads_on_the_card_what_the_first_proposed(chat: Chat, shop: Shop) -> None:
    manager = f"manager{number()}"
    await shop.world.user(shop.world.brand, "brand_manager", wecom=manager)
    await shop.world.two_steps(shop.world.admin, 1000)
    await shop.world.credit(shop.world.brand, shop.dealer, 10_000)
    # 1,200 pieces, of which there are 1,000, at 3.00; the rep lets 50 pass.
    (order,) = await shop.orders(1, qty=1_200)
    await shop.rep.post(f"/orders/{order.id}/approve", {"lines": [{"line_no": 1, "approved_qty": 50}]})
    await chat.deliver()
    content = (await chat.cards(manager))[-1]["content"]
    proposed = f"合计 ¥3,600.00，{shop.rep.actor.name} 建议通过 ¥150.00（部分）"
    assert content["quote_area"]["quote_text"] == proposed
    rows = {row["keyname"]: row["value"] for row in content["horizontal_content_list"]}
    # What is proposed counts: there is enough of it, and it is 50.00 more than the limit of 100.00.
    assert rows["库存"] == "充足" and rows["信用剩余"] == "¥100.00，将超 ¥50.00"


async def test_a_decision_made_in_the_app_shows_on_the_cards(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await shop.world.admin.post(f"/orders/{order.id}/reject", {"reason": "停产"})
    await chat.deliver()
    assert await grey(chat, shop.userid) == "已驳回"
    assert "停产" in (await chat.cards(shop.userid))[-1]["content"]["quote_area"]["quote_text"]


async def test_an_order_decided_before_its_card_went_out_sends_none(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await shop.world.admin.post(f"/orders/{order.id}/approve", {})
    await chat.deliver()
    assert await chat.of(shop.userid) == []
    title = await db.value("SELECT title FROM notice WHERE account_id = $1", shop.rep.account_id)
    assert title == f"新订单 {order.number}"


async def test_after_three_days_a_text_says_what_the_card_cannot_show_any_more(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await chat.tell("clock", seconds=73 * 3600)
    with clock.frozen(clock.now() + timedelta(hours=73)):
        await shop.world.admin.post(f"/orders/{order.id}/approve", {})
        await chat.deliver()
        await db.run("UPDATE outbox SET state = 'pending' WHERE channel = 'wecom_update'")
        await chat.deliver()  # as if it were sent again: nothing is said twice
    (told,) = await chat.texts(shop.userid)
    assert order.number in told and "已通过" in told


async def test_a_bot_that_died_after_sending_shows_the_card_once_and_the_decision_still_arrives(
    chat: Chat, shop: Shop
) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await db.run("DELETE FROM chat_card WHERE root_id = $1", order_root(shop))
    await db.run(
        "UPDATE outbox SET state = 'pending', delivered_at = NULL WHERE root_id = $1 AND channel = 'wecom_card'",
        order_root(shop),
    )
    await shop.world.credit(shop.world.brand, shop.dealer, 1_000_000)  # the card would say something else now
    await chat.deliver()
    assert len(await chat.cards(shop.userid)) == 1
    await shop.world.admin.post(f"/orders/{order.id}/approve", {})
    await chat.deliver()
    (told,) = await chat.texts(shop.userid)  # WeCom has told no code the second time
    assert order.number in told and "已通过" in told


async def test_of_two_cards_the_one_that_is_done_is_left_alone_when_the_other_is_tried_again(
    chat: Chat, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = f"manager{number()}"
    await shop.world.user(shop.world.brand, "brand_manager", wecom=manager)
    (order,) = await shop.orders(1)
    await chat.deliver()
    await db.run("UPDATE approval SET escalated_at = now() WHERE root_id = $1", order_root(shop))
    await announce(order_root(shop), "approval.escalated", order.id)
    await chat.deliver()
    assert len(await chat.cards(manager)) == 1
    # Both codes are past their time, so both are told by a text; the second one fails once.
    await db.run("UPDATE chat_card SET code_until = now() - interval '1 hour'")
    send, calls = chat.dispatcher.delivery.wecom.send_text, []

    async def failing_once(userids: list[str], text: str) -> Any:
        calls.append(userids)
        if len(calls) == 2:
            raise WeComRetryable(0, "没有在时限内回答")
        return await send(userids, text)

    monkeypatch.setattr(chat.dispatcher.delivery.wecom, "send_text", failing_once)
    await shop.world.admin.post(f"/orders/{order.id}/approve", {})
    deadline = time.monotonic() + 15
    while len(calls) < 3:
        assert time.monotonic() < deadline
        if not await chat.dispatcher.step():
            await asyncio.sleep(0.02)
    assert calls == [[shop.userid], [manager], [manager]]


async def test_an_order_on_hold_cannot_be_approved_from_the_chat_and_says_why(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await shop.world.admin.post(f"/orders/{order.id}/hold", {"reason": "等信用复核"})
    await chat.press(shop.userid, "approve")
    await chat.deliver()
    assert await shop.state(order) == "on_hold"
    (told,) = await chat.texts(shop.userid)
    assert order.number in told and "挂起" in told
    assert await grey(chat, shop.userid) == ""


async def test_a_card_that_lost_its_code_gets_one_with_the_next_press(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await db.run("UPDATE chat_card SET response_code = NULL, code_until = NULL")
    await chat.press(shop.userid, "approve")
    await chat.deliver()
    assert await grey(chat, shop.userid) == "待出库" and await chat.texts(shop.userid) == []


async def test_a_cancelled_order_is_told_to_both_sides_and_its_card_is_closed(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await shop.buyer.post(f"/orders/{order.id}/cancel", {"reason": "订错了"})
    await chat.deliver()
    assert await grey(chat, shop.userid) == "已取消"
    assert (await approvals.facts_of(order_root(shop), "order", order.id)).state == "void"  # type: ignore[union-attr]


def order_root(shop: Shop) -> int:
    """The brand that the shop belongs to."""
    return int(shop.world.brand.id)
