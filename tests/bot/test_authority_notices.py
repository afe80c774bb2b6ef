"""Territories that end: who is told, when, and how often."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot import jobs
from server.core import clock
from server.territory.schemas import NewAuthority, Revocation
from server.territory.service import grant_authority, revoke_authorities
from tests.bot.conftest import Chat
from tests.world import User, World, number

MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


async def titles(who: User) -> list[str]:
    """The inbox, the oldest first."""
    found = (await who.get("/notices"))["items"]
    return [f"{item['title']}｜{item['body']}" for item in reversed(found)]


async def test_what_ends_is_told_to_dealer_rep_and_manager_a_month_a_week_and_a_day_before_once_each(
    chat: Chat, world: World
) -> None:
    dealer = await world.dealer(name="杭州糖酒")
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    rep = await world.user(world.brand, "brand_rep", [dealer], wecom=f"rep{number()}")
    manager = await world.user(world.brand, "brand_manager")
    last = date(2027, 4, 30)
    with clock.frozen(MORNING):
        new = NewAuthority(dealer.id, ["330100", "330200", "330300", "330400"], clock.today(), until_on=last)
        await grant_authority(world.admin.actor, new)
        await grant_authority(world.admin.actor, NewAuthority(dealer.id, ["340000"], clock.today()))
    for days in (31, 30, 29, 8, 7, 7, 3, 0, -1):
        with clock.frozen(MORNING.replace(year=last.year, month=last.month, day=last.day) - timedelta(days=days)):
            await jobs.warn_of_ending_authorities()
            await chat.deliver()
    places = "浙江省杭州市、浙江省宁波市、浙江省温州市等 4 项"
    ends = f"{places}，2027-04-30 到期"
    heads = ["区域授权将在 30 天内到期", "区域授权将在 7 天内到期", "区域授权今天到期"]
    granted = [f"新的区域授权｜{places}，2027-03-01 起，至 2027-04-30", "新的区域授权｜安徽省，2027-03-01 起"]
    assert await titles(boss) == [*granted, *(f"{head}｜{ends}" for head in heads)]
    for who in (rep, manager):
        assert await titles(who) == [f"{head}｜杭州糖酒：{ends}" for head in heads]
    assert await titles(clerk) == []


async def test_what_was_revoked_is_told_once_with_the_reason_and_no_more_of_its_end(chat: Chat, world: World) -> None:
    dealer = await world.dealer()
    boss = await world.boss(dealer)
    with clock.frozen(MORNING):
        until = clock.today() + timedelta(days=20)
        await grant_authority(world.admin.actor, NewAuthority(dealer.id, ["330106"], clock.today(), until_on=until))
        ids = [item["id"] for item in (await world.admin.get("/authorities"))["items"]]
        await revoke_authorities(world.admin.actor, Revocation(ids, "窜货"))
        await jobs.warn_of_ending_authorities()
        await chat.deliver()
    assert [title.split("｜")[0] for title in await titles(boss)] == ["新的区域授权", "区域授权已收回"]
    assert "窜货" in (await titles(boss))[1]
