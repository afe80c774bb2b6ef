"""A list goes out as its screen shows it: the same rows, nobody else's, and nothing that Excel would run."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from openpyxl import load_workbook

from server.core import db
from server.core.exports import Column, offered
from server.exchange.writing import writer
from tests.exchange.books import exported, over, table
from tests.world import World, number

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


async def test_every_list_can_be_exported_by_everybody_who_may_read_it(world: World) -> None:
    dealer = await world.dealer()
    goods = await world.product()
    await world.offer(dealer, [goods])
    await world.stock(dealer, goods, 24)
    boss, store = await world.boss(dealer), await world.boss(await world.store(dealer))
    for user in (world.admin, boss, store):
        kinds = (await user.get("/exchange/kinds"))["exports"]
        assert [kind["kind"] for kind in kinds] == [export.kind for export in offered(user.actor)] != []
        for kind in kinds:
            wanted = {"buyer_id": dealer.id} if kind["kind"] == "entries" and user is world.admin else {}
            asked = {"kind": kind["kind"], "format": "csv", "filter": wanted}
            job = await over(user, (await user.post("/exchange/exports", asked, status=201))["id"])
            assert job["state"] == "done", (kind, job["error"])
