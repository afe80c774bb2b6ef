"""A list goes out as its screen shows it: the same rows, nobody else's, and nothing that Excel would run."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl import load_workbook

from scripts.toolbox.environment import ROOT
from server.approvals.schemas import Decision
from server.core import clock, db
from server.core.exports import Column, find, offered
from server.core.types import OrgRef
from server.exchange import lists, summary
from server.exchange.summary import Pivot
from server.exchange.work import _finish
from server.exchange.writing import XlsxWriter, writer
from server.rebates import accrual, progress_queries
from server.rebates.service import decide
from tests.exchange.books import exported, over, table
from tests.world import User, World, number

EVIL = ['=HYPERLINK("http://x")', "+86 1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "正常"]


async def test_orders_go_out_as_the_list_shows_them_with_money_dates_and_texts_of_their_kind(world: World) -> None:
    goods = await world.product()  # 3.00 yuan
    dealer = await world.dealer(name="湘江商贸")
    boss = await world.boss(dealer)
    await world.offer(world.brand, [goods])
    placed = [await world.order(boss, [(goods, count)]) for count in (1, 2, 411)]
    await world.admin.post(f"/orders/{placed[0].id}/reject", {"reason": "试"})
    screen = await world.admin.get("/orders?side=all&state=submitted")
    body = await exported(world.admin, "orders", side="all", state="submitted")
    head, *rows = table(body)
    assert (
        [row[0] for row in rows] == [item["number"] for item in screen["items"]] == [placed[2].number, placed[1].number]
    )
    first = dict(zip(head, rows[0], strict=True))
    assert first["客户"] == "湘江商贸" and first["状态"] == "待审核"
    assert first["下单金额"] == 1233 and isinstance(first["下单时间"], datetime)
    page = load_workbook(io.BytesIO(body)).active
    assert page["J2"].number_format == '"¥"#,##0.00' and page["A2"].number_format == "@"
    lines = table(await exported(world.admin, "order_lines", side="all", state="submitted"))
    assert [(row[0], row[12]) for row in lines[1:]] == [(placed[2].number, 411), (placed[1].number, 2)]


async def test_the_price_table_goes_out_with_a_row_for_each_product_and_group(world: World) -> None:
    goods = await world.product()
    await world.dealer(price_group="老客户")
    await world.offer(world.brand, [goods])
    path, body = "/prices", {"price_group": "老客户", "prices": [{"product_id": goods.id, "price_fen": 280}]}
    await world.admin.post(path, body)
    head, *rows = table(await exported(world.admin, "price_matrix"))
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert {(row["价格组"], row["单价"]) for row in found} == {("标准价", 3), ("老客户", 2.8)}
    assert {row["指导价"] for row in found} == {3}


async def test_nobody_exports_what_the_list_would_not_show_him(world: World) -> None:
    dealer, other = await world.dealer(name=f"甲{number()}"), await world.dealer(name=f"乙{number()}")
    mine, theirs = await world.store(dealer, name=f"甲店{number()}"), await world.store(other, name=f"乙店{number()}")
    boss = await world.boss(dealer)
    rep = await world.user(world.brand, "brand_rep", dealers=[dealer])
    for user in (boss, rep):
        text = (await exported(user, "orgs", "csv")).decode("utf-8-sig")
        assert mine.name in text and theirs.name not in text and other.name not in text
    refused = await boss.post("/exchange/exports", {"kind": "products"}, status=403)
    assert "权限" in refused["detail"]
    clerk = await world.user(mine, "store_clerk")
    await clerk.post("/exchange/exports", {"kind": "orders"}, status=403)
    unknown = await boss.post("/exchange/exports", {"kind": "orders", "filter": {"stat": "submitted"}}, status=422)
    assert unknown["errors"][0] == {"pointer": "/stat", "detail": "没有这个查询条件"}


async def test_only_its_owner_opens_a_file_and_only_for_a_week(world: World) -> None:
    body = await exported(world.admin, "orgs")
    assert body.startswith(b"PK")
    job = (await world.admin.get("/exchange/jobs?direction=export"))["items"][0]
    colleague = await world.user(world.brand, "brand_admin")
    await colleague.get(f"/exchange/jobs/{job['id']}/file", status=404)
    await colleague.get(f"/exchange/jobs/{job['id']}", status=404)
    await db.run("UPDATE exchange_job SET expires_at = now() - interval '1 second' WHERE id = $1", job["id"])
    gone = await world.admin.get(f"/exchange/jobs/{job['id']}/file", status=404)
    assert gone["code"] == "file_gone" and "过期" in gone["detail"]


def test_what_people_have_typed_is_never_run_by_whoever_opens_a_file(tmp_path: Any) -> None:
    columns = [Column("名称", lambda item: item), Column("金额", lambda item: -123, "money")]
    for name in ("xlsx", "csv"):
        out = writer(tmp_path / name, name, "表", columns)
        out.add(EVIL)
        out.finish()
    page = load_workbook(io.BytesIO((tmp_path / "xlsx").read_bytes())).active
    assert [page.cell(row, 1).data_type for row in range(2, 9)] == ["s"] * 7
    assert [page.cell(row, 1).value for row in range(2, 9)][0] == EVIL[0] and page["B2"].value == -1.23
    text = (tmp_path / "csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0][0] for row in rows] == ["'"] * 6 + ["正"] and {row[1] for row in rows} == {"-1.23"}


async def _promised(seller: User, buyer_id: int) -> int:
    """A rebate of a seller for one of its buyers, reckoned today."""
    term = {"name": "", "indicator": "amount", "reward": "percent", "steps": [{"reach": 0, "value": 100}]}
    days = dict.fromkeys(("from_on", "until_on"), clock.today().isoformat())
    whom = {"kind": "list", "buyers": [buyer_id]}
    new = {"name": "返利", "audience": whom, "every": "dates", **days, "rule": {"terms": [term]}}
    made: int = (await seller.post("/rebates", new, status=201))["id"]
    await seller.post(f"/rebates/{made}/submit")
    if (await seller.get(f"/rebates/{made}"))["state"] == "submitted":
        await decide(seller.actor, made, Decision("approve"))
    promise = await progress_queries.agreement(seller.actor.root_id, made)
    assert promise is not None
    await accrual.accrue(promise)
    return made


async def test_every_list_can_be_exported_by_everybody_who_may_read_it(world: World) -> None:
    dealer = await world.dealer()
    goods = await world.product()
    await world.offer(dealer, [goods])
    await world.stock(dealer, goods, 24)
    boss, store = await world.boss(dealer), await world.boss(await world.store(dealer))
    made = {"scheme": "url", "product_id": goods.id, "packaging_id": goods.case, "count": 3}
    codes = (await world.admin.post("/trace/ranges", made, status=201))["id"]
    body = {"product_id": goods.id, "lot_code": "L1", "reason": "瓶盖松动", "instruction": "下架"}
    recall = (await world.admin.post("/recalls", body, status=201))["id"]
    # What belongs to one record says which.
    needed = {
        "recall_holders": {"recall_id": recall},
        "trace_codes": {"range_id": codes},
    }

    to_dealer = {"rebate_id": await _promised(world.admin, dealer.id), "buyer_id": dealer.id}
    to_store = {"rebate_id": await _promised(boss, store.actor.org_id), "buyer_id": store.actor.org_id}

    def wanted_of(kind: str, user: User) -> dict[str, Any]:
        if kind == "rebate_lines":
            return to_store if user is store else to_dealer
        return {"buyer_id": dealer.id} if kind == "entries" and user is world.admin else needed.get(kind, {})

    for user in (world.admin, boss, store):
        kinds = (await user.get("/exchange/kinds"))["exports"]
        assert [kind["kind"] for kind in kinds] == [export.kind for export in offered(user.actor)] != []
        for kind in kinds:
            wanted = wanted_of(kind["kind"], user)
            asked = {"kind": kind["kind"], "format": "csv", "filter": wanted}
            job = await over(user, (await user.post("/exchange/exports", asked, status=201))["id"])
            assert job["state"] == "done", (kind, job["error"])


def _pivot() -> Pivot:
    lists.register_all()
    export = find("orders")
    assert export is not None and export.summary is not None
    return Pivot(export.summary)


def _placed(seller: tuple[int, str], buyer: tuple[int, str], day: str, fen: int, state: str = "received") -> Any:
    moment = datetime.fromisoformat(f"{day}T00:30:00+08:00")
    return SimpleNamespace(
        seller=OrgRef(*seller), buyer=OrgRef(*buyer), submitted_at=moment, total_fen=fen, state=state
    )


def test_the_summary_beside_exported_orders_adds_up_each_customer_by_month_to_the_fen(tmp_path: Any) -> None:
    brand, one, same_name = (1, "品牌"), (2, "好邻居"), (3, "好邻居")
    pivot = _pivot()
    pivot.add([_placed(brand, one, "2026-03-31", 10_001), _placed(brand, same_name, "2026-04-01", 20_002)])
    pivot.add([_placed(brand, one, "2026-04-01", 3), _placed(brand, one, "2026-04-02", 99, state="cancelled")])
    pivot.add([_placed(one, (4, "=小店"), "2026-02-28", 50_000)])
    out = XlsxWriter(tmp_path / "a.xlsx", "订单", [])
    _finish(out, pivot)
    page = load_workbook(tmp_path / "a.xlsx")["汇总"]
    assert page.freeze_panes == "C2" and page["D2"].number_format == '"¥"#,##0.00'
    assert [[cell.value for cell in row] for row in page.iter_rows(max_row=5)] == [
        ["供货方", "客户", "订单数", "2026-02", "2026-03", "2026-04", "合计"],
        ["好邻居", "=小店", 1, 500, 0, 0, 500],
        ["品牌", "好邻居", 1, 0, 0, 200.02, 200.02],
        ["品牌", "好邻居", 2, 0, 100.01, 0.03, 100.04],
        ["合计", None, 4, 500, 100.01, 200.05, 800.06],
    ]
    assert page["B2"].data_type == "s", "a name became a formula"
    assert "已取消" in page["A7"].value


def test_a_summary_of_more_customers_than_fit_on_a_sheet_still_adds_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "SHOWN", 2)
    monkeypatch.setattr(summary, "_LOOSE", 3)  # put together again and again on the way
    pivot = _pivot()
    for n in range(1, 11):  # customer n buys for n yuan, twice
        for day in ("2026-01-10", "2026-02-10"):
            pivot.add([_placed((1, "品牌"), (100 + n, f"{n}店"), day, 100 * n)])
    _, lines = pivot.table()
    assert [line[1:] for line in lines] == [
        ["10店", 2, 1000, 1000, 2000],
        ["9店", 2, 900, 900, 1800],
        ["", 16, 3600, 3600, 7200],  # the other eight: 1 + 2 + ... + 8 = 36 yuan a month
        ["", 20, 5500, 5500, 11000],
    ]


async def test_exported_order_lines_come_with_what_each_product_sold_by_month(world: World) -> None:
    goods, other = await world.product(), await world.product()  # 3.00 yuan each
    boss = await world.boss(await world.dealer())
    await world.offer(world.brand, [goods, other])
    await world.order(boss, [(goods, 2), (other, 1)])
    await world.order(boss, [(goods, 3)])
    body = await exported(world.admin, "order_lines", side="all")
    lines = list(load_workbook(io.BytesIO(body))["汇总"].iter_rows(min_row=2, max_row=4, values_only=True))
    assert [(line[1], line[2], line[-1]) for line in lines] == [
        (f"{goods.code} {goods.name}", 2, 15), (f"{other.code} {other.name}", 1, 3), (None, 3, 18),
    ]  # fmt: skip


def test_nobody_pays_for_pandas_before_a_summary_is_asked_for() -> None:
    look = "import server.app, server.worker, sys; from server import modules; modules.wire(); "
    look += "sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], cwd=ROOT, timeout=60, check=False).returncode == 0
