"""Works out what a counting comes to: its lines, each with the book figure of its own moment. See `server.counts`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from server.core import clock, db
from server.core.errors import BusinessError, FieldError
from server.counts import line_queries, queries
from server.counts.rules import FOREVER, Counted, Figure, Line, Lot, Shelf, Unclear, floor, lot_of, spread, together
from server.stock import counting
from server.stock.counting import Moment
from server.stock.insight import UnitWorth, worth

NAMED = 5
_NOTHING = UnitWorth(0, "guide")


class CountUnclear(BusinessError):
    """Of some figures nobody can say which lot they are of; `lines` names each with its product and the reason."""

    status, code, title = 409, "count_unclear", "有批次说不清"


class _Product:
    """What was counted of a product, and what the books know of it there."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.lots: list[Lot] = []


async def counted(found: db.Row) -> list[Counted]:
    """Every figure that stands, scanned or typed."""
    wanted = await queries.scanned(found["root_id"], found["id"])
    rows = [
        *await counting.scanned(found["root_id"], wanted, found["started_at"]),
        *await queries.typed(found["root_id"], found["id"], wanted),
    ]
    names = Counted._fields
    return [Counted(**{name: row[name] for name in names}) for row in rows]


async def reckon(found: db.Row, left: set[tuple[int, str]]) -> list[Line]:
    """The lines of a stocktake: the largest differences first, then what was not counted, then what is right.

    `left` are (product, lot code) that were decided to be left as they are. Raises `CountUnclear`.
    """
    root_id = found["root_id"]
    figures = await counted(found)
    scope = await queries.scope(found)
    seen = sorted({one.product_id for one in figures})
    there = await counting.there(root_id, found["location_id"], found["started_at"], scope, seen)
    products = await _sorted(found, figures, there)
    now = clock.now()
    books = await _books(found, products, now)
    ids = sorted(products)
    prices = await worth(root_id, found["org_id"], ids)
    inside = None if scope is None else set(scope)
    lines: list[Line] = []
    for product_id in ids:
        fit = inside is None or product_id in inside
        price = prices.get(product_id, _NOTHING)
        lines += _lines(product_id, products[product_id], books, fit, price, left, now)
    names = await line_queries.products(root_id, ids)
    return sorted(lines, key=lambda one: (_rank(one), -one.value_fen, names[one.product_id]["code"], one.expires_on,
                                          one.lot_code))  # fmt: skip


def _rank(one: Line) -> int:
    if one.qty is None:
        return 1
    return 3 if one.how == "outside" else 0 if one.qty != one.book else 2


async def _sorted(found: db.Row, figures: Sequence[Counted], there: Sequence[db.Row]) -> dict[int, _Product]:
    """Figures and lots by their product; each figure with its lot, where one was said."""
    root_id = found["root_id"]
    coded = [(one.product_id, _code(one)) for one in figures if _code(one)]
    known: dict[int, dict[str, Lot]] = defaultdict(dict)
    for (product_id, code), row in (
        await counting.lots_named(root_id, [one[0] for one in coded], [one[1] for one in coded])
    ).items():
        known[product_id][code] = Lot(row["id"], code, None, row["expires_on"])
    products: dict[int, _Product] = defaultdict(_Product)
    for row in there:
        lot = Lot(row["lot_id"], row["code"], row["produced_on"], row["expires_on"])
        products[row["product_id"]].lots.append(lot)
    facts = await line_queries.products(root_id, sorted({one.product_id for one in figures}))
    keeps_lots = await queries.keeps_lots(found)
    unclear: list[Unclear] = []
    for one in figures:
        own = products[one.product_id]
        shelf_life = facts[one.product_id]["shelf_life_days"]
        said = lot_of(one, own.lots, known[one.product_id], shelf_life, keeps_lots)
        if isinstance(said, Unclear):
            unclear.append(said)
        else:
            own.figures.append(Figure(said, one.qty, one.first_at, one.last_at))
    for product_id, own in products.items():
        if own.figures:
            asks = keeps_lots and facts[product_id]["shelf_life_days"] > 0
            unclear += _settle_loose(product_id, own, asks)
    _refuse(unclear, facts)
    return products


