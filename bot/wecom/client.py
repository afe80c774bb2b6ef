"""The clients that send: WeCom messages and cards, and the mini-program's subscribe messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from redis import asyncio as aioredis

from bot.wecom.cards import Card
from bot.wecom.xml import cut_bytes
from server.core.weixin.errors import WeComError, WeComFinal, WeComRetryable
from server.core.weixin.tokens import wechat_tokens, wecom_tokens
from server.core.weixin.transport import Answer, Token, Transport
from server.settings import WeChatSettings, WeComSettings

__all__ = ["Sent", "WeChatClient", "WeComClient", "WeComError", "WeComFinal", "WeComRetryable"]

MAX_MEMBERS = 1000
MAX_TEXT_BYTES = 2048
CARD_ONCE_SECONDS, TEXT_ONCE_SECONDS = 4 * 3600, 120
"""How long WeCom remembers what it was sent, so that a send repeated after a crash is shown once (path/90236)."""


class Sent(msgspec.Struct, frozen=True):
    """What WeCom says about a message: who does not get it, and with what the card can be changed once."""

    invalid_users: list[str]
    msgid: str
    response_code: str | None = None


class WeComClient:
    """Sends in the name of one WeCom app."""

    def __init__(self, settings: WeComSettings, redis: aioredis.Redis | None, timeout: float = 10.0) -> None:
        self._settings = settings
        self._transport = Transport(settings.api_base, timeout)
        self._tokens = wecom_tokens(settings, self._transport, redis)

    async def send_card(self, userids: Sequence[str], card: Card) -> Sent:
        """Send a template card to up to 1,000 members; the response code is good once and 72 h (path/90236)."""
        return await self._send(userids, "template_card", card)

    async def send_text(self, userids: Sequence[str], text: str) -> Sent:
        """Send a plain text; past 2,048 bytes it is cut at a whole character (path/90236)."""
        return await self._send(userids, "text", {"content": cut_bytes(text, MAX_TEXT_BYTES)})

    async def send_markdown(self, userids: Sequence[str], text: str) -> Sent:
        """Send markdown, shown in the WeCom app only, not in WeChat (path/90236)."""
        return await self._send(userids, "markdown", {"content": cut_bytes(text, MAX_TEXT_BYTES)})

    async def update_card(
        self,
        response_code: str,
        userids: Sequence[str] | None = None,
        card: Card | None = None,
        replace_name: str | None = None,
    ) -> Sent:
        """Change a card at these members, or at all who got it (None); with a new card or a grey button text.

        Spends the response code (WeCom path/94945).
        """
        if (card is None) == (replace_name is None):
            raise ValueError("either a card or the text of the button")
        body: Answer = {"agentid": self._settings.agent_id, "response_code": response_code}
        body |= {"atall": 1} if userids is None else {"userids": list(userids)}
        body |= {"template_card": card} if card is not None else {"button": {"replace_name": replace_name}}
        answer = await self._transport.call_with(self._tokens, "message/update_template_card", body)
        return Sent(_invalid(answer), "")

    async def answers(self) -> bool:
        """Whether WeCom answers at all: asks for a token, which is not counted as a message (path/91039)."""
        return await _answered(self._tokens.fetch)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def _send(self, userids: Sequence[str], kind: str, content: dict[str, Any]) -> Sent:
        if not userids or len(userids) > MAX_MEMBERS:
            raise ValueError("between 1 and 1,000 members")
        body = {
            "touser": "|".join(userids),
            "msgtype": kind,
            "agentid": self._settings.agent_id,
            kind: content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": CARD_ONCE_SECONDS if kind == "template_card" else TEXT_ONCE_SECONDS,
        }
        answer = await self._transport.call_with(self._tokens, "message/send", body)
        return Sent(_invalid(answer), str(answer.get("msgid", "")), answer.get("response_code") or None)


class WeChatClient:
    """Sends the mini-program's subscribe messages."""

    def __init__(self, settings: WeChatSettings, redis: aioredis.Redis | None, timeout: float = 10.0) -> None:
        self._settings = settings
        self._transport = Transport(settings.api_base, timeout)
        self._tokens = wechat_tokens(settings, self._transport, redis)

    async def send_subscribe(self, openid: str, template_id: str, page: str, data: dict[str, str]) -> None:
        """Send one subscribe message, which spends one grant (WeChat `subscribeMessage.send`).

        Final: 43101 no grant left, 40003 openid, 40037 template, 41030 page, 47003 a value breaks its rule.
        """
        body = {
            "touser": openid,
            "template_id": template_id,
            "page": page,
            "data": {name: {"value": value} for name, value in data.items()},
            "miniprogram_state": "formal",
            "lang": "zh_CN",
        }
        await self._transport.call_with(self._tokens, "cgi-bin/message/subscribe/send", body)

    async def answers(self) -> bool:
        """Whether WeChat answers at all."""
        return await _answered(self._tokens.fetch)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


async def _answered(fetch: Callable[[], Awaitable[Token]]) -> bool:
    """Whether there was an answer, be it a refusal."""
    try:
        await fetch()
    except WeComRetryable:
        return False
    except WeComError:
        return True
    return True


def _invalid(answer: Answer) -> list[str]:
    """`invaliduser` is "a|b" in a send and a list in an update."""
    found = answer.get("invaliduser") or []
    return [userid for userid in (found.split("|") if isinstance(found, str) else found) if userid]
