"""What is measured: for each operation the requests to the API, and the floor's statement with its values."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from scripts.benchmark import floor, stock, trace
from scripts.benchmark.documents import Document, Documents, Values
from scripts.benchmark.http_client import request
from scripts.benchmark.options import PAGE

_EMPTY = b"{}"


@dataclass(frozen=True)
class Operation:
    """One operation at one size."""

    name: str
    lines: int
    status: int
    statement: str
    requests: Callable[[int], Awaitable[list[bytes]]]
    """So many requests, each of which works once."""
    rows: Callable[[int], Awaitable[list[Values]]]
    """The values of so many calls of the statement."""
    told: Callable[[bytes], None] = lambda request: None
    """Called with each request that was answered as it should be."""


def operation(name: str, lines: int, documents: Documents) -> Operation:
    """One of `options.OPERATIONS`."""
    if name == "submit":
        return _submit(lines, documents)
    if name == "scan_in":
        return _scan_in(lines, documents)
    if name == "phones":
        phones = documents.phones
        return Operation(name, lines, 200, stock.SCAN_IN, phones.requests, phones.rows, phones.told)
    if name in stock.STATEMENTS:
        return _stock(name, documents)
    if name == "trace":
        return _trace(documents)
    if name in PAGE:
        return _page(name, documents)
    return _step(name, lines, documents)


def _post(path: str, token: str, body: bytes) -> bytes:
    return request("POST", path, token, body, Idempotency_Key=uuid.uuid4().hex)


def _submit(lines: int, documents: Documents) -> Operation:
    def one() -> bytes:
        buyer, _ = documents.next_buyer()
        wanted = [
            {
                "product_id": item.product_id,
                "packaging_id": item.packaging_id,
                "packaging_qty": count,
                "price_fen": item.price_fen,
            }
            for item, count in documents.cart(lines)
        ]
        return _post("/orders", buyer.token, msgspec.json.encode({"delivery_method": "deliver", "lines": wanted}))

    async def requests(count: int) -> list[bytes]:
        return [one() for _ in range(count)]

    async def rows(count: int) -> list[Values]:
        return documents.submits(lines, count)

    return Operation("submit", lines, 201, floor.SUBMIT, requests, rows)


def _approve_request(item: Document) -> bytes:
    return _post(f"/orders/{item.order_id}/approve", item.seller.token, _EMPTY)


def _issue_request(item: Document) -> bytes:
    return _post(f"/orders/{item.order_id}/issue", item.seller.token, _EMPTY)


def _receive_request(item: Document) -> bytes:
    return _post(f"/goods-issues/{item.issue_id}/receive", item.buyer.token, _EMPTY)


def _step(name: str, lines: int, documents: Documents) -> Operation:
    state, statement, ask, values = {
        "approve": ("submitted", floor.APPROVE, _approve_request, documents.approves),
        "issue": ("approved", floor.ISSUE, _issue_request, documents.issues),
        "receive": ("issued", floor.RECEIVE, _receive_request, documents.receives),
    }[name]

    async def requests(count: int) -> list[bytes]:
        return [ask(item) for item in await documents.take(state, lines, count)]

    async def rows(count: int) -> list[Values]:
        return await values(lines, await documents.take(state, lines, count))

    return Operation(name, lines, 200, statement, requests, rows)


def _scan_in(lines: int, documents: Documents) -> Operation:
    scanning = documents.scanning

    async def requests(count: int) -> list[bytes]:
        return [await scanning.request(documents.next_buyer()[1], lines) for _ in range(count)]

    async def rows(count: int) -> list[Values]:
        return [await scanning.row(documents.next_buyer()[1], lines) for _ in range(count)]

    return Operation("scan_in", lines, 200, stock.SCAN_IN, requests, rows)


def _stock(name: str, documents: Documents) -> Operation:
    async def requests(count: int) -> list[bytes]:
        return [request("GET", stock.path(name), documents.next_buyer()[1].token) for _ in range(count)]

    async def rows(count: int) -> list[Values]:
        return [(documents.world.root_id, documents.next_buyer()[1].warehouse) for _ in range(count)]

    return Operation(name, PAGE[name], 200, stock.STATEMENTS[name], requests, rows)


def _trace(documents: Documents) -> Operation:
    traces = documents.traces

    async def requests(count: int) -> list[bytes]:
        return [await traces.request(documents.next_buyer()[1]) for _ in range(count)]

    async def rows(count: int) -> list[Values]:
        return [await traces.row() for _ in range(count)]

    return Operation("trace", PAGE["trace"], 200, trace.WAY, requests, rows)


def _page(name: str, documents: Documents) -> Operation:
    world = documents.world
    path = {"list_orders": "/orders?side=purchases&limit=20", "catalogue": "/catalog/products?limit=50"}[name]
    statement = {"list_orders": floor.LIST_ORDERS, "catalogue": floor.CATALOGUE}[name]

    async def requests(count: int) -> list[bytes]:
        return [request("GET", path, documents.next_buyer()[0].token) for _ in range(count)]

    async def rows(count: int) -> list[Values]:
        pairs = [documents.next_buyer() for _ in range(count)]
        if name == "list_orders":
            return [(world.root_id, buyer.org_id) for buyer, _ in pairs]
        return [(world.root_id, seller.org_id, seller.warehouse) for _, seller in pairs]

    return Operation(name, PAGE[name], 200, statement, requests, rows)
