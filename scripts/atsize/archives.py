"""Who is in the world and what is sold: rows for COPY, with the words that searches find them by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import asyncpg

from scripts.atsize.size import ASSORTMENT, BRAND, FIRST_DEALER, FIRST_STORE, REP, Size
from server.catalog.service import found_by
from server.core import search
from server.regions import service as regions
from server.stock.words import LOCATION_NAMES


def _words(text: str) -> list[str]:
    return text.split()


_PLACES = _words(
    "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感"
)
_WORDS = _words(
    "好邻居 万家福 家家乐 惠民 恒昌 大润 顺达 鸿运 金桥 春晓 百汇 天天 乐购 诚信 永兴 丰源 宏达 利民 佳佳 美宜"
)
_SHOPS = _words("便利店 超市 副食店 烟酒行 生鲜店 小卖部 餐饮店")
_FIRMS = _words("商贸 贸易 食品 供应链 酒水 百货")
_TASTES = _words("柠檬 橙汁 蜜桃 葡萄 苹果 乌龙 茉莉 椰子 芒果 青梅 荔枝 山楂 菠萝 西柚 薄荷 海盐")
_DRINKS = _words("汽水 果汁 气泡水 苏打水 茶饮 乳酸菌 纯净水 功能饮料 咖啡 奶茶")
_SIZES = _words("250ml 330ml 500ml 1L 1.5L")
CATEGORIES = 40
TERRITORIES = 20
"""In how many counties a dealer may sell."""

_BATCH = 20_000

Record = tuple[Any, ...]


def _pick(words: list[str], number: int) -> str:
    return words[number % len(words)]


def dealer_name(number: int) -> str:
    """A dealer's name; the number makes it the only one."""
    return f"{_pick(_PLACES, number)}{_pick(_WORDS, number // 7)}{_pick(_FIRMS, number // 3)}{number}"


def store_name(number: int) -> str:
    """A store's name."""
    return f"{_pick(_PLACES, number // 11)}{_pick(_WORDS, number)}{_pick(_SHOPS, number // 5)}{number}号店"


def product_name(number: int) -> str:
    """A product's name."""
    return f"{_pick(_TASTES, number)}{_pick(_DRINKS, number // 16)}{number}"


def _home(dealer_place: int) -> int:
    """Where the counties of a dealer begin, in the list of all."""
    return dealer_place * TERRITORIES


_ORG = (
    "id root_id parent_id kind code name sort_name path contact_name contact_phone region_code grade store_kind "
    "cooperation status lat lng papers_until"
)
_GRADES = ("A", "B", "C")
_STORE_KINDS = ("convenience", "supermarket", "restaurant", "grocery")


def _org(org_id: int, parent: int | None, kind: str, code: str, name: str, path: str, phone: str) -> Record:
    return org_id, BRAND, parent, kind, code, name, search.sort_name(name), path, f"{name[:2]}负责人", phone


def _orgs(size: Size) -> Iterator[Record]:
    counties = regions.leaves()
    yield (*_org(BRAND, None, "brand", "B", "渠道品牌", f"/{BRAND}/", "13000000000"), *("", "", "", "active", "active"),
           None, None, None)  # fmt: skip
    for place in range(size.dealers):
        dealer = FIRST_DEALER + place
        county = counties[_home(place) % len(counties)]
        papers = date(2027, 1, 1) + timedelta(place % 400) if place % 3 else None
        yield (
            *_org(dealer, size.parent(dealer), "dealer", f"D{place:05d}", dealer_name(place), size.path(dealer),
                  f"131{place:08d}"),
            county, _GRADES[place % 3], "", "active", "frozen" if place % 200 == 199 else "active", None, None, papers,
        )  # fmt: skip
    for number in range(size.stores):
        dealer, store = size.dealer_of(number), FIRST_STORE + number
        home = _home(dealer - FIRST_DEALER) + number // size.dealers % TERRITORIES
        lat, lng = 22 + home % 97 / 7 + number % 89 / 900, 105 + home % 61 / 5 + number % 83 / 900
        yield (
            *_org(store, dealer, "store", f"S{number:06d}", store_name(number), f"{size.path(dealer)}{store}/",
                  f"132{number:08d}"),
            counties[home % len(counties)], "", _STORE_KINDS[number % 4], "prospect" if number % 50 == 7 else "active",
            "frozen" if number % 500 == 499 else "active", lat, lng, None,
        )  # fmt: skip


