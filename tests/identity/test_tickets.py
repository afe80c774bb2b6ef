"""What stands in the address of a live stream opens nothing but that stream, once, and only for a moment."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import httpx
import pytest

from server.core import clock, redis
from tests.world import User, World


async def opened(user: User, ticket: str) -> int:
    """The answer to the opening of a stream, by ticket alone."""
    path, query = "/api/v1/events", {"ticket": ticket}
    async with user.http.stream("GET", path, params=query) as stream, asyncio.timeout(15):
        if stream.status_code == 200:
            assert "event: resync" in await anext(stream.aiter_text())
        return stream.status_code


async def a_ticket(user: User) -> str:
    """A fresh one."""
    answer = await user.post("/events/ticket", status=201)
    assert answer["seconds"] == 30
    return str(answer["ticket"])


@pytest.mark.parametrize("with_redis", [True, False])
async def test_a_ticket_found_in_a_history_opens_no_second_stream(
    world: World, monkeypatch: pytest.MonkeyPatch, with_redis: bool
) -> None:
    if not with_redis:
        monkeypatch.setattr(redis, "_client", None)
        monkeypatch.setattr("server.core.live.RESYNC_SECONDS", 0.05)
    ticket = await a_ticket(world.admin)
    assert [await opened(world.admin, ticket) for _ in range(3)] == [200, 401, 401]


async def test_a_ticket_ends_after_half_a_minute_and_with_its_session(world: World) -> None:
    late, out = await a_ticket(world.admin), await a_ticket(world.admin)
    with clock.frozen(clock.now() + timedelta(seconds=32)):
        assert await opened(world.admin, late) == 401
    await world.admin.post("/auth/logout", status=204)
    assert await opened(world.admin, out) == 401


async def test_a_ticket_opens_nothing_but_a_stream_and_cannot_be_made_up(world: World, http: httpx.AsyncClient) -> None:
    ticket = await a_ticket(world.admin)
    for credential in (ticket, f"ticket:{ticket}"):
        headers = {"Authorization": f"Bearer {credential}"}
        assert (await http.get("/api/v1/me", headers=headers)).status_code == 401
        assert (await http.get("/api/v1/events", headers=headers)).status_code == 401
    assert (await http.get("/api/v1/me", params={"ticket": ticket})).status_code == 401
    flipped = ticket[:-2] + ("A" if ticket[-2] != "A" else "B") + ticket[-1]
    for made_up in (flipped, ticket[:40], "x" * 86, "", "令牌" * 20, world.admin.token):
        assert await opened(world.admin, made_up) == 401, made_up
    assert await opened(world.admin, ticket) == 200


async def test_neither_token_nor_ticket_stands_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="qutong"):
        ticket = await a_ticket(world.admin)
        assert [await opened(world.admin, ticket) for _ in range(2)] == [200, 401]
    lines = " ".join(str(vars(record)) for record in caplog.records if record.name.startswith("qutong"))
    assert "take_ticket" in lines and ticket not in lines and world.admin.token not in lines
