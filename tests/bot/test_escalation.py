"""An order that nobody decides about reaches somebody who can."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from bot import jobs
from bot.fanout import Event, Fanout
from server.core import clock, db
from server.settings import Settings
from tests.world import World


async def _event(root_id: int, topic: str) -> Event | None:
    found = await db.row(
        "SELECT id, root_id, topic, subject_id, payload::text AS payload FROM outbox "
        "WHERE root_id = $1 AND topic = $2 AND channel = 'event'",
        root_id,
        topic,
    )
    return None if found is None else Event(**{**found, "payload": msgspec.json.decode(found["payload"])})


@pytest.fixture
def noon() -> timedelta:
    """How far away the next noon of the deployment is: reminders go out by day."""
    local = clock.now().astimezone(ZoneInfo("Asia/Shanghai"))
    return local.replace(hour=12, minute=0) - local + timedelta(days=1)


async def test_an_order_left_for_a_day_is_asked_of_the_manager_once(
    world: World, settings: Settings, noon: timedelta
) -> None:
    dealer = await world.dealer()
    goods = await world.products(1)
    await world.offer(world.brand, goods)
    await world.user(world.brand, "brand_rep", [dealer])
    manager = await world.user(world.brand, "brand_manager", wecom=f"manager-{world.brand.id}")
    await world.order(await world.boss(dealer), [(goods[0], 5)])
    with clock.frozen(clock.now() + timedelta(hours=1)):
        await jobs.escalate_approvals()
    assert await _event(world.brand.id, "approval.escalated") is None

    with clock.frozen(clock.now() + noon + timedelta(days=1)):
        await jobs.escalate_approvals()
        event = await _event(world.brand.id, "approval.escalated")
        assert event is not None
        await jobs.escalate_approvals()
        count = "SELECT count(*) FROM outbox WHERE root_id = $1 AND topic = 'approval.escalated' AND channel = 'event'"
        assert await db.value(count, world.brand.id) == 1
        async with db.transaction():
            assert await Fanout(settings).expand([event]) == []
    told = await db.rows("SELECT account_id FROM notice WHERE root_id = $1", world.brand.id)
    assert [item["account_id"] for item in told] == [manager.account_id]
    card = await db.value(
        "SELECT payload::text FROM outbox WHERE root_id = $1 AND channel = 'wecom_card'", world.brand.id
    )
    assert msgspec.json.decode(card)["userids"] == [f"manager-{world.brand.id}"]
