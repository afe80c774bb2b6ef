"""Thresholds (S3.1, D2.2): an org sets its own, and defaults for those below it."""

from __future__ import annotations

from typing import Any

from server.alerts.schemas import AlertFilter
from server.core.exports import allowed, find
from tests.alerts.conftest import Shelf, own


async def test_nobody_overwrites_thresholds_that_he_has_not_seen(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", days=5))
    stale = {"version": 0, "rules": [own("low", days=9)]}
    assert (await shelf.boss.post("/alert-rules", stale, 409))["code"] == "stale_version"
    (rule,) = (await shelf.boss.get("/alert-rules"))["rules"]
    assert rule["days"] == 5


async def test_each_rule_that_cannot_be_is_named(shelf: Shelf) -> None:
    wrong: list[dict[str, Any]] = [
        own("low", days=5, qty=5),
        own("soon", qty=5),
        own("cover"),
        own("low", category_id=shelf.world.category_id, product_id=shelf.item.id, qty=1),
        {"audience": "store", "kind": "low", "warehouse_id": 1, "qty": 1},
        own("high", days=9),
        own("high", days=8),
    ]
    refused = await shelf.rules(shelf.boss, *wrong, status=422)
    assert [error["pointer"] for error in refused["errors"]] == [f"/rules/{n}" for n in (0, 1, 2, 3, 4, 6)]
    assert await shelf.rules(shelf.keeper, {"audience": "store", "kind": "low", "qty": 1}, status=422)


async def test_a_store_reads_what_its_dealer_and_the_brand_give_it_the_dealer_first(shelf: Shelf) -> None:
    await shelf.rules(shelf.world.admin, {"audience": "store", "kind": "low", "days": 3}, own("low", days=20))
    await shelf.rules(shelf.boss, {"audience": "store", "kind": "low", "days": 4})
    said = await shelf.keeper.get("/alert-rules")
    assert [(rule["org_name"], rule["days"]) for rule in said["defaults"]] == [
        (shelf.dealer.name, 4), (shelf.world.brand.name, 3),
    ]  # fmt: skip
    assert said["built_in"] == {"low": 7, "high": 60, "cover": 14, "lead": 3}
    await shelf.keeper.post("/alert-rules", {"version": 0, "rules": [own("low", product_id=2**40, qty=1)]}, 404)


async def test_the_list_leaves_as_a_file_with_what_the_screen_shows(shelf: Shelf) -> None:
    await shelf.rules(shelf.boss, own("low", product_id=shelf.item.id, qty=24))
    await shelf.look()
    found = find("alerts")
    assert found is not None and allowed(shelf.boss.actor, found)
    (rows,) = [page async for page in found.rows(shelf.boss.actor, AlertFilter())]
    shown = {column.heading: column.value(rows[0]) for column in found.columns}
    assert (shown["类型"], shown["商品"], shown["可用"], shown["订单"]) == ("低库存", shelf.item.name, 0, "")
