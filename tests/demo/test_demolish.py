"""A half-made demo world goes with all that belongs to it, or it could not be begun again."""

from __future__ import annotations

from scripts.demo.demolish import demolish
from server.core import db
from tests.stock.scanning import begin, finish, scan, send
from tests.world import World

_LEFT = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'root_id'
  AND table_name LIKE ANY ('{scan%,stock%,sale%,till%,fresh%,lot}')
"""


async def test_a_world_in_which_goods_were_scanned_and_sold_can_be_removed(world: World) -> None:
    owner, item = await world.boss(await world.store(await world.dealer())), await world.product()
    rule = {"category_id": world.category_id, "version": 0, "soon_days": 9}
    await world.admin.post("/stock/freshness-rules", rule)
    await owner.call("PATCH", "/stock-settings", {"version": 0, "keeps_lots": False})
    for kind in ("in", "sale"):
        session = await begin(owner, kind)
        await send(owner, session, scan(item.ean, 3))
        await finish(owner, session)
    await demolish(world.brand.id)
    tables = [found["table_name"] for found in await db.rows(_LEFT)]
    left = {name: await db.value(f"SELECT count(*) FROM {name} WHERE root_id = $1", world.brand.id) for name in tables}
    assert len(tables) >= 10 and not any(left.values()), left
