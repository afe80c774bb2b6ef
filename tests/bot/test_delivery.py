"""Messages arrive once and in their order, whatever WeCom and the bot go through."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.wecom.client import WeComRetryable
from server.core import clock, db
from server.notify import queries
from server.notify.queries import Message
from tests.bot.conftest import Chat, Shop
from tests.world import World, number


async def leave(root_id: int, stream: str, text: str, *userids: str) -> None:
    """Leave a text in the outbox."""
    key = f"test:{number()}"
    payload = {"userids": list(userids), "text": text}
    message = Message(root_id, "wecom_text", "test", 0, stream, key, payload)
    await queries.enqueue([message], clock.now())


async def states(root_id: int, channel: str = "wecom_text") -> list[str]:
    """What became of a brand's messages, in their order."""
    found = await db.rows("SELECT state FROM outbox WHERE root_id = $1 AND channel = $2 ORDER BY id", root_id, channel)
    return [item["state"] for item in found]


async def test_while_wecom_is_down_nothing_is_lost_and_afterwards_all_cards_arrive_in_order(
    chat: Chat, shop: Shop
) -> None:
    await chat.tell("mode", mode="down")
    placed = await shop.orders(20)
    for _ in range(5):
        await chat.dispatcher.step()
        await asyncio.sleep(0.02)
    assert await chat.of(shop.userid) == []
    await chat.tell("mode", mode="up")
    await arrived(chat, shop.userid, 20)
    titles = [card["content"]["main_title"]["title"] for card in await chat.cards(shop.userid)]
    assert titles == [f"采购订单审批 {order.number}" for order in placed]
    assert set(await states(shop.world.brand.id, "wecom_card")) == {"delivered"}


async def arrived(chat: Chat, userid: str, count: int) -> None:
    """Let the bot work until a member has got so many messages."""
    deadline = time.monotonic() + 20
    while len(await chat.of(userid)) < count:
        assert time.monotonic() < deadline, await chat.of(userid)
        if not await chat.dispatcher.step():
            await asyncio.sleep(0.02)


async def test_while_wecom_limits_the_rate_messages_wait_and_none_is_lost(chat: Chat, world: World) -> None:
    await chat.tell("mode", mode="rate_limited")
    for word in "abc":
        await leave(world.brand.id, "member:li", word, "li")
    await chat.dispatcher.step()
    assert await states(world.brand.id) == ["pending"] * 3
    await chat.tell("mode", mode="up")
    await arrived(chat, "li", 3)
    assert await chat.texts("li") == ["a", "b", "c"]


async def test_messages_that_fail_side_by_side_lengthen_the_pause_once(chat: Chat, world: World) -> None:
    await chat.tell("mode", mode="down")
    for index in range(10):
        await leave(world.brand.id, f"member:{index}", "hello", f"member-{index}")
    chat.dispatcher.longest_pause = 60.0
    before = clock.now()
    await chat.dispatcher.step()
    waits = await db.rows("SELECT next_at, attempts FROM outbox WHERE root_id = $1", world.brand.id)
    assert {item["attempts"] for item in waits} == {1}
    # the first pause is half a second; counted ten times it would be four minutes
    assert max(item["next_at"] for item in waits) < before + timedelta(seconds=10)


