"""What a consumer sees who scans a case: is it genuine, what is it, how long is it good; never who sold it to whom.

One small page, made here, with nothing from anywhere else and no script, so that every phone shows it at once. He may
say where he got it: province, city, county, each a link. Public, so it is limited by address.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from server.core import clock, limits
from server.core.errors import NotFound, TooManyRequests
from server.regions import service as regions
from server.trace import finding, scans, ways

A_MINUTE = 30
"""So many looks from one address in a minute."""

_PAGE = Template(Path(__file__).with_name("page.html").read_text("utf-8"))
_TOO_OFTEN = "查询太频繁，请过一分钟再试"
_TICK = '<path d="M14 25.5l7 7 14-16" />'
_CROSS = '<path d="M16 16l16 16M32 16L16 32" />'
_BANG = '<path d="M24 13v14M24 34v.5" />'


def mount(app: Sanic[Any, Any]) -> None:
    """Give the page to the application."""
    app.add_route(_look, "/t/<code:str>", methods=["GET"], name="trace_page")
    app.add_route(_say, "/t/<code:str>", methods=["POST"], name="trace_page_place")


async def _look(request: Request, code: str) -> HTTPResponse:
    """The page of a code; with `in` the regions inside one, to say where it was bought."""
    chosen = request.args.get("in") or ""
    return await _answer(request, code, chosen if regions.known(chosen) else regions.ALL, bool(chosen), "")


async def _say(request: Request, code: str) -> HTTPResponse:
    """Where the consumer bought it."""
    named = str(request.form.get("region") or "") if request.form else ""
    region = named if regions.known(named) else ""
    return await _answer(request, code, regions.ALL, False, region)


async def _answer(request: Request, code: str, inside: str, asking: bool, region: str) -> HTTPResponse:
    try:
        await limits.hold_back(f"trace:{request.remote_addr or request.ip}", A_MINUTE, _TOO_OFTEN)
        case = await finding.own(code)
        seen = scans.Seen(0, None) if asking else await scans.seen_by_consumer(case, region)
        way = await ways.way_of(case)
    except TooManyRequests:
        return _page(429, "wait", _BANG, "请稍后再试", _TOO_OFTEN, "", "")
    except NotFound as missing:
        more = "如果包装看起来是真的，请联系购买的门店，并保留包装。"
        return _page(404, "bad", _CROSS, "没有查到", missing.detail, _note(more), "")
    facts = _facts(way, seen)
    if way.goods["recalled"]:
        head = ("bad", _BANG, "该批次已被召回", "请不要食用，联系购买的门店退换")
    elif way.goods["expires_on"] is not None and way.goods["expires_on"] < clock.today():
        head = ("bad", _BANG, "正品，已过期", "请不要食用，联系购买的门店")
    else:
        head = ("good", _TICK, "正品", "这个码由品牌方发放")
    ask = _note("谢谢，已经记下购买地点。") if region else _asked(code, inside, asking)
    return _page(200, *head, facts, ask)


def _facts(way: ways.Way, seen: scans.Seen) -> str:
    goods, kept = way.goods, way.case.range
    shown = [
        ("商品", goods["product_name"]),
        ("规格", f"{kept['pack_name']}（{kept['unit_qty']} {goods['base_unit']}）"),
    ]
    if goods["lot_code"]:
        shown.append(("批次", goods["lot_code"]))
    if goods["expires_on"]:
        shown.append(("有效期至", goods["expires_on"].isoformat()))
    if seen.times or seen.first_at is None:
        shown.append(("查询", _times(seen)))
    shown.append(("追溯码", _spaced(way.case.code)))
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in shown)
    return f"<dl>{rows}</dl>"


def _times(seen: scans.Seen) -> str:
    if seen.first_at is None:
        return "第 1 次"
    more = "多次" if seen.times >= scans.CONSUMER_SCANS else f"第 {seen.times + 1} 次"
    return f"{more}，首次 {_day(seen.first_at)}"


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M")


def _spaced(code: str) -> str:
    return " ".join((code[:5], code[5:9], code[9:13], code[13:]))


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'


def _asked(code: str, inside: str, asking: bool) -> str:
    """Where it was bought: a question, then one level of regions after the other."""
    if not asking:
        return f'<a class="ask" href="/t/{escape(code)}?in={regions.ALL}#where">在哪里买的？告诉品牌方</a>'
    title = "在哪个省买的？" if inside == regions.ALL else f"在{regions.full_name(inside)}的哪里？"
    items = "".join(_region(code, region) for region in regions.children(inside))
    return f'<section class="places" id="where"><h2>{escape(title)}</h2><div>{items}</div></section>'


def _region(code: str, region: regions.Region) -> str:
    if regions.children(region.code):
        return f'<a href="/t/{escape(code)}?in={region.code}#where">{escape(region.name)}</a>'
    return (
        f'<form method="post" action="/t/{escape(code)}"><button name="region" value="{region.code}">'
        f"{escape(region.name)}</button></form>"
    )


def _page(status: int, kind: str, sign: str, title: str, text: str, facts: str, ask: str) -> HTTPResponse:
    body = _PAGE.substitute(kind=kind, sign=sign, title=escape(title), text=escape(text), facts=facts, ask=ask)
    return HTTPResponse(body, status, {"X-Robots-Tag": "noindex"}, content_type="text/html; charset=utf-8")
