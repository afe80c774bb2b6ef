"""`scripts/import`: a workbook of archives into the database, all of it or nothing."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from openpyxl import Workbook

from scripts.opening.connection import connected, data_folder, in_words, settings_for
from scripts.opening.found import password
from scripts.opening.sheets import (
    CategoryRow,
    Content,
    OrgRow,
    PriceRow,
    ProductRow,
    StockRow,
    fen,
    read,
    write_template,
)
from scripts.toolbox.console import Console, Problem
from server.catalog import service as catalog
from server.catalog.schemas import NewCategory, NewPackaging, NewProduct
from server.channel import service as channel
from server.channel.schemas import NewOrg
from server.core import db
from server.core.actor import Actor
from server.core.errors import BusinessError
from server.identity.accounts import create_account
from server.identity.schemas import NewAccount
from server.identity.service import actor_for
from server.pricing import service as pricing
from server.pricing.schemas import PriceIn, PriceList
from server.settings import Settings
from server.settlement.schemas import CreditLimit
from server.settlement.service import set_credit_limit
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply

KINDS = {"经销商": "dealer", "门店": "store"}


class Refused(Exception):
    """The workbook was not loaded; every error is named."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__(f"有 {len(errors)} 处错误，没有导入任何内容")
        self.errors = list(errors)


@dataclass
class Loaded:
    """What was added, what was there already, and the new accounts as (org, phone, password)."""

    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)


