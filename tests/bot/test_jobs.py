"""What the schedule does, at the hours at which people want to hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import jobs
from server.core import clock, db
from tests.bot.conftest import Chat, Shop
from tests.world import number

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2027, 3, 1, 9, 0, tzinfo=ZONE)


async def reminded(chat: Chat, moment: datetime) -> None:
    """Run the reminders of a moment, and deliver."""
    await chat.tell("clock", seconds=180)  # WeCom drops what it was sent within the last two minutes
    with clock.frozen(moment):
        await jobs.remind_stale_approvals()
        await chat.deliver()


async def test_an_order_that_waits_is_brought_to_mind_after_four_hours_then_daily_and_never_at_night(
    chat: Chat, shop: Shop
) -> None:
    with clock.frozen(MORNING):
        (order,) = await shop.orders(1)
    told = []
    for hours in (3, 4.1, 5, 11.9, 14, 24 + 3.9, 24 + 4.2, 24 + 13):
        await reminded(chat, MORNING + timedelta(hours=hours))
        told.append(len(await chat.texts(shop.userid)))
    # 12:00 not yet; 13:06 yes; 14:00, 20:54 not again, 23:00 night; the next day 12:54 not yet, 13:12 again
    assert told == [0, 1, 1, 1, 1, 1, 2, 2]
    assert order.number in (await chat.texts(shop.userid))[0]


async def test_who_takes_the_second_step_is_given_four_hours_of_his_own(chat: Chat, shop: Shop) -> None:
    manager = f"manager{number()}"
    await shop.world.user(shop.world.brand, "brand_manager", wecom=manager)
    await shop.world.two_steps(shop.world.admin, 1000)
    with clock.frozen(MORNING):
        await shop.orders(1)
        await chat.deliver()
    with clock.frozen(MORNING + timedelta(hours=5)):
        await chat.press(shop.userid, "approve")
    await reminded(chat, MORNING + timedelta(hours=6))
    assert await chat.texts(manager) == []
    await reminded(chat, MORNING + timedelta(hours=9.1))
    (text,) = await chat.texts(manager)
    assert "还没有审核" in text


async def test_a_decided_order_is_not_brought_to_mind(chat: Chat, shop: Shop) -> None:
    with clock.frozen(MORNING):
        await shop.orders(1)
        await chat.deliver()
        await chat.press(shop.userid, "approve")
    await reminded(chat, MORNING + timedelta(hours=5))
    assert await chat.texts(shop.userid) == []


async def test_what_is_delivered_is_cleaned_up_after_a_month_and_what_failed_stays(chat: Chat, shop: Shop) -> None:
    root_id = shop.world.brand.id
    await shop.orders(2)
    await chat.deliver()
    await db.run(
        "UPDATE outbox SET state = 'failed' WHERE root_id = $1 AND id = "
        "(SELECT min(id) FROM outbox WHERE root_id = $1 AND channel = 'wecom_card')",
        root_id,
    )
    count = "SELECT count(*) FROM outbox WHERE root_id = $1"
    with clock.frozen(clock.now() + timedelta(days=29)):
        await jobs.clean_up()
    assert await db.value(count, root_id) == 4
    with clock.frozen(clock.now() + timedelta(days=31)):
        await jobs.clean_up()
    assert await db.value(count, root_id) == 1
