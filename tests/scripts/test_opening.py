"""A new deployment: the brand is founded and its archives loaded, all of a workbook or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from scripts.opening.load import Loader, Refused
from scripts.opening.sheets import SHEETS, write_template
from scripts.toolbox.environment import ROOT
from server.core import db
from server.exchange.workbook import NotAWorkbook
from server.settings import Settings
from tests.services import EmbeddedServices
from tests.world import World, gtin13, gtin_case, number, phone

HEADINGS = {sheet.title: [column.heading for column in sheet.columns] for sheet in SHEETS}


def workbook(file: Path, **sheets: list[list[Any]]) -> Path:
    """A workbook with these rows below the right headings."""
    book = Workbook()
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        page.append(HEADINGS[title])
        for row in rows:
            page.append(row)
    book.save(file)
    return file


def small(file: Path, owner: str, piece: str, code: str, **changes: list[list[Any]]) -> Path:
    """A category, a product of 24 a case, a dealer with its owner, a price and opening stock at the dealer."""
    product = [code, "柠檬汽水", "500ml", "汽水", "瓶", piece, 365, 3.5, 2.8, 5, "箱", 24, gtin_case(piece)]
    sheets: dict[str, list[list[Any]]] = {
        "分类": [["软饮", ""], ["汽水", "软饮"]],
        "商品": [product],
        "客户": [["D1", "湘江商贸", "经销商", "", "", "", "430100", "五一路 1 号", "王老板", "", owner, 2000]],
        "价格": [["", "", code, 3.2], ["D1", "", code, 3.4]],
        "期初库存": [["D1", code, "L1", "", "2027-06-30", 480]],
        **changes,
    }
    return workbook(file, **sheets)


async def test_a_workbook_opens_a_dealer_that_can_buy_and_sell_at_once(world: World, tmp_path: Path) -> None:
    owner, piece, code = phone(), gtin13(), f"YL{number()}"
    done = await Loader(world.admin.actor).load(small(tmp_path / "a.xlsx", owner, piece, code))
    assert done.added == {"分类": 2, "商品": 1, "客户": 1, "价格": 2, "期初库存": 1}
    assert [(org, number) for org, number, _ in done.accounts] == [("湘江商贸", owner)]

    signed_in = await world.http.post("/api/v1/auth/login", json={"phone": owner, "password": done.accounts[0][2]})
    token = {"Authorization": f"Bearer {signed_in.json()['token']}"}
    offered = (await world.http.get("/api/v1/catalog/products", headers=token)).json()["items"]
    assert [(item["code"], item["price_fen"]) for item in offered] == [(code, 320)]
    stock = (await world.http.get("/api/v1/stock", headers=token)).json()["items"]
    assert [(item["product_code"], item["on_hand"]) for item in stock] == [(code, 480)]
    balance = (await world.http.get("/api/v1/settlement/balance", headers=token)).json()
    assert balance["limit_fen"] == 200_000


async def test_loading_the_same_workbook_again_does_not_double_the_stock(world: World, tmp_path: Path) -> None:
    file = small(tmp_path / "a.xlsx", phone(), gtin13(), f"YL{number()}")
    await Loader(world.admin.actor).load(file)
    again = await Loader(world.admin.actor).load(file)
    assert again.known == {"分类": 2, "商品": 1, "客户": 1, "价格": 2, "期初库存": 1}
    assert again.added == {} and again.accounts == []
    total = "SELECT sum(b.on_hand) FROM stock_balance b JOIN location w ON w.id = b.location_id WHERE "
    assert await db.value(total + "b.root_id = $1 AND w.kind = 'warehouse'", world.brand.id) == 480


async def test_every_wrong_row_is_named_and_nothing_is_loaded(world: World, tmp_path: Path) -> None:
    code, piece = f"YL{number()}", gtin13()
    wrong_digit = piece[:-1] + str((int(piece[-1]) + 1) % 10)
    file = small(
        tmp_path / "a.xlsx", phone(), piece, code,
        商品=[
            [code, "好商品", "", "汽水", "瓶", piece, 365, 3.5, 2.8, 5, "", "", ""],
            ["YL2", "条码不对", "", "汽水", "瓶", wrong_digit, 365, 3.5, 2.8, 5, "", "", ""],
            ["YL3", "没有价格", "", "汽水", "瓶", gtin13(), 365, "", 2.8, 5, "", "", ""],
        ],
        客户=[["D1", "湘江商贸", "经销商", "没有这个上级", "", "", "", "", "", "", "", ""]],
        价格=[["", "", code, 9.99], ["", "", code, "3.333"]],
        期初库存=[],
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        await Loader(world.admin.actor).load(file)
    assert [error.split("：")[0] for error in refused.value.errors] == [
        "商品 F3", "商品 H4", "客户 D2", "价格 D2", "价格 C3", "价格 D3",
    ]  # fmt: skip
    assert await db.value("SELECT count(*) FROM product WHERE root_id = $1", world.brand.id) == 0


async def test_the_template_can_be_filled_in_and_read_back(world: World, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    write_template(file)
    book = load_workbook(file)
    assert book.sheetnames[:5] == ["分类", "商品", "客户", "价格", "期初库存"] and "说明" in book.sheetnames
    book["分类"].append(["软饮", ""])
    book.save(file)
    done = await Loader(world.admin.actor).load(file)
    assert done.added == {"分类": 1}, "the examples in the template are no content"


async def test_something_else_than_a_workbook_is_refused_in_words(world: World, tmp_path: Path) -> None:
    file = tmp_path / "photo.xlsx"
    file.write_bytes(b"\xff\xd8\xff not a workbook")
    with pytest.raises(NotAWorkbook, match="不是 Excel"):
        await Loader(world.admin.actor).load(file)


def test_an_empty_database_becomes_a_working_deployment_from_the_command_line(
    services: EmbeddedServices, settings: Settings, tmp_path: Path
) -> None:
    database = services.create_database()
    env = {**os.environ, "DATABASE_URL": services.database_url(database), "PYTHONPATH": str(ROOT)}

    def run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", f"scripts.opening.{module}", *words]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)

    try:
        founded = run("found", "示例品牌", "--phone", "13800000001")
        assert founded.returncode == 0 and "密码" in founded.stdout, founded.stdout + founded.stderr
        twice = run("found", "另一品牌", "--phone", "13800000001")
        assert twice.returncode == 1 and "已经有账号" in twice.stdout
        file = small(tmp_path / "a.xlsx", "13900000001", gtin13(), "YL001")
        loaded = run("load", str(file), "--phone", "13800000001")
        assert loaded.returncode == 0, loaded.stdout + loaded.stderr
        rows = list(load_workbook(tmp_path / "a-账号.xlsx").active.iter_rows(values_only=True))
        assert [row[:2] for row in rows] == [("组织", "手机号"), ("湘江商贸", "13900000001")]
        assert (tmp_path / "a-账号.xlsx").stat().st_mode & 0o077 == 0
    finally:
        services.drop_database(database)