class Loader:
    """Loads one workbook for one brand, in the name of an administrator."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.done, self.errors = actor, Loaded(), list[str]()
        self.categories: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.orgs: dict[str, int] = {}
        self.actors: dict[int, Actor] = {actor.org_id: actor}

    async def load(self, content: Content) -> Loaded:
        """Everything in the order in which it builds on itself; raises `Refused` with all errors."""
        self.errors += content.errors
        async with db.transaction():
            await self._known()
            steps: list[tuple[str, Callable[[Any], Awaitable[bool]]]] = [
                ("分类", self._category),
                ("商品", self._product),
                ("客户", self._org),
                ("价格", self._price),
                ("期初库存", self._stock),
            ]
            for title, step in steps:
                for number, row in content.rows.get(title, []):
                    await self._one(title, number, row, step)
            if self.errors:
                raise Refused(self.errors)
        return self.done

    async def _known(self) -> None:
        root = self.actor.root_id
        found = await db.rows("SELECT name, id FROM category WHERE root_id = $1", root)
        self.categories = {item["name"]: item["id"] for item in found}
        found = await db.rows("SELECT code, id FROM product WHERE root_id = $1", root)
        self.products = {item["code"]: item["id"] for item in found}
        found = await db.rows("SELECT code, id FROM org WHERE root_id = $1 AND code <> ''", root)
        self.orgs = {item["code"]: item["id"] for item in found} | {"": self.actor.org_id}

    async def _one(self, title: str, number: int, row: Any, step: Callable[[Any], Awaitable[bool]]) -> None:
        """One row behind a savepoint, so that one that is refused does not hide the errors of the others."""
        await db.run("SAVEPOINT one_row")
        try:
            added = await step(row)
        except (BusinessError, Problem, KeyError) as refusal:
            await db.run("ROLLBACK TO SAVEPOINT one_row")
            self.errors.append(f"{title} 第 {number} 行：{_reason(refusal)}")
            return
        await db.run("RELEASE SAVEPOINT one_row")
        counted = self.done.added if added else self.done.known
        counted[title] = counted.get(title, 0) + 1

    async def _category(self, row: CategoryRow) -> bool:
        if row.name in self.categories:
            return False
        parent = self._find(self.categories, row.parent, "分类") if row.parent else None
        made = await catalog.create_category(self.actor, NewCategory(row.name, parent, len(self.categories)))
        self.categories[row.name] = made.id
        return True

    async def _product(self, row: ProductRow) -> bool:
        if row.code in self.products:
            return False
        packed = [NewPackaging(row.base_unit, 1, row.gtin, row.case_qty is None)]
        if row.case_qty:
            packed.append(NewPackaging(row.case_name, row.case_qty, row.case_gtin, True))
        new = NewProduct(
            category_id=self._find(self.categories, row.category, "分类"),
            code=row.code,
            name=row.name,
            spec=row.spec,
            base_unit=row.base_unit,
            shelf_life_days=row.shelf_life_days,
            guide_price_fen=fen(row.guide),
            floor_price_fen=fen(row.floor),
            ceiling_price_fen=fen(row.ceiling),
            packagings=packed,
        )
        self.products[row.code] = await catalog.create_product(self.actor, new)
        return True

    async def _org(self, row: OrgRow) -> bool:
        if row.code in self.orgs:
            return False
        parent_id = self._find(self.orgs, row.parent, "上级")
        wanted = {**msgspec.structs.asdict(row), "kind": KINDS[row.kind], "parent_id": parent_id}
        new = _checked({name: wanted[name] for name in NewOrg.__struct_fields__}, NewOrg)
        org = await channel.create_org(self.actor, new)
        self.orgs[row.code] = org.id
        if row.owner_phone:
            await self._owner(row, org.id)
        if row.credit is not None:
            await set_credit_limit(await self._actor(parent_id), CreditLimit(org.id, fen(row.credit)))
        return True

    async def _owner(self, row: OrgRow, org_id: int) -> None:
        word = password()
        role = "dealer_owner" if row.kind == "经销商" else "store_owner"
        new = {"org_id": org_id, "name": row.contact_name or "老板", "phone": row.owner_phone, "role": role}
        await create_account(self.actor, _checked({**new, "password": word}, NewAccount))
        self.done.accounts.append((row.name, row.owner_phone, word))

    async def _price(self, row: PriceRow) -> bool:
        seller = await self._actor(self._find(self.orgs, row.seller, "供货方"))
        price = PriceIn(self._find(self.products, row.product, "商品"), fen(row.price))
        await pricing.set_prices(seller, PriceList([price], row.price_group))
        return True

    async def _stock(self, row: StockRow) -> bool:
        keeper = await self._actor(self._find(self.orgs, row.org, "组织"))
        product_id = self._find(self.products, row.product, "商品")
        moved = await db.value(
            "SELECT EXISTS (SELECT 1 FROM stock_balance b JOIN lot l ON l.id = b.lot_id JOIN location w "
            "ON w.id = b.location_id WHERE w.org_id = $1 AND b.product_id = $2 AND l.code = $3)",
            keeper.org_id,
            product_id,
            row.lot,
        )
        if moved:
            return False
        await supply(keeper, Supply([SupplyLine(product_id, row.lot, row.expires_on, row.qty, row.produced_on)]))
        return True

    async def _actor(self, org_id: int) -> Actor:
        """Who acts for an org: its owner, as a price or a stock is its own matter."""
        if org_id not in self.actors:
            owner = await db.value(
                "SELECT id FROM account WHERE org_id = $1 AND status = 'active' AND role LIKE '%\\_owner' "
                "ORDER BY id LIMIT 1",
                org_id,
            )
            if owner is None:
                raise Problem("这个组织还没有老板账号，请先在“客户”表里填写老板手机号")
            self.actors[org_id] = await actor_for(owner, surface="import")
        return self.actors[org_id]

    @staticmethod
    def _find(known: dict[str, int], name: str, what: str) -> int:
        if name not in known:
            raise Problem(f"没有找到{what}“{name}”")
        return known[name]


def _checked(values: dict[str, Any], kind: type[Any]) -> Any:
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise Problem(f"内容不对（{error}）") from None


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, BusinessError):
        return "；".join([item.detail for item in refusal.errors] or [refusal.detail])
    return str(refusal)


async def load(settings: Settings, phone: str, content: Content) -> Loaded:
    """Load a workbook in the name of the account with this phone number."""
    async with connected(settings):
        account_id = await db.value("SELECT id FROM account WHERE phone = $1", phone)
        if account_id is None:
            raise Problem(f"没有手机号为 {phone} 的账号，请先用 scripts/found 建立品牌")
        actor = await actor_for(account_id, surface="import")
        if actor.org_kind != "brand":
            raise Problem("只有品牌的账号可以导入")
        return await Loader(actor).load(content)


def write_accounts(file: Path, accounts: Sequence[tuple[str, str, str]]) -> None:
    """The new owners' first passwords, for whoever hands them out; readable by this user only."""
    book = Workbook(write_only=True)
    page = book.create_sheet("账号")
    for row in [("组织", "手机号", "初始密码"), *accounts]:
        page.append(row)
    file.touch(mode=0o600)
    book.save(file)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    description = "从 Excel 导入分类、商品、客户、价格和期初库存：全部成功才写入，已有的编码会跳过。"
    parser = argparse.ArgumentParser(prog="scripts/import", description=description)
    parser.add_argument("file", type=Path, help="Excel 文件（.xlsx）")
    parser.add_argument("--template", action="store_true", help="不导入，而是把空白模板写到这个文件")
    parser.add_argument("--phone", metavar="PHONE", help="以哪个品牌账号的名义导入")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="scripts/run 的数据目录")
    given = parser.parse_args(arguments)
    if not given.template and not given.phone:
        parser.error("请用 --phone 说明以哪个品牌账号的名义导入")
    return given


def main(arguments: Sequence[str]) -> int:
    """0, or 1 with every error named."""
    given, console = parse(arguments), Console()
    try:
        if given.template:
            write_template(given.file)
            console.line(f"✓ 模板已写到 {given.file}")
            return 0
        content = read(given.file)
        with in_words():
            done = asyncio.run(load(settings_for(given.data.absolute()), given.phone, content))
    except Refused as refused:
        for error in refused.errors:
            console.line(f"  {error}")
        console.problem(str(refused))
        return 1
    except Problem as refusal:
        console.problem(str(refusal))
        return 1
    _report(console, given.file, done)
    return 0


def _report(console: Console, file: Path, done: Loaded) -> None:
    for title, count in done.added.items():
        skipped = done.known.get(title)
        console.line(f"✓ {title}：写入 {count} 行" + (f"，已有 {skipped} 行跳过" if skipped else ""))
    for title in done.known.keys() - done.added.keys():
        console.line(f"✓ {title}：{done.known[title]} 行都已存在")
    if done.accounts:
        target = file.with_name(f"{file.stem}-账号.xlsx")
        write_accounts(target, done.accounts)
        console.line(f"✓ 新账号 {len(done.accounts)} 个，初始密码在 {target}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