def _org_words(size: Size) -> Iterator[Record]:
    for org in _orgs(size):
        org_id, code, name, contact, phone = org[0], org[4], org[5], org[8], org[9]
        yield org_id, BRAND, search.search_text(code, phone, spoken=[name, contact])


def _tags(size: Size) -> Iterator[Record]:
    for number in range(0, size.stores, 10):
        yield BRAND, FIRST_STORE + number, "重点" if number % 30 else "新店"


def _authorities(size: Size) -> Iterator[Record]:
    counties, since = regions.leaves(), datetime(2025, 1, 1, tzinfo=UTC)
    for place in range(size.dealers):
        for number in range(TERRITORIES):
            code = counties[(_home(place) + number) % len(counties)]
            category = 1 if place % 3 else 2 + place % CATEGORIES
            yield BRAND, FIRST_DEALER + place, code, category, since.date(), since


def _products(size: Size) -> Iterator[Record]:
    for number in range(1, size.products + 1):
        name, code = product_name(number), f"P{number:05d}"
        guide = 200 + number * 37 % 700
        yield (
            number, BRAND, 2 + number % CATEGORIES, code, name, _pick(_SIZES, number), "瓶",
            found_by(code, name, _pick(_SIZES, number), [f"0690{number:09d}0"]), 365, guide, guide // 2, guide * 2,
        )  # fmt: skip


def _packagings(size: Size) -> Iterator[Record]:
    for number in range(1, size.products + 1):
        yield 2 * number, BRAND, number, "瓶", 1, f"0690{number:09d}0", False
        yield 2 * number + 1, BRAND, number, "箱", 24, f"1690{number:09d}0", True


async def _copy(connection: asyncpg.Connection, table: str, columns: str, rows: Iterator[Record]) -> None:
    while batch := list(islice(rows, _BATCH)):
        await connection.copy_records_to_table(table, records=batch, columns=columns.split())


async def write_archives(connection: asyncpg.Connection, size: Size) -> None:
    """Orgs, accounts, places, products and prices."""
    await _copy(connection, "org", _ORG, _orgs(size))
    await _copy(connection, "org_search", "org_id root_id search_text", _org_words(size))
    await _copy(connection, "customer_tag", "root_id org_id tag", _tags(size))
    categories = [(1, BRAND, None, "饮料"), *((2 + n, BRAND, 1, f"饮料{n + 1}类") for n in range(CATEGORIES))]
    await _copy(connection, "category", "id root_id parent_id name", iter(categories))
    await _copy(
        connection,
        "product",
        "id root_id category_id code name spec base_unit search_text shelf_life_days guide_price_fen floor_price_fen "
        "ceiling_price_fen",
        _products(size),
    )
    await _copy(connection, "packaging", "id root_id product_id name unit_qty gtin is_default", _packagings(size))
    kinds = [*_PLACES_OF_TRADE, *(kind for kind in LOCATION_NAMES if kind not in _PLACES_OF_TRADE)]
    await connection.execute(_PEOPLE.format(rep=REP, brand=BRAND))
    assigned = [(REP, dealer, BRAND) for dealer in size.rep_dealers]
    await _copy(connection, "assignment", "account_id org_id root_id", iter(assigned))
    await connection.execute(_COUNTED)
    await connection.execute(_PLACES_OF_GOODS.format(brand=BRAND), kinds, [LOCATION_NAMES[kind] for kind in kinds])
    await _copy(
        connection, "authority", "root_id org_id region_code category_id from_on granted_at", _authorities(size)
    )
    await connection.execute(_PRICES.format(brand=BRAND, assortment=ASSORTMENT, products=size.products))


