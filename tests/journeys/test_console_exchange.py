"""A manager's files: what he fills in comes in whole or not at all, and what he sees goes out as he sees it."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.async_api import Download, expect

from tests.exchange.books import headings, product_row
from tests.journeys.street import Street
from tests.support.browser import Studio
from tests.support.desk import Desk, a_desk
from tests.world import number

IMPORT_MS = 30_000
"""A worker has to be started, on a machine that does much else."""


async def saved(desk: Desk, testid: str, item: str | None = None) -> bytes:
    """Press something that saves a file; the file."""
    async with desk.page.expect_download(timeout=IMPORT_MS) as coming:
        await desk.see(testid).first.click()
        if item:
            await desk.page.get_by_role("menuitem", name=item).first.click()
    download: Download = await coming.value
    return await asyncio.to_thread(Path(await download.path()).read_bytes)


def filled(template: bytes, file: Path, *rows: list[Any]) -> Path:
    """The template with rows below its example."""
    book = load_workbook(io.BytesIO(template))
    page = book["商品"]
    for place, row in enumerate(rows, start=3):
        for column, value in enumerate(row, start=1):
            page.cell(place, column, value)
    book.save(file)
    return file


async def test_a_wrong_cell_would_be_a_riddle_and_a_file_sent_twice_would_make_everything_twice(
    street: Street, studio: Studio, tmp_path: Path
) -> None:
    manager = await street.world.user(street.world.brand, "brand_manager", name="周敏")
    desk = await a_desk(studio, manager, "/exchange")
    await desk.see("begin-import").click()
    await desk.page.get_by_role("menuitem", name="商品").click()
    template = await saved(desk, "template")
    good, code = product_row(f"YL{number()}"), f"YL{number()}"
    wrong, worse = product_row(code, 分类="没有的分类"), product_row(指导价="三块五")
    await desk.is_for_everybody()
    await desk.picture("console-import")

    file = filled(template, tmp_path / "新品.xlsx", good, wrong, worse)
    await desk.page.set_input_files("[data-testid=workbook]", file)
    await expect(desk.see("job-state")).to_have_text("有错待改", timeout=IMPORT_MS)
    await expect(desk.see("count-wrong")).to_have_text("2")
    errors = desk.page.locator(".xr-errors li")
    await expect(errors).to_have_count(2)
    await expect(errors.first).to_contain_text("D4")
    await expect(desk.see("confirm")).to_have_count(0)
    await desk.is_for_everybody()
    await desk.picture("console-import-wrong")
    marked = load_workbook(io.BytesIO(await saved(desk, "marked"))).active
    assert "没有“没有的分类”" in marked["D4"].comment.text

    await desk.see("again").click()
    right = filled(template, tmp_path / "新品.xlsx", good, product_row(code))
    await desk.page.set_input_files("[data-testid=workbook]", right)
    await expect(desk.see("count-new")).to_have_text("2", timeout=IMPORT_MS)
    await desk.see("confirm").click()
    await expect(desk.see("job-state")).to_have_text("已完成", timeout=IMPORT_MS)
    await expect(desk.words("新增 2 行").first).to_be_visible()
    assert len(desk.posted(f"/api/v1/exchange/jobs/{desk.page.url.rsplit('=', 1)[-1]}/confirm")) == 1

    await desk.see("again").click()
    await desk.page.set_input_files("[data-testid=workbook]", right)
    await expect(desk.see("count-same")).to_have_text("2", timeout=IMPORT_MS)
    await expect(desk.words("没有需要改动的").first).to_be_visible()
    await desk.go("/exchange")
    await expect(desk.row("新品.xlsx")).to_have_count(3)
    await desk.is_for_everybody()
    await desk.picture("console-exchange")


async def test_an_export_would_show_other_rows_than_the_screen(street: Street, studio: Studio) -> None:
    world = street.world
    manager = await world.user(world.brand, "brand_manager", name="周敏")
    marker = f"柠檬{number()}"
    for index in range(3):
        await world.product(name=f"{marker}{index}")
    desk = await a_desk(studio, manager, f"/products?q={marker}")
    await expect(desk.rows()).to_have_count(3)
    body = await saved(desk, "export", "Excel（.xlsx）")
    head, *rows = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    assert head[:2] == ("编码", "名称") and len(headings("products")) == 16
    on_screen = [await row.inner_text() for row in await desk.rows().all()]
    assert len(rows) == 3
    assert all(str(row[1]) in text for row, text in zip(rows, on_screen, strict=True))
    await desk.told("已导出 3 行")
