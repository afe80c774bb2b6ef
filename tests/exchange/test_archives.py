"""Dealers, stores, prices and opening stock out of files, each by the rules of its own module."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.channel.models import Org
from server.core import db
from tests.exchange.books import book, checked, headings, imported, upload
from tests.world import World, balances, number, today


def org_row(kind: str, code: str, **given: Any) -> list[Any]:
    """A dealer or store."""
    row = {"编码": code, "名称": f"商行{code}", **given}
    return [row.get(heading) for heading in headings(kind)]


def priced(product: Any, price: Any, **given: Any) -> list[Any]:
    """A price."""
    row = {"商品": product, "单价": price, **given}
    return [row.get(heading) for heading in headings("prices")]


async def errors(job: Any) -> list[tuple[str, str]]:
    """The wrong cells and why."""
    return [(item["cell"], item["detail"]) for item in job["report"]["errors"]]


async def test_a_tree_of_dealers_comes_in_whatever_the_order_of_its_rows(world: World) -> None:
    top, middle, low = (f"D{number()}" for _ in range(3))
    file = book(
        "dealers",
        org_row("dealers", low, 上级编码=middle),
        org_row("dealers", top, 区划代码="430000", 等级="A"),
        org_row("dealers", middle, 上级编码=top),
    )
    done = await imported(world.admin, "dealers", file)
    assert done["report"]["counts"] == {"new": 3, "changed": 0, "same": 0, "wrong": 0}
    orgs = {org.code: org for org in await Org.filter(root_id=world.brand.id, kind="dealer")}
    assert orgs[low].path == f"/{world.brand.id}/{orgs[top].id}/{orgs[middle].id}/{orgs[low].id}/"
    kinds = await db.value("SELECT array_agg(kind ORDER BY kind) FROM location WHERE org_id = $1", orgs[low].id)
    assert kinds == ["adjustment", "consumer", "in_transit", "loss", "quarantine", "supply", "warehouse"]
    again = await checked(world.admin, "dealers", file)
    assert again["report"]["counts"]["same"] == 3


async def test_a_file_cannot_make_rings_misplace_or_move_anybody(world: World) -> None:
    dealer = await world.dealer(code=f"D{number()}")
    store = await world.store(dealer, code=f"S{number()}")
    one, other = f"R{number()}", f"R{number()}"
    job = await checked(
        world.admin,
        "dealers",
        book(
            "dealers",
            org_row("dealers", one, 上级编码=other),
            org_row("dealers", other, 上级编码=one),
            org_row("dealers", f"D{number()}", 上级编码=store.code),
            org_row("dealers", store.code),
            org_row("dealers", f"D{number()}", 上级编码="没有"),
            org_row("dealers", dealer.code, 上级编码=one),
        ),
    )
    assert await errors(job) == [
        ("C2", "上下级绕成了圈"),
        ("C3", "上下级绕成了圈"),
        ("C4", "门店下面不能再添加下级"),
        ("A5", f"编码 {store.code} 已属于门店“{store.name}”"),
        ("C6", "没有编码为 没有 的上级，或者它不在您的管理范围内"),
        ("C7", "导入不能改上级，请在档案里移动"),
    ]


async def test_a_dealer_imports_below_itself_only_and_changes_no_stranger(world: World) -> None:
    dealer, other = await world.dealer(code=f"D{number()}"), await world.dealer(code=f"D{number()}")
    theirs = await world.store(other, code=f"S{number()}", name="别家的店")
    boss = await world.boss(dealer)
    job = await checked(boss, "stores", book("stores", org_row("stores", "S1", 上级编码=other.code)))
    assert await errors(job) == [("C2", f"没有编码为 {other.code} 的上级，或者它不在您的管理范围内")]
    done = await imported(boss, "stores", book("stores", org_row("stores", theirs.code, 名称="改了名")))
    assert done["report"]["counts"]["new"] == 1, "the same code of another dealer is another store"
    assert (await Org.get(id=theirs.id)).name == "别家的店"
    made = await Org.get(code=theirs.code, parent_id=dealer.id)
    assert made.name == "改了名" and made.price_group == "standard"
    await upload(boss, "products", book("products"), status=403)
    clerk = await world.user(dealer, "dealer_clerk")
    await upload(clerk, "stores", book("stores"), status=403)


async def test_what_a_cell_leaves_empty_stays_as_it_was(world: World) -> None:
    dealer = await world.dealer()
    store = await world.store(dealer, code=f"S{number()}", contact_phone="0731-88888888", grade="B")
    done = await imported(world.admin, "stores", book("stores", org_row("stores", store.code, 等级="A")))
    assert done["report"]["counts"]["changed"] == 1
    now = await Org.get(id=store.id)
    assert (now.grade, now.contact_phone, now.version) == ("A", "0731-88888888", store.version + 1)


async def test_customers_bring_their_tags_and_keep_those_that_a_file_does_not_name(world: World) -> None:
    dealer = await world.dealer()
    boss, code = await world.boss(dealer), f"C{number()}"
    row = org_row("customers", code, 门店类型="个人客户", 标签="老客户、重点")
    assert (await imported(boss, "customers", book("customers", row)))["report"]["counts"]["new"] == 1
    assert (await checked(boss, "customers", book("customers", row)))["report"]["counts"]["same"] == 1
    await imported(boss, "customers", book("customers", org_row("customers", code, 联系人="王芳")))
    [shown] = (await boss.get("/customers?tag=重点"))["items"]
    assert (shown["code"], shown["store_kind"], shown["contact_name"]) == (code, "person", "王芳")
    assert sorted(shown["tags"]) == ["老客户", "重点"]
    job = await checked(boss, "customers", book("customers", org_row("customers", code, 标签="重点")))
    assert job["report"]["counts"]["changed"] == 1


async def test_prices_are_found_by_code_or_barcode_and_held_within_their_limits(world: World) -> None:
    goods, other = await world.products(2)  # 3.00 yuan, from 1.50 to 6.00
    dealer = await world.dealer(code=f"D{number()}")
    rows = [
        priced(goods.code, 3.2),
        priced(other.itf, "２.８０", 价格组="vip"),
        priced(goods.ean, 3.1, 客户编码=dealer.code),
    ]
    done = await imported(world.admin, "prices", book("prices", *rows))
    assert done["report"]["counts"]["new"] == 3
    found = await db.rows(
        "SELECT price_group, buyer_id, price_fen FROM price WHERE root_id = $1 ORDER BY price_fen", world.brand.id
    )
    assert [tuple(item.values()) for item in found] == [
        ("vip", None, 280),
        (None, dealer.id, 310),
        ("standard", None, 320),
    ]
    assert (await checked(world.admin, "prices", book("prices", *rows)))["report"]["counts"]["same"] == 3
    wrong = [
        priced(goods.code, 6.01),
        priced("没有", 3),
        priced(goods.code, 3.333),
        priced(other.code, 3),
        priced(other.itf, 3),
    ]
    job = await checked(world.admin, "prices", book("prices", *wrong))
    assert await errors(job) == [
        ("B2", f"{goods.name}应在 ¥1.50 到 ¥6.00 之间（指导价）"),
        ("A3", "商品库里没有编码或条码 没有"),
        ("A4", "同一份价格里这个商品出现了两次"),
        ("B4", "金额最多两位小数"),
        ("A6", "同一份价格里这个商品出现了两次"),
    ]
    await imported(world.admin, "prices", book("prices", priced(goods.code, "不供应")))
    listed = await world.admin.get("/prices?price_group=standard")
    assert [item["price_fen"] for item in listed["items"]] == []


async def test_opening_stock_comes_in_once_however_often_the_file_is_sent(world: World) -> None:
    goods = await world.product()
    dealer = await world.dealer()
    boss, until = await world.boss(dealer), today() + timedelta(days=300)
    file = book("stock", [goods.code, "L1", None, until, 480])
    assert (await imported(boss, "stock", file))["report"]["counts"]["new"] == 1
    assert (await imported(boss, "stock", file))["report"]["counts"]["same"] == 1
    assert (await balances(dealer))[goods.id, "warehouse"] == (480, 0)
    job = await checked(
        boss, "stock", book("stock", [goods.ean, "L1", None, until, 500], [goods.code, "L1", None, "2027年6月31日", 1])
    )
    assert await errors(job) == [
        ("E2", "批次 L1 已经登记入库 480，期初库存只能登记一次"),
        ("B3", "批次 L1 在文件里出现了两次"),
        ("D3", "日期应写成 2027-06-30 这样"),
    ]
    assert (await balances(dealer))[goods.id, "warehouse"] == (480, 0)
