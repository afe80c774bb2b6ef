"""What people type finds what they mean, by index, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.catalog import assortment
from server.catalog.schemas import AssortmentFilter
from server.core import db, search
from tests.world import World

TEXT = search.search_text("JXS-0017", "13800138000", spoken=["重庆利民便利店（南京路）", "王老吉 Cold 100%"])


async def _finds(text: str, q: str) -> bool:
    wanted = search.look_for(q)
    assert wanted is not None
    row = "(SELECT $1::text AS search_text, bigrams($1::text) AS grams) x"
    return bool(await db.value(f"SELECT {search.matches('x', '$2', '$3')} FROM {row}", text, *wanted))


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "q",
    ["利民", "便利店（", "(南京路)", "JXS-0017", "jxs", "0017", "138", "8000", "chongqing", "cqlm", "wlj", "wanglaoji",
     "王老吉 重庆", "王 利民", "店", "j", "1", "ＣＯＬＤ", "100%", " 吉  王 "],
)  # fmt: skip
async def test_a_part_of_name_code_phone_or_pinyin_finds_it(q: str) -> None:
    assert await _finds(TEXT, q)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("q", ["利店", "x", "7", "200%", "利_店", "王老吉 北京", "cqnm", "\\", "%", "吉王"])
async def test_what_is_not_in_it_does_not_find_it(q: str) -> None:
    assert not await _finds(search.search_text("JXS-0017", spoken=["重庆利民店", "王老吉 100%"]), q)


SIGNS = st.text(st.sampled_from("ab1%_\\ 王老é（"), max_size=12)


@pytest.mark.usefixtures("app")
async def test_the_index_never_hides_what_the_text_has() -> None:
    checked = 0

    @settings(max_examples=150, deadline=None)
    @given(SIGNS, SIGNS, st.integers(0, 8), st.integers(2, 5))
    def collect(one: str, two: str, start: int, length: int) -> None:
        text = search.search_text(one, two)
        for word in text.split():
            part = word[start : start + length]
            if len(part) > 1:
                cases.append((text, part))

    cases: list[tuple[str, str]] = []
    collect()
    for text, part in dict.fromkeys(cases):
        assert await _finds(text, part), (text, part)
        checked += 1
    assert checked > 50


def test_nothing_searched_is_nothing_wanted() -> None:
    assert search.look_for(None) is None
    assert search.look_for(" 　\t") is None


async def test_a_product_far_down_the_list_is_found(world: World) -> None:
    await db.run(
        "INSERT INTO product (root_id, category_id, code, name, base_unit, search_text, shelf_life_days, "
        "guide_price_fen, floor_price_fen, ceiling_price_fen) "
        "SELECT $1, $2, 'C' || n, '茶' || n, '瓶', 'c' || n || ' 茶' || n, 365, 300, 150, 600 "
        "FROM generate_series(1, $3) n",
        world.brand.id,
        world.category_id,
        search.WALK + 100,
    )
    rare, common = f"茶{search.WALK + 77}", "茶"
    found, _ = await assortment.list_products(world.admin.actor, AssortmentFilter(q=rare))
    assert [item["name"] for item in found] == [rare]
    found, _ = await assortment.list_products(world.admin.actor, AssortmentFilter(q=common, sort="code", limit=3))
    assert [item["name"] for item in found] == ["茶1", "茶10", "茶100"]
