"""`scripts/found`: the first thing in an empty database, a brand and the account of its administrator."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from scripts.opening.connection import connected, data_folder, in_words, settings_for
from scripts.toolbox.console import Console, Problem
from server.channel.service import found_brand
from server.core import db
from server.core.types import Name, Password, Phone
from server.identity.accounts import open_first_account
from server.settings import Settings


class Wanted(msgspec.Struct):
    """The brand and its administrator, as given."""

    brand: Name
    admin: Name
    phone: Phone
    password: Password
    wecom_userid: str | None


def password() -> str:
    """A password that can be read over the phone: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def parse(arguments: Sequence[str]) -> tuple[Wanted, Path]:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/found", description="在空的数据库里建立品牌和它的管理员账号。")
    parser.add_argument("brand", help="品牌名称")
    parser.add_argument("--admin", default="管理员", metavar="NAME", help="管理员姓名（默认“管理员”）")
    parser.add_argument("--phone", required=True, metavar="PHONE", help="管理员手机号，用来登录")
    parser.add_argument("--password", metavar="TEXT", help="登录密码；不给则自动生成并打印一次")
    parser.add_argument("--wecom", metavar="USERID", help="管理员的企业微信成员账号")
    parser.add_argument("--data", type=Path, default=data_folder(), metavar="DIR", help="scripts/run 的数据目录")
    given = parser.parse_args(arguments)
    chosen = given.password or password()
    try:
        wanted = msgspec.convert(
            {
                "brand": given.brand.strip(),
                "admin": given.admin.strip(),
                "phone": given.phone.strip(),
                "password": chosen,
                "wecom_userid": given.wecom,
            },
            Wanted,
        )
    except msgspec.ValidationError:
        parser.error("名称不能为空，手机号是 11 位数字，密码 8 到 64 位")
    return wanted, given.data.absolute()


async def found(settings: Settings, wanted: Wanted) -> int:
    """Found the brand with its administrator, both or neither; the brand's id."""
    async with connected(settings), db.transaction():
        brand = await found_brand(wanted.brand)
        await open_first_account(brand, wanted.admin, wanted.phone, wanted.password, wanted.wecom_userid)
        return int(brand.id)


def main(arguments: Sequence[str]) -> int:
    """0, or 1 with a sentence that says what is wrong."""
    console = Console()
    wanted, data = parse(arguments)
    try:
        with in_words():
            brand_id = asyncio.run(found(settings_for(data), wanted))
    except Problem as refusal:
        console.problem(str(refusal))
        return 1
    console.line(f"✓ 品牌“{wanted.brand}”已建立（编号 {brand_id}）")
    console.line(f"  管理员 {wanted.admin}，手机号 {wanted.phone}，密码 {wanted.password}")
    console.line("  请登录后修改密码；接着可以用 scripts/import 导入商品、客户、价格和期初库存。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