_PEOPLE = """
INSERT INTO account (id, root_id, org_id, name, phone, password_hash, role)
SELECT id, {brand}, id, left(name, 2) || '负责人', coalesce(nullif(contact_phone, ''), '1' || lpad(id::text, 10, '0')),
       '', CASE kind WHEN 'brand' THEN 'brand_admin' WHEN 'dealer' THEN 'dealer_owner' ELSE 'store_owner' END
FROM org;
INSERT INTO account (id, root_id, org_id, name, phone, password_hash, role)
VALUES ({rep}, {brand}, {brand}, '业务员', '19999999999', '', 'brand_rep');
INSERT INTO account (id, root_id, org_id, name, phone, password_hash, role, status)
SELECT 10000000 + id, {brand}, id, left(name, 2) || '店员', '16' || lpad(id::text, 9, '0'), '', 'store_clerk',
       CASE WHEN id % 500 = 0 THEN 'frozen' ELSE 'active' END
FROM org WHERE kind = 'store' AND id % 5 = 0;
UPDATE account SET search_text = phone || ' ' || name;
"""

# No trigger speaks while the world is made.
_COUNTED = """
INSERT INTO region_stores SELECT root_id, region_code, count(*) FROM org WHERE kind = 'store' GROUP BY 1, 2
"""

_PLACES_OF_TRADE = ("warehouse", "in_transit", "supply")
"""The first places of every org, in the order by which `trade.sql` numbers them."""

_PLACES_OF_GOODS = """
INSERT INTO location (id, root_id, org_id, kind, name)
SELECT 10 * o.id + t.n, {brand}, o.id, t.kind, t.name
FROM org o, unnest($1::text[], $2::text[]) WITH ORDINALITY AS t (kind, name, n)
"""

_PRICES = """
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen, from_on, set_at)
SELECT {brand}, {brand}, 'standard', id, guide_price_fen - 10, '2025-01-01', '2025-01-01' FROM product;
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen, from_on, set_at)
SELECT {brand}, o.id, 'standard', p.id, p.guide_price_fen - 10, '2025-01-01', '2025-01-01'
FROM org o CROSS JOIN generate_series(0, {assortment} - 1) n
JOIN product p ON p.id = 1 + (o.id * 31 + n) % {products}
WHERE o.kind = 'dealer';
INSERT INTO price (root_id, seller_id, buyer_id, product_id, price_fen, from_on, set_at)
SELECT {brand}, {brand}, o.id, 1 + (o.id * 17 + n) % {products}, 250 + n, '2025-02-01', '2025-02-01'
FROM org o CROSS JOIN generate_series(0, 4) n WHERE o.parent_id = {brand};
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen, from_on, until_on, set_at)
SELECT {brand}, {brand}, 'standard', id, guide_price_fen - 20, current_date - 1 + (id % 30)::int,
       current_date + 20 + (id % 30)::int, '2025-03-01'
FROM product WHERE id % 4 = 0;
INSERT INTO price (root_id, seller_id, price_group, product_id, price_fen, from_on, set_at, ended_at)
SELECT {brand}, {brand}, 'standard', p.id, p.guide_price_fen - n, '2024-01-01', '2024-01-01', '2025-01-01'
FROM product p CROSS JOIN generate_series(1, 5) n;
INSERT INTO price_list (root_id, seller_id, price_group, buyer_id, updated_at)
SELECT DISTINCT root_id, seller_id, price_group, buyer_id, timestamptz '2025-01-01' FROM price;
INSERT INTO guide_price (root_id, product_id, grade, region_code, floor_fen, guide_fen, ceiling_fen, from_on, set_at)
SELECT {brand}, id, s.grade, s.region_code, 100, guide_price_fen, 90000, '2025-01-01', '2025-01-01'
FROM product CROSS JOIN (VALUES ('A', ''), ('', '430000'), ('', '430100'), ('B', '430000')) s (grade, region_code)
WHERE id % 5 = 0;
INSERT INTO lot (id, root_id, product_id, code, expires_on)
SELECT id, {brand}, id, 'L1', current_date + 300 FROM product;
"""
