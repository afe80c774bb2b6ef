"""Who covers what: counties counted by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.channel.counted import add_up_stores
from server.core import clock, db
from server.settings import Settings
from tests.invariants.checks import broken
from tests.invariants.documents import stores_by_region_equal_the_archive
from tests.territory.test_authority import HANGZHOU, NINGBO, XIHU, ZHEJIANG, day, grant
from tests.world import World


async def coverage(world: World, **query: Any) -> dict[str, dict[str, Any]]:
    """Rows by code, and the sum under 'total'."""
    found = await world.admin.get("/territory/coverage", params=query)
    return {"total": found["total"], **{item["code"]: item for item in found["items"]}}


def counts(row: dict[str, Any]) -> tuple[int, int, int, int, int]:
    return row["leaves"], row["exclusive"], row["open"], row["several"], row["white"]


async def test_the_counties_of_a_city_by_who_covers_them(world: World) -> None:
    # 嘉兴 (330400) has seven counties: 南湖 02, 秀洲 11, 嘉善 21, 海盐 24, 海宁 81, 平湖 82, 桐乡 83.
    one, two = await world.dealer(name="甲"), await world.dealer(name="乙")
    below = await world.dealer(one, name="甲下")
    await grant(world, one, "330402", exclusive=True)
    await grant(world, one, "330411", "330421")
    await grant(world, below, "330421")  # one line: still open
    await grant(world, two, "330481", "330411")
    await world.store(one, region_code="330402")
    await world.store(one, region_code="330424")
    rows = await coverage(world, parent="330400")
    states = {code[4:]: row["state"] for code, row in rows.items() if code != "total"}
    assert states == {"02": "exclusive", "11": "several", "21": "open", "24": "white", "81": "open", "82": "white",
                      "83": "white"}  # fmt: skip
    assert counts(rows["total"]) == (7, 1, 2, 1, 3)
    assert rows["total"]["dealer_count"] == 3 and rows["total"]["store_count"] == 2
    assert [item["name"] for item in rows["330411"]["dealers"]] == ["甲", "乙"] and rows["330424"]["store_count"] == 1
    city = (await coverage(world, parent=ZHEJIANG))["330400"]
    assert counts(city) == (7, 1, 2, 1, 3) and city["has_children"]
    province = (await coverage(world))[ZHEJIANG]
    assert province["leaves"] - province["white"] == 4 and province["dealer_count"] == 3


async def test_a_province_covers_its_counties_and_the_country_all(world: World) -> None:
    await grant(world, await world.dealer(), ZHEJIANG, exclusive=True)
    rows = await coverage(world, parent=HANGZHOU)
    assert {row["state"] for row in rows.values()} == {"exclusive"} and rows[XIHU]["dealer_count"] == 1
    assert (await coverage(world))["total"]["exclusive"] == 90  # counties of 浙江, as it says of itself
    await grant(world, await world.dealer(), "000000", status=409)
    other = await World.create(world.http)
    await grant(other, await other.dealer(), "000000")
    rows = await coverage(other)
    assert rows["total"]["white"] == 0 and rows["total"]["open"] == rows["total"]["leaves"]
    assert {row["dealer_count"] for row in rows.values()} == {1}


async def test_coverage_is_that_of_a_category_and_of_a_day(world: World) -> None:
    snacks = (await world.admin.post("/categories", {"name": "零食"}, 201))["id"]
    soda = (await world.admin.post("/categories", {"name": "汽水", "parent_id": world.category_id}, 201))["id"]
    dealer = await world.dealer()
    await grant(world, dealer, HANGZHOU, category_ids=[world.category_id], until_on=day(10))
    await grant(world, dealer, NINGBO, category_ids=[soda], from_on=day(5))

    async def covered(**query: Any) -> set[str]:
        rows = await coverage(world, parent=ZHEJIANG, **query)
        return {code for code, row in rows.items() if code != "total" and row["state"] != "white"}

    assert await covered() == {HANGZHOU}
    assert await covered(category_id=soda) == {HANGZHOU}  # what is above it covers it
    assert await covered(category_id=snacks) == set()
    assert await covered(on=day(7)) == {HANGZHOU, NINGBO}
    assert await covered(on=day(7), category_id=world.category_id) == {HANGZHOU}  # a part is not the whole
    assert await covered(on=(clock.today() + timedelta(days=11)).isoformat()) == {NINGBO}


async def test_white_spots_are_listed_with_the_stores_that_are_there_all_the_same(world: World) -> None:
    dealer = await world.dealer()
    await grant(world, dealer, "330402", "330411", "330421", "330424")
    await world.store(dealer, region_code="330481")
    spots = await world.admin.get("/territory/white-spots", params={"parent": "330400"})
    assert [(item["code"], item["store_count"]) for item in spots["items"]] == [
        ("330481", 1), ("330482", 0), ("330483", 0)]  # fmt: skip
    assert spots["items"][0]["full_name"] == "浙江省嘉兴市海宁市" and spots["total"] == 3
    first = await world.admin.get("/territory/white-spots", params={"parent": "330400", "limit": 2})
    query = {"parent": "330400", "limit": 2, "cursor": first["next_cursor"]}
    assert [item["code"] for item in (await world.admin.get("/territory/white-spots", params=query))["items"]] == [
        "330483"
    ]
    await world.admin.get("/territory/white-spots", 404, params={"parent": "990000"})


async def test_who_does_not_see_the_whole_channel_does_not_see_who_covers_it(world: World) -> None:
    rep = await world.user(world.brand, "brand_rep", [await world.dealer()])
    await rep.get("/territory/coverage", 403)
    await (await world.boss(await world.dealer())).get("/territory/coverage", 403)


async def test_stores_are_counted_where_they_lie_however_they_came_there(world: World, settings: Settings) -> None:
    dealer = await world.dealer()

    async def counted() -> dict[str, int]:
        rows = await coverage(world, parent="330400")
        return {code: row["store_count"] for code, row in rows.items() if code != "total" and row["store_count"]}

    first = await world.store(dealer, region_code="330402")
    await world.store(dealer, region_code="330402")
    assert await counted() == {"330402": 2}
    edit = {"version": first.version, "region_code": "330411"}
    assert (await world.admin.call("PATCH", f"/orgs/{first.id}", edit)).status_code == 200
    assert await counted() == {"330402": 1, "330411": 1}
    # Many in one statement, beside one that is none, and one that goes again.
    await db.run(
        "INSERT INTO org (root_id, parent_id, kind, name, path, region_code) "
        "SELECT $1, $2, CASE n WHEN 9 THEN 'dealer' ELSE 'store' END, 'n' || n, $3 || n || '/', '330421' "
        "FROM generate_series(1, 9) n",
        world.brand.id, dealer.id, f"{dealer.path}9{dealer.id}",
    )  # fmt: skip
    await db.run("DELETE FROM org WHERE parent_id = $1 AND name = 'n3'", dealer.id)
    assert await counted() == {"330402": 1, "330411": 1, "330421": 7}
    assert await add_up_stores() > 0
    assert await counted() == {"330402": 1, "330411": 1, "330421": 7} and await add_up_stores() == 0
    assert await broken(settings.database_url, world.brand.id, [stores_by_region_equal_the_archive]) == []
