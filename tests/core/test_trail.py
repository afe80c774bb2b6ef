"""The audit trail is found by who did it and by the days on which it was done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from server.core import clock
from tests.world import User, World


async def trail(who: User, **asked: Any) -> list[tuple[str, str]]:
    """Who did what of what is asked for, the oldest first, read two at a time."""
    seen: list[Any] = []
    cursor = None
    while cursor is not None or not seen:
        page = await who.get("/audit", params={"limit": 2, **asked, **({"cursor": cursor} if cursor else {})})
        seen += page["items"]
        cursor = page["next_cursor"]
        if not page["items"]:
            break
    return [(item["account_name"], item["changes"]["note"][1]) for item in reversed(seen) if item["verb"] == "edit"]


async def test_a_week_and_a_person_find_exactly_what_was_done_then_and_by_whom(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_owner")
    store = await world.store(dealer)
    begin = clock.now().astimezone(clock.zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    version = 1

    async def note(who: User, at: datetime, text: str) -> None:
        nonlocal version
        with clock.frozen(at):
            answer = await who.call("PATCH", f"/orgs/{store.id}", {"version": version, "note": text})
            assert answer.status_code == 200, answer.text
        version += 1

    first, last = (begin + timedelta(days=n) for n in (1, 3))
    await note(boss, begin + timedelta(hours=23, minutes=59), "前一天")
    await note(boss, first, "零点")
    await note(clerk, first + timedelta(hours=9), "同事")
    await note(boss, last + timedelta(hours=23, minutes=59), "最后一分钟")
    await note(boss, last + timedelta(days=1), "后一天")
    days = {"from": first.date().isoformat(), "to": last.date().isoformat()}
    with clock.frozen(begin + timedelta(days=5)):
        for who in (world.admin, boss):
            names = [text for _, text in await trail(who, **days)]
            assert names == ["零点", "同事", "最后一分钟"]
            assert await trail(who, **days, subject_kind="org") == await trail(who, **days)
            assert await trail(who, **days, account_id=clerk.account_id) == [(clerk.actor.name, "同事")]
            mine = await trail(who, account_id=boss.account_id)
            assert [text for _, text in mine] == ["前一天", "零点", "最后一分钟", "后一天"]
            assert await trail(who, **days, account_id=boss.account_id, subject_kind="account") == []
            assert [text for _, text in await trail(who, to=days["from"])] == ["前一天", "零点", "同事"]
        stranger = await world.boss(await world.dealer())
        assert await trail(stranger, account_id=boss.account_id) == [] == await trail(stranger, **days)


async def test_the_trail_names_what_it_is_about_and_what_was_chosen_not_their_numbers(world: World) -> None:
    dealer = await world.dealer()
    boss, clerk = await world.boss(dealer), await world.user(dealer, "dealer_clerk")
    day = clock.today().isoformat()
    away = {"account_id": boss.account_id, "substitute_id": clerk.account_id, "from_on": day, "until_on": day}
    await boss.post("/substitutes", away, status=201)
    (entry,) = (await boss.get("/audit", params={"subject_kind": "account", "limit": 1}))["items"]
    assert (entry["verb"], entry["subject_name"]) == ("add_substitute", boss.actor.name)
    assert entry["named"]["substitute_id"] == {str(clerk.account_id): clerk.actor.name}
    store = await world.store(dealer)
    await boss.call("PATCH", f"/orgs/{store.id}", {"version": 1, "note": "靠近学校"})
    (entry,) = (await boss.get("/audit", params={"subject_kind": "org", "subject_id": store.id, "limit": 1}))["items"]
    assert (entry["subject_name"], entry["named"]) == (store.name, {})
