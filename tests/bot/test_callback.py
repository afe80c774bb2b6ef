"""What members send reaches the bot, also through an outage, and is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from bot import callback
from tests.bot.conftest import Chat, Shop


async def test_a_question_is_answered_at_once_with_what_the_bot_can_do(chat: Chat, shop: Shop) -> None:
    await chat.tell("members", members=[{"userid": shop.userid, "name": "李业务"}])
    done = await chat.tell("say", userid=shop.userid, text="你好")
    assert done["outcome"] == "delivered"
    (reply,) = await chat.texts(shop.userid)  # in the answer itself: the dispatcher did not run
    assert "审批卡片" in reply and "驳回" in reply


async def test_somebody_without_an_account_is_told_so(chat: Chat) -> None:
    await chat.tell("members", members=[{"userid": "passer-by", "name": "路人"}])
    await chat.tell("say", userid="passer-by", text="待审批")
    (reply,) = await chat.texts("passer-by")
    assert "没有找到对应的账号" in reply


async def test_a_press_while_the_database_is_away_is_delivered_again_and_counts_once(
    chat: Chat, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    decide, calls = callback._decide, []

    async def away_once(*arguments: Any) -> None:
        calls.append(arguments)
        if len(calls) == 1:
            raise asyncpg.CannotConnectNowError("the database system is starting up")
        await decide(*arguments)

    monkeypatch.setattr(callback, "_decide", away_once)
    done = await chat.press(shop.userid, "approve")
    assert [attempt["outcome"] for attempt in done["attempts"]] == ["http_503", "answered"]
    assert await shop.state(order) == "approved"
    await chat.deliver()
    assert await chat.texts(shop.userid) == []


async def test_a_forged_call_is_refused(chat: Chat) -> None:
    url = f"http://127.0.0.1:{chat.settings.bot_port}/wecom/callback"
    query = {"msg_signature": "0" * 40, "timestamp": "1", "nonce": "2"}
    body = "<xml><ToUserName>x</ToUserName><Encrypt>AAAA</Encrypt></xml>"
    assert (await chat.http.post(url, params=query, content=body)).status_code == 403
    assert (await chat.http.get(url, params={**query, "echostr": "AAAA"})).status_code == 403
    assert await chat.tell("verify") == {"verified": True}


async def test_entering_the_chat_and_unknown_events_are_taken_quietly(chat: Chat, shop: Shop) -> None:
    await chat.tell("members", members=[{"userid": shop.userid, "name": "李业务"}])
    assert (await chat.tell("enter", userid=shop.userid))["outcome"] == "delivered"
    assert await chat.of(shop.userid) == []


async def test_pressing_while_the_bot_is_slow_gives_one_decision(chat: Chat, shop: Shop) -> None:
    (order,) = await shop.orders(1)
    await chat.deliver()
    await asyncio.gather(*(chat.press(shop.userid, "approve") for _ in range(3)))
    await chat.deliver()
    assert [event["verb"] for event in (await shop.buyer.get(f"/orders/{order.id}"))["events"]] == ["submit", "approve"]