async def test_a_message_that_wecom_never_takes_does_not_hold_up_the_others(
    chat: Chat, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = chat.dispatcher.delivery.wecom.send_text

    async def poisoned(userids: list[str], text: str) -> Any:
        if text == "poison":
            raise WeComRetryable(0, "没有在时限内回答")
        return await send(userids, text)

    monkeypatch.setattr(chat.dispatcher.delivery.wecom, "send_text", poisoned)
    await leave(world.brand.id, "member:li", "poison", "li")
    await leave(world.brand.id, "member:wang", "hello", "wang")
    await arrived(chat, "wang", 1)
    assert await states(world.brand.id) == ["pending", "delivered"]


async def test_a_member_who_has_had_enough_waits_in_order_and_the_others_do_not_wait_for_him(
    chat: Chat, world: World
) -> None:
    for index in range(250):
        await leave(world.brand.id, f"approval:{index}", str(index), "busy")
    await leave(world.brand.id, "approval:1000", "hello", "calm")
    await chat.deliver()
    # 28 a minute, two fewer than what WeCom drops without a word
    assert await chat.texts("busy") == [str(index) for index in range(28)]
    assert await chat.texts("calm") == ["hello"]
    await chat.tell("clock", seconds=61)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        await chat.deliver()
    assert await chat.texts("busy") == [str(index) for index in range(56)]
    assert (await chat.http.get("/sandbox/deliveries")).json()["dropped"] == {}


async def test_a_bot_that_takes_over_knows_what_members_were_sent(chat: Chat, world: World) -> None:
    for index in range(40):
        await leave(world.brand.id, f"approval:{index}", str(index), "busy")
    await chat.deliver()
    assert len(await chat.texts("busy")) == 28
    other = chat.another_bot()
    await other.take_over()
    await other.step()
    assert len(await chat.texts("busy")) == 28


async def test_what_a_dead_bot_had_in_hand_is_sent_at_once_by_the_next_and_shown_once(chat: Chat, world: World) -> None:
    await leave(world.brand.id, "member:li", "first", "li")
    await leave(world.brand.id, "member:li", "second", "li")
    async with db.transaction():
        taken = await queries.take_messages(clock.now(), ["wecom_text"], 10)
        assert [item["payload"] for item in taken if "first" not in item["payload"]] == []  # one at a time
        await queries.lease(taken, clock.now() + timedelta(seconds=60))
    await chat.wecom.send_text(["li"], "first")  # sent, and then it died
    await chat.dispatcher.step()
    assert await chat.texts("li") == ["first"]
    other = chat.another_bot()
    await other.take_over()
    while await other.step():
        pass
    assert await chat.texts("li") == ["first", "second"]
    assert await states(world.brand.id) == ["delivered", "delivered"]


async def test_nothing_overtakes_within_a_stream_even_when_the_first_waits(chat: Chat, world: World) -> None:
    await leave(world.brand.id, "approval:7", "first", "li")
    await leave(world.brand.id, "approval:7", "second", "wang")
    await db.run(
        "UPDATE outbox SET next_at = next_at + interval '1 hour' WHERE root_id = $1 AND payload->>'text' = 'first'",
        world.brand.id,
    )
    await chat.deliver()
    assert await states(world.brand.id) == ["pending", "pending"]
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await chat.deliver()
    assert await states(world.brand.id) == ["delivered", "delivered"]


async def test_an_event_that_cannot_be_expanded_is_put_aside_visibly_and_the_others_go_on(
    chat: Chat, shop: Shop
) -> None:
    insert = (
        "INSERT INTO outbox (root_id, channel, topic, subject_id, payload, next_at, created_at) "
        "VALUES ($1, 'event', $2, $3, $4::text::jsonb, $5, $5)"
    )
    root_id, moment = shop.world.brand.id, clock.now()
    await db.run(insert, root_id, "payment.registered", 1, "{}", moment)  # no buyer
    await db.run(insert, root_id, "payment.registered", 1, '{"buyer_id": 99999999999999999999}', moment)
    (order,) = await shop.orders(1)
    await chat.deliver()
    assert len(await chat.cards(shop.userid)) == 1
    for hours in range(1, 9):
        with clock.frozen(moment + timedelta(hours=hours)):
            await chat.deliver()
    failed = (await shop.world.admin.get("/outbox?state=failed"))["items"]
    assert [item["topic"] for item in failed] == ["payment.registered"] * 2
    assert all(item["attempts"] == 8 and "KeyError" in item["last_error"] for item in failed)


async def test_hundreds_of_events_cost_a_fixed_number_of_statements(chat: Chat, shop: Shop) -> None:
    counts = []
    for batch in (1, 50):
        await shop.orders(batch)
        counter = db.count_statements()
        await chat.dispatcher.expand()
        counts.append(counter.count)
    assert counts[0] == counts[1] <= 10  # begin, take, order, approval, deciders, 3 writes, mark, commit


async def test_a_failed_message_is_shown_in_words_and_sent_again_by_whoever_may(chat: Chat, shop: Shop) -> None:
    await chat.http.post("/sandbox/mode", json={"mode": "up"})
    (order,) = await shop.orders(1)
    await chat.dispatcher.expand()
    await db.run(
        "UPDATE outbox SET payload = jsonb_set(payload, '{task_id}', '\"not ok\"') "
        "WHERE root_id = $1 AND channel = 'wecom_card'",
        shop.world.brand.id,
    )
    await chat.deliver()
    (failed,) = (await shop.world.admin.get("/outbox?state=failed"))["items"]
    assert failed["channel"] == "wecom_card" and "not a task id" in failed["last_error"]
    await db.run(
        "UPDATE outbox SET payload = jsonb_set(payload, '{task_id}', '\"approval-1-mended\"') WHERE id = $1",
        failed["id"],
    )
    manager = await shop.world.user(shop.world.brand, "brand_manager")
    assert len((await manager.get("/outbox?state=failed"))["items"]) == 1
    await manager.post(f"/outbox/{failed['id']}/retry", status=403)
    for stranger in (shop.rep, shop.buyer):
        await stranger.get("/outbox?state=failed", 403)
    elsewhere = await World.create(shop.world.http)
    await elsewhere.admin.post(f"/outbox/{failed['id']}/retry", status=404)
    await shop.world.admin.post(f"/outbox/{failed['id']}/retry", status=204)
    await chat.deliver()
    assert len(await chat.cards(shop.userid)) == 1
    again = await shop.world.admin.post(f"/outbox/{failed['id']}/retry", status=409)
    assert again["code"] == "not_failed"


async def test_the_keeper_reads_what_each_message_is_about_and_for_whom(chat: Chat, shop: Shop) -> None:
    await chat.tell("mode", mode="up")
    (order,) = await shop.orders(1)
    admin, root_id = shop.world.admin, shop.world.brand.id
    (event,) = (await admin.get("/outbox?state=pending"))["items"]
    about = {"kind": "order", "id": order.id, "name": order.number}
    assert (event["title"], event["subject"], event["recipients"]) == ("新订单", about, [])
    await chat.deliver()
    await shop.rep.post(f"/orders/{order.id}/approve", {"lines": None})
    await chat.dispatcher.expand()
    waiting = {item["channel"]: item for item in (await admin.get("/outbox?state=pending"))["items"]}
    assert (waiting["wecom_update"]["subject"], waiting["wecom_update"]["recipients"]) == (about, [shop.rep.actor.name])
    done = {item["channel"]: item for item in (await admin.get("/outbox?state=delivered"))["items"]}
    assert (done["wecom_card"]["subject"], done["wecom_card"]["recipients"]) == (about, [shop.rep.actor.name])
    await leave(root_id, "member:li", "今天有 3 张订单", "li", shop.userid)
    await leave(root_id, "", "给没有账号的成员", "nobody-here")
    stranger, known = (await admin.get("/outbox?state=pending"))["items"][:2]
    assert (known["recipients"], known["text"], known["subject"]) == (
        ["li", shop.rep.actor.name],
        "今天有 3 张订单",
        None,
    )
    assert stranger["recipients"] == ["nobody-here"]


async def test_a_refusal_of_wecom_is_shown_in_the_keepers_language(chat: Chat, world: World) -> None:
    await leave(world.brand.id, "member:li", "", "li")  # WeCom refuses an empty text
    await chat.deliver()
    (failed,) = (await world.admin.get("/outbox?state=failed"))["items"]
    assert failed["last_error"] == "消息内容为空(44004 empty content)"


async def test_slow_wecom_does_not_hold_up_the_inbox(chat: Chat, shop: Shop) -> None:
    await chat.tell("mode", mode="slow", seconds=30)
    running = asyncio.create_task(chat.dispatcher.run())
    try:
        for _ in range(2):  # the second is told while the first one's card is still on its way
            (order,) = await shop.orders(1)
            title = "SELECT id FROM notice WHERE account_id = $1 AND title = $2"
            deadline = time.monotonic() + 15
            while not await db.value(title, shop.rep.account_id, f"新订单 {order.number}"):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.02)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await chat.dispatcher.leader.resign()
        await chat.tell("mode", mode="up")
    assert await states(shop.world.brand.id, "wecom_card") == ["pending", "pending"]


