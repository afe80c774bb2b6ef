"""Thresholds of the demo world, and what is too low, too high or too old by them this morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from scripts.demo.archives import Party, World
from server.alerts import look, rules
from server.alerts.rule_schemas import AlertRule, AlertRuleSet
from server.core import clock, db

KEPT = 3
"""Of so many products the shown store wants to have two cases and a half, whatever sells."""

_KEPT = """
SELECT b.product_id, k.unit_qty FROM location w JOIN stock_balance b ON b.root_id = $1 AND b.location_id = w.id
JOIN packaging k ON k.product_id = b.product_id AND k.is_default
WHERE w.org_id = $2 AND w.kind = 'warehouse' AND b.on_hand > 0
GROUP BY 1, 2 HAVING sum(b.on_hand) < k.unit_qty * 5 / 2 ORDER BY 1 LIMIT $3
"""


async def watch_stock(world: World, now: datetime) -> None:
    """The brand's defaults, the shown stores' own thresholds, and the first look, an hour ago."""
    defaults = [
        AlertRule("dealer", "low", days=10),
        AlertRule("dealer", "high", days=75),
        AlertRule("store", "low", days=4),
        AlertRule("store", "soon"),  # most of them do not register what they sell: their books keep what is long gone
        AlertRule("own", "low", days=15),
    ]
    await rules.set_rules(world.brand.boss, AlertRuleSet(0, defaults))
    shown = {person.org for person in world.cast if person.shown and person.org}
    for party in (world.parties[number] for number in sorted(shown)):
        if party.level == "store":
            await _keep(world, party)
    with clock.frozen(now - timedelta(hours=1)):
        await look.look(world.root_id, everything=True)


async def _keep(world: World, store: Party) -> None:
    found = await db.rows(_KEPT, world.root_id, store.id, KEPT)
    kept = [AlertRule("own", "low", product_id=one["product_id"], qty=one["unit_qty"] * 5 // 2) for one in found]
    await rules.set_rules(store.boss, AlertRuleSet(0, kept))
