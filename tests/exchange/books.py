"""Workbooks as people send them, and the way of a file through the API."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from server.exchange.sheets import KINDS
from tests.world import User, gtin13, gtin_case, number

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OVER = ("ready", "done", "failed", "cancelled")


def headings(kind: str) -> list[str]:
    """The headings of a kind of file."""
    return [column.heading for column in KINDS[kind].columns]


def as_bytes(book: Any) -> bytes:
    """A workbook as its file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(kind: str, *rows: Sequence[Any], title: str | None = None, head: Sequence[str] | None = None) -> bytes:
    """A file of a kind with these rows below its headings."""
    made = Workbook()
    page = made.active
    page.title = title or KINDS[kind].title
    page.append(list(head or headings(kind)))
    for row in rows:
        page.append(list(row))
    return as_bytes(made)


def product_row(code: str | None = None, **changes: Any) -> list[Any]:
    """A good product: 24 to the case, category 饮料."""
    piece = changes.pop("piece", None) or gtin13()
    given = {
        "编码": code or f"YL{number()}", "名称": "柠檬汽水", "规格": "500ml", "分类": "饮料", "单位": "瓶",
        "单件条码": piece, "保质期天数": 365, "指导价": 3.5, "最低价": 2.8, "最高价": 5,
        "箱名": "箱", "箱规": 24, "箱码": gtin_case(piece),
        **changes,
    }  # fmt: skip
    return [given.get(heading) for heading in headings("products")]


async def upload(user: User, kind: str, body: bytes, status: int = 201, name: str = "文件.xlsx") -> Any:
    """Send a file; the answer."""
    files = {"file": (name, body, XLSX)}
    answer = await user.call("POST", f"/exchange/imports/{kind}", files=files)
    assert answer.status_code == status, answer.text
    return answer.json()


async def over(user: User, job_id: int, states: Sequence[str] = OVER) -> Any:
    """Wait until a job is over, or waits for its owner."""
    async with asyncio.timeout(60):
        while True:
            job = await user.get(f"/exchange/jobs/{job_id}")
            if job["state"] in states:
                return job
            await asyncio.sleep(0.05)


async def checked(user: User, kind: str, body: bytes) -> Any:
    """Upload a file and wait for its preview."""
    return await over(user, (await upload(user, kind, body))["id"])


async def imported(user: User, kind: str, body: bytes) -> Any:
    """Upload a file, confirm it, and wait until it is written."""
    job = await checked(user, kind, body)
    assert job["state"] == "ready" and job["report"]["error_count"] == 0, job
    await user.post(f"/exchange/jobs/{job['id']}/confirm")
    return await over(user, job["id"], ("done", "failed", "cancelled"))


async def exported(user: User, kind: str, file_format: str = "xlsx", **wanted: Any) -> bytes:
    """Export a list with a filter; the file."""
    asked = {"kind": kind, "format": file_format, "filter": wanted}
    job = await over(user, (await user.post("/exchange/exports", asked, status=201))["id"])
    assert job["state"] == "done" and job["has_file"], job
    answer = await user.call("GET", f"/exchange/jobs/{job['id']}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


def table(body: bytes) -> list[tuple[Any, ...]]:
    """The cells of a file's first sheet."""
    return list(load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True))
