"""Builds the demo world once, or finds that it is there."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import asyncpg

from scripts.demo import offers, rebates
from scripts.demo.alerts import watch_stock
from scripts.demo.archives import World, write_archives
from scripts.demo.cast import plan_cast
from scripts.demo.chase import chase
from scripts.demo.counting import Counting
from scripts.demo.demolish import demolish
from scripts.demo.finale import Finale
from scripts.demo.history import History
from scripts.demo.moving import move_goods
from scripts.demo.network import plan_network
from scripts.demo.note import introduce_members, shown_accounts, write_accounts
from scripts.demo.pace import hurry, look_again, settle
from scripts.demo.papers import fill_archives
from scripts.demo.rules import set_rules
from scripts.demo.scale import Scale
from scripts.demo.scanning import Hall
from scripts.demo.shelf import Shelf
from scripts.demo.slots import slot
from scripts.demo.sources import source
from scripts.demo.telling import tell_history
from scripts.demo.there import BUILT, FIND, brand_code
from server import modules
from server.channel import service as channel
from server.core import audit, clock, db
from server.settings import Settings

SEED = 20260
_LOCK = 0x71747A64  # one builder at a time


async def fill(settings: Settings, scale: Scale) -> bool:
    """Connect, build, disconnect; a second builder waits for the first and then finds the world there.

    After a failure the pool is left to the end of the process: what failed may still hold its connections.
    """
    clock.use_zone(settings.zone)
    modules.wire()
    guard = await asyncpg.connect(**db.connection_options(settings.database_url))
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await db.connect(settings)
        made = await build(settings, scale)
        await db.disconnect()
        return made
    finally:
        await guard.close()


async def build(settings: Settings, scale: Scale) -> bool:
    """The demo world of a database, made unless it is there; whether there was something to do.

    One that was begun and not finished is removed and begun again.
    """
    found = await db.rows(FIND, brand_code())
    finished = [row["id"] for row in found if row["finished"]]
    if finished:
        await _write_down(settings, finished[0], scale)
        return False
    await hurry(settings)
    for row in found:
        await demolish(row["id"])
    world = await make_world(settings, scale, clock.now())
    await _write_down(settings, world.root_id, scale)
    async with db.transaction():
        await settle()
        await audit.record(world.brand.boss, BUILT, "org", world.root_id, {"stores": scale.stores})
    return True


async def make_world(settings: Settings, scale: Scale, now: datetime) -> World:
    """All of it: archives on the first morning, the weeks since, the last days of those who are shown, the notices."""
    chance = random.Random(SEED)  # noqa: S311 - the same world every time
    start = now.astimezone(clock.zone()).date() - timedelta(weeks=scale.weeks)
    words = source("names")["brand"]
    with clock.frozen(slot(start - timedelta(days=1), 0, clock.zone())):
        brand = await channel.found_brand(words["name"], words["code"])
        world = await write_archives(brand, scale, chance)
        await offers.guide(world)
    await look_again()
    history = History(world, start, now - timedelta(minutes=20), chance)
    shelf, hall = Shelf(world, history.timeline, start, SEED), Hall(world, now, SEED)
    counting = Counting(world, now, SEED)
    shelf.plan()
    hall.plan(history.timeline)
    counting.plan(history.timeline)
    await history.play()
    finale = Finale(world, history, now)
    await finale.play()
    await chase(world, finale, settings.data_folder)
    await move_goods(world, now)
    await offers.plan(world)
    await offers.ask_prices(world, now)
    await set_rules(world)
    await counting.of_today()
    await hall.of_today(shelf.shown[0])
    await watch_stock(world, now)
    await rebates.agree(world, now)
    await fill_archives(world, settings.data_folder, random.Random(SEED))  # noqa: S311 - the same every time
    await tell_history(settings, world.root_id, now)
    await look_again()
    return world


async def _write_down(settings: Settings, root_id: int, scale: Scale) -> None:
    people = plan_cast(plan_network(scale, random.Random(SEED)), random.Random(SEED))  # noqa: S311
    phones = [person.phone for person in people if person.shown]
    write_accounts(settings.data_folder, await shown_accounts(root_id, phones))
    await introduce_members(root_id, settings.data_folder / "sandbox.json")
