"""The bot between the real database and a sandbox over HTTP: its dispatcher is stepped, its callback listens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sanic import Sanic

from bot.app import listen
from bot.deliver import Delivery
from bot.dispatcher import Dispatcher
from bot.leader import Leader
from bot.sandbox import create_sandbox
from bot.wecom.client import WeChatClient, WeComClient
from server.channel.models import Org
from server.core import db, redis
from server.orders.schemas import OrderPlaced
from server.settings import Settings
from tests.bot.sandbox.conftest import end, serve
from tests.conftest import free_port
from tests.world import Product, User, World, number


@dataclass
class Chat:
    """The sandbox as its members see it, and the bot that talks to them."""

    settings: Settings
    http: httpx.AsyncClient
    wecom: WeComClient
    wechat: WeChatClient
    dispatcher: Dispatcher

    def another_bot(self) -> Dispatcher:
        """A bot that has taken over: it knows nothing but what the database says."""
        leader = Leader(self.settings)
        delivery = Delivery(self.settings, self.wecom, self.wechat)
        return Dispatcher(self.settings, leader, delivery, longest_pause=0.05)

    async def deliver(self) -> None:
        """Let the bot work until nothing is left to do."""
        while await self.dispatcher.step():
            pass

    async def tell(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the sandbox's control API."""
        response = await self.http.post(f"/sandbox/{path}", json=body)
        assert response.status_code in (200, 409), response.text
        return dict(response.json())

    async def of(self, userid: str) -> list[dict[str, Any]]:
        """The messages in one member's chat."""
        found = await self.http.get("/sandbox/messages", params={"userid": userid})
        return list(found.json()["items"])

    async def cards(self, userid: str) -> list[dict[str, Any]]:
        """The cards in one member's chat."""
        return [message for message in await self.of(userid) if message["kind"] == "template_card"]

    async def texts(self, userid: str) -> list[str]:
        """The texts in one member's chat, but for his own."""
        found = await self.of(userid)
        return [item["content"]["content"] for item in found if item["kind"] == "text" and not item["sent_by_member"]]

    async def press(self, userid: str, key: str, **selected: str) -> dict[str, Any]:
        """A member presses a button of the last card he got; answers how the callback went."""
        task_id = (await self.cards(userid))[-1]["task_id"]
        return await self.tell("press", userid=userid, task_id=task_id, button_key=key, selected=selected)


@pytest.fixture(scope="session")
async def talking(app: Sanic[Any, Any], settings: Settings) -> AsyncIterator[Chat]:
    """One sandbox and one bot for all tests of this worker."""
    port, bot_port = free_port(), free_port()
    base = f"http://127.0.0.1:{port}/"
    settings = replace(
        settings,
        bot_port=bot_port,
        sandbox_port=port,
        wecom=replace(settings.wecom, api_base=f"{base}cgi-bin/"),
        wechat=replace(settings.wechat, api_base=base),
    )
    bot: Sanic[Any, Any] = Sanic("bot-under-test", configure_logging=False)
    bot.config.update(ACCESS_LOG=False, TOUCHUP=False)
    listen(bot, settings)
    sandbox = create_sandbox(settings, open_membership=True, callback_timeout=5, retry_pause=0.01)
    servers = [await serve(sandbox, port), await serve(bot, bot_port)]
    wecom, wechat = WeComClient(settings.wecom, redis.client(), 5), WeChatClient(settings.wechat, redis.client(), 5)
    async with httpx.AsyncClient(base_url=base, timeout=30) as http:
        dispatcher = Dispatcher(settings, Leader(settings), Delivery(settings, wecom, wechat), longest_pause=0.05)
        yield Chat(settings, http, wecom, wechat, dispatcher)
    await wecom.aclose()
    await wechat.aclose()
    for server in servers:
        await end(server)


@pytest.fixture
async def chat(talking: Chat) -> Chat:
    """An empty sandbox, and nothing left in the outbox by other tests."""
    await talking.tell("reset")
    await db.run("UPDATE outbox SET state = 'skipped' WHERE state = 'pending'")
    return replace(talking, dispatcher=talking.another_bot())


@dataclass
class Shop:
    """A dealer of the brand who buys, its rep, and goods in the brand's stock."""

    world: World
    dealer: Org
    buyer: User
    rep: User
    userid: str
    goods: list[Product]

    async def orders(self, count: int, qty: int = 5) -> list[OrderPlaced]:
        """Purchase orders of the dealer."""
        return [await self.world.order(self.buyer, [(self.goods[0], qty)]) for _ in range(count)]

    async def another_rep(self) -> tuple[User, str]:
        """A second rep of the same dealer."""
        userid = f"rep{number()}"
        return await self.world.user(self.world.brand, "brand_rep", [self.dealer], wecom=userid), userid

    async def state(self, order: OrderPlaced) -> str:
        """Where an order stands."""
        return str((await self.buyer.get(f"/orders/{order.id}"))["state"])


@pytest.fixture
async def shop(world: World) -> Shop:
    """A dealer with a rep in the chat, and 1,000 pieces of a product at 3.00."""
    dealer = await world.dealer()
    goods = await world.products(1)
    await world.offer(world.brand, goods)
    await world.stock(world.brand, goods[0], 1000)
    userid = f"rep{number()}"
    rep = await world.user(world.brand, "brand_rep", [dealer], wecom=userid)
    return Shop(world, dealer, await world.boss(dealer), rep, userid, goods)