async def test_without_credentials_messages_stay_visible_in_the_outbox(chat: Chat, shop: Shop) -> None:
    settings = chat.dispatcher.settings
    chat.dispatcher.settings = replace(settings, wecom=replace(settings.wecom, secret=""))
    await shop.orders(1)
    await chat.deliver()
    waiting = (await shop.world.admin.get("/outbox?state=pending"))["items"]
    assert [item["channel"] for item in waiting] == ["wecom_card"]
    chat.dispatcher.settings = settings
    await chat.deliver()
    assert len(await chat.cards(shop.userid)) == 1


async def test_a_wechat_message_opens_the_order_and_spends_the_grant(chat: Chat, shop: Shop) -> None:
    openid, account_id = f"o{number()}", shop.buyer.account_id
    await db.run(
        "INSERT INTO wechat_binding (app_id, openid, account_id) VALUES ($1, $2, $3)",
        chat.settings.wechat.app_id, openid, account_id,
    )  # fmt: skip
    template = chat.settings.wechat.template_order
    # The app has counted two grants, WeChat knows of one: he has withdrawn the other in WeChat's settings.
    for _ in range(2):
        await shop.buyer.post("/me/subscriptions", {"template_id": template, "accepted": True}, 204)
    await chat.tell("grants", openid=openid, template_id=template, count=1)
    first, second = await shop.orders(2)
    for order in (first, second):
        await shop.world.admin.post(f"/orders/{order.id}/approve", {})
        await chat.deliver()
    (told,) = await chat.of(f"wx:{openid}")
    assert told["content"]["page"] == f"pages/order/detail?id={first.id}"
    assert told["content"]["data"]["thing1"]["value"].startswith("订单已通过")
    assert all(len(field["value"]) <= 20 for field in told["content"]["data"].values())
    assert await states(shop.world.brand.id, "subscribe") == ["delivered", "skipped"]
    left = "SELECT remaining FROM subscription_grant WHERE account_id = $1"
    assert await db.value(left, account_id) == 0
