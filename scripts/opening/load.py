"""`scripts/import`: a workbook of archives into the database, all of it or nothing."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from scripts.opening.connection import connected, data_folder, in_words, settings_for
from scripts.opening.found import password
from scripts.opening.sheets import OPENING_PRICES, OPENING_STOCK, ORGS, SHEETS, OpeningOrg, write_template
from scripts.toolbox.console import Console, Problem
from server.core import db
from server.core.actor import Actor
from server.core.bulk import Plan, nobody
from server.core.errors import BusinessError
from server.exchange.reading import Content, read_sheet
from server.exchange.sheets import Sheet
from server.exchange.workbook import open_book
from server.identity.accounts import create_account
from server.identity.schemas import NewAccount, RoleName
from server.identity.service import actor_for
from server.settings import Settings
from server.settlement.schemas import CreditLimit
from server.settlement.service import set_credit_limit


class Refused(Exception):
    """The workbook was not loaded; every error is named."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__(f"有 {len(errors)} 处错误，没有导入任何内容")
        self.errors = list(errors)


@dataclass
class Loaded:
    """What was added or changed, what was there already, and the new accounts as (org, phone, password)."""

    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)


class Loader:
    """Loads one workbook for one brand, in the name of an administrator."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.done, self.errors = actor, Loaded(), list[str]()
        self.contents: dict[str, Content] = {}
        self.orgs: dict[str, int] = {}
        self.actors: dict[int, Actor] = {actor.org_id: actor}

    async def load(self, file: Path) -> Loaded:
        """All sheets, in the order in which they build on each other; raises `Refused` with all errors."""
        await self._read(file)
        async with db.transaction():
            for sheet in SHEETS:
                if sheet.title in self.contents:
                    await self._save(sheet, self.contents[sheet.title])
            for title, content in self.contents.items():
                self.errors += [f"{title} {error.cell}：{error.detail}" for error in sorted(content.errors)]
            if self.errors:
                raise Refused(self.errors)
        return self.done

    async def _read(self, file: Path) -> None:
        book = await asyncio.to_thread(open_book, file)
        try:
            for sheet in SHEETS:
                if sheet.title in book.sheetnames:
                    self.contents[sheet.title] = await read_sheet(file, book[sheet.title], sheet, nobody)
        finally:
            book.close()
        if not self.contents:
            raise Problem(f"{file} 里没有这些工作表中的任何一张：{'、'.join(sheet.title for sheet in SHEETS)}")

    async def _save(self, sheet: Sheet, content: Content) -> None:
        """The rows of a sheet, those of each org in the name of its owner: prices and stock are its own matter."""
        if sheet in (OPENING_PRICES, OPENING_STOCK):
            await self._know_orgs()
        for code, indexes in _by_owner(sheet, content).items():
            keeper = await self._keeper(content, sheet, code, indexes)
            if keeper is None:
                continue
            plan = await sheet.save(keeper, [content.rows[index] for index in indexes], write=True)
            for wrong in plan.wrong:
                place = content.places.get(wrong.field, 0)
                content.refuse(content.numbers[indexes[wrong.row]], place, wrong.detail)
            if sheet is ORGS:
                await self._open_accounts(content, plan)
            self._count(sheet.title, plan)

    def _count(self, title: str, plan: Plan) -> None:
        counts = plan.counts()
        for counted, count in ((self.done.added, counts["new"] + counts["changed"]), (self.done.known, counts["same"])):
            if count:
                counted[title] = counted.get(title, 0) + count

    async def _know_orgs(self) -> None:
        found = await db.rows("SELECT code, id FROM org WHERE root_id = $1 AND code <> ''", self.actor.root_id)
        self.orgs = {item["code"]: item["id"] for item in found} | {"": self.actor.org_id}

    async def _keeper(self, content: Content, sheet: Sheet, code: str, indexes: Sequence[int]) -> Actor | None:
        """Who acts for an org; refuses the rows where there is nobody."""
        try:
            if code and code not in self.orgs:
                raise Problem(f"没有编码为 {code} 的组织")
            return await self._actor(self.orgs[code] if code else self.actor.org_id)
        except Problem as refusal:
            for index in indexes:
                content.refuse(content.numbers[index], 0, str(refusal))
            return None

    async def _actor(self, org_id: int) -> Actor:
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

    async def _open_accounts(self, content: Content, plan: Plan) -> None:
        """Owners and credit of the orgs that are new."""
        await self._know_orgs()
        for index, row in enumerate(content.rows):
            if plan.states[index] == "new":
                await self._one(content, index, "owner_phone", self._owner(row))
                await self._one(content, index, "credit_fen", self._credit(row))

    async def _one(self, content: Content, index: int, column: str, work: Awaitable[None]) -> None:
        """One step behind a savepoint, so that one that is refused does not hide the errors of the others."""
        await db.run("SAVEPOINT one_row")
        try:
            await work
        except (BusinessError, Problem) as refusal:
            await db.run("ROLLBACK TO SAVEPOINT one_row")
            content.refuse(content.numbers[index], content.places[column], _reason(refusal))
            return
        await db.run("RELEASE SAVEPOINT one_row")

    async def _owner(self, row: OpeningOrg) -> None:
        if not row.owner_phone:
            return
        word = password()
        role: RoleName = "dealer_owner" if row.kind == "dealer" else "store_owner"
        name = row.contact_name or "老板"
        await create_account(self.actor, NewAccount(self.orgs[row.code], name, row.owner_phone, word, role))
        self.done.accounts.append((row.name, row.owner_phone, word))

    async def _credit(self, row: OpeningOrg) -> None:
        if row.credit_fen is not None:
            grantor = await self._actor(self.orgs[row.parent or ""])
            await set_credit_limit(grantor, CreditLimit(self.orgs[row.code], row.credit_fen))


def _by_owner(sheet: Sheet, content: Content) -> dict[str, list[int]]:
    """The rows by the code of the org whose matter they are; all of them the brand's but for prices and stock."""
    owner = {OPENING_PRICES.title: "seller", OPENING_STOCK.title: "org"}.get(sheet.title)
    found: dict[str, list[int]] = {}
    for index, row in enumerate(content.rows):
        if owner not in row.unread:
            found.setdefault((owner and getattr(row, owner)) or "", []).append(index)
    return found


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, BusinessError):
        return "；".join([item.detail for item in refusal.errors] or [refusal.detail])
    return str(refusal)


async def load(settings: Settings, phone: str, file: Path) -> Loaded:
    """Load a workbook in the name of the account with this phone number."""
    async with connected(settings):
        account_id = await db.value("SELECT id FROM account WHERE phone = $1", phone)
        if account_id is None:
            raise Problem(f"没有手机号为 {phone} 的账号，请先用 scripts/found 建立品牌")
        actor = await actor_for(account_id, surface="import")
        if actor.org_kind != "brand":
            raise Problem("只有品牌的账号可以导入")
        return await Loader(actor).load(file)


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
    description = "从 Excel 导入分类、商品、客户、价格和期初库存：全部成功才写入，已有的编码会更新。"
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
        if not given.file.is_file():
            raise Problem(f"没有找到文件 {given.file}")
        with in_words():
            done = asyncio.run(load(settings_for(given.data.absolute()), given.phone, given.file))
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
