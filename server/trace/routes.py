"""HTTP of trace codes, ways and scans."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import Forbidden, NotFound
from server.core.http import Raw, Routes
from server.trace import binding, ranges, scans, ways
from server.trace.finding import NotTraced
from server.trace.schemas import (
    Cases,
    CodeList,
    CodeQuery,
    IssueCodes,
    NewPallet,
    NewRange,
    NewScan,
    Packed,
    RangeFilter,
    RangeList,
    RangeOut,
    RangeShown,
    SheetQuery,
    WayOut,
    WayQuery,
)
from server.trace.sheet import NoSheet, sheet

routes = Routes("trace", "/trace")


@routes.post("/ranges", permission="trace.manage", status=201, errors=[NotFound, ranges.SerialsTaken])
async def make_trace_codes(actor: Actor, body: NewRange) -> RangeOut:
    """Make trace codes for a packaging of a product, or bring in serials that are printed already."""
    return await ranges.make_range(actor, body)


@routes.get("/ranges", permission="trace.manage")
async def list_trace_ranges(actor: Actor, query: RangeFilter) -> RangeList:
    """The codes that were made, range by range."""
    found, cursor = await ranges.list_ranges(actor, query)
    return RangeList(found, cursor)


@routes.get("/ranges/<range_id:int>", permission="trace.manage", errors=[NotFound])
async def get_trace_range(actor: Actor, range_id: int) -> RangeShown:
    """A range and how far it is used."""
    return await ranges.show_range(actor, range_id)


@routes.get("/ranges/<range_id:int>/codes", permission="trace.manage", errors=[NotFound])
async def print_trace_codes(actor: Actor, range_id: int, query: CodeQuery) -> CodeList:
    """Codes of a range for the printer."""
    return await ranges.print_codes(actor, range_id, query)


@routes.get(
    "/ranges/<range_id:int>/sheet.pdf", permission="trace.manage", media="application/pdf", errors=[NotFound, NoSheet]
)
async def print_trace_sheet(actor: Actor, range_id: int, query: SheetQuery) -> Raw:
    """Codes of a range as labels to print and stick on."""
    made = await sheet(actor, range_id, query)
    return Raw(made.body, "application/pdf", {"Content-Disposition": f'inline; filename="{made.name}.pdf"'})


@routes.post("/pallets", permission="trace.manage", status=201, errors=[ranges.CasePacked])
async def pack_pallet(actor: Actor, body: NewPallet) -> Packed:
    """Say which cases stand on a pallet."""
    return await ranges.pack(actor, body)


@routes.get("/issues/<issue_id:int>", permission="order.read", errors=[NotFound])
async def get_issue_codes(actor: Actor, issue_id: int) -> IssueCodes:
    """The cases that leave, or have left, with a goods issue."""
    return await binding.issue_codes(actor, issue_id)


@routes.post("/issues/<issue_id:int>/bind", permission="order.issue", errors=[NotFound, Forbidden, binding.IssueLeft])
async def bind_trace_codes(actor: Actor, issue_id: int, body: Cases) -> IssueCodes:
    """Say which cases leave with a goods issue."""
    return await binding.bind(actor, issue_id, body)


@routes.post("/issues/<issue_id:int>/unbind", permission="order.issue", errors=[NotFound, Forbidden, binding.IssueLeft])
async def unbind_trace_codes(actor: Actor, issue_id: int, body: Cases) -> IssueCodes:
    """Take cases off a goods issue before they leave."""
    return await binding.unbind(actor, issue_id, body)


@routes.get("/way", permission="trace.scan", errors=[NotTraced])
async def get_way(actor: Actor, query: WayQuery) -> WayOut:
    """The way of a case, as far as the asker may see it."""
    return await ways.way(actor, query.code)


@routes.post("/scans", permission="trace.scan", status=201, errors=[NotTraced, NotFound])
async def scan_trace_code(actor: Actor, body: NewScan) -> WayOut:
    """Scan a case somewhere."""
    return await scans.scan(actor, body)