def _settle_loose(product_id: int, own: _Product, asks: bool) -> list[Unclear]:
    """Add up a product's figures. One without a lot, where no lot is left to spread it over, is of the named one that
    expires first; where none was named, it is of no lot, which who keeps lots has to say better."""
    own.figures = together(own.figures)
    named = [one.lot for one in own.figures if one.lot is not None]
    if len(named) == len(own.figures) or {lot.id for lot in own.lots} - {lot.id for lot in named}:
        return []
    first = min(named, key=lambda lot: lot.expires_on, default=Lot(None, "", None, FOREVER))
    if not named and asks and any(one.qty for one in own.figures):
        return [Unclear(product_id, "lot_missing", "账上没有这个商品，请填写批次或到期日")]
    own.figures = together([one._replace(lot=one.lot or first) for one in own.figures])
    return []


def _code(one: Counted) -> str:
    """The code under which the lot of a figure may be known."""
    return one.lot_code or (f"EXP{one.expires_on:%Y%m%d}" if one.expires_on else "")


def _refuse(unclear: Sequence[Unclear], facts: Mapping[int, db.Row]) -> None:
    if not unclear:
        return
    first = facts[unclear[0].product_id]["name"]
    more = f"等 {len(unclear)} 处" if len(unclear) > 1 else ""
    raise CountUnclear(
        f"“{first}”{more}的批次不清楚：{unclear[0].detail}。点数还没有结束",
        [FieldError(f"/lines/{n}", one.detail) for n, one in enumerate(unclear)],
        lines=[
            {"product_id": one.product_id, "product_name": facts[one.product_id]["name"], "code": one.code,
             "detail": one.detail} for one in unclear
        ],
    )  # fmt: skip


Books = Mapping[tuple[int, int], db.Row]


async def _books(found: db.Row, products: Mapping[int, _Product], now: datetime) -> Books:
    """What the books said of each lot at its moment: that of its own figure, or of the product's without a lot."""
    moments: dict[tuple[int, int], Moment] = {}
    for product_id, own in products.items():
        loose = next((one for one in own.figures if one.lot is None), None)
        for lot in own.lots:
            first, last = (loose.first_at, loose.last_at) if loose else (now, now)
            moments[product_id, lot.id or 0] = Moment(product_id, lot.id or 0, first, last)
        for one in own.figures:
            if one.lot is not None and one.lot.id is not None:
                key = (product_id, one.lot.id)
                moments[key] = Moment(product_id, one.lot.id, one.first_at, one.last_at)
    rows = await counting.books(found["root_id"], found["location_id"], list(moments.values()))
    return dict(zip(moments, rows, strict=True))


def _lines(
    product_id: int,
    own: _Product,
    books: Books,
    inside: bool,
    price: UnitWorth,
    left: set[tuple[int, str]],
    now: datetime,
) -> list[Line]:
    """The lines of a product: lots that were named, those that a figure is spread over, those that nobody counted."""

    def line(lot: Lot, how: str, qty: int | None, first: datetime, last: datetime) -> Line:
        book = books.get((product_id, lot.id)) if lot.id is not None else None
        return Line(
            product_id, lot.id, lot.code, lot.produced_on, lot.expires_on, how if inside else "outside",
            qty, first, last, book["book"] if book else 0, bool(book and book["during"]), price.fen, price.source,
            not inside or (product_id, lot.code) in left,
        )  # fmt: skip

    named = [one for one in own.figures if one.lot is not None]
    lines = [line(one.lot, "lot", one.qty, one.first_at, one.last_at) for one in named if one.lot]
    rest = [lot for lot in own.lots if lot.id not in {one.lot.id for one in named if one.lot}]
    loose = next((one for one in own.figures if one.lot is None), None)
    if loose is None:
        return lines + [line(lot, "none", None, now, now) for lot in rest if inside and _lies(product_id, lot, books)]
    shelves = []
    for lot in rest:
        book = books[product_id, lot.id or 0]
        must = floor(book["book"], book["since"], book["reserved"])
        shelves.append(Shelf(lot.id or 0, lot.expires_on, book["book"], must))
    given = spread(loose.qty, shelves)
    return lines + [
        line(lot, "spread", given[lot.id or 0], loose.first_at, loose.last_at)
        for lot in rest
        if given[lot.id or 0] or books[product_id, lot.id or 0]["book"]
    ]


def _lies(product_id: int, lot: Lot, books: Books) -> bool:
    """Whether a lot that nobody counted is on the books."""
    return bool(books[product_id, lot.id or 0]["on_hand"] > 0)
