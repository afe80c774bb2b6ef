"""Requests and responses of orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from server.approvals.schemas import StepShown
from server.core.types import Fen, Id, Limit, OrgRef, Qty, Reason, ShortText, Text
from server.rules.schemas import OrderTerms

State = Literal["submitted", "approved", "issued", "received", "closed", "rejected", "cancelled", "on_hold"]
DeliveryMethod = Literal["deliver", "pickup", "logistics"]
Side = Literal["sales", "purchases", "all"]
Rest = Literal["drop", "back_order"]
PackagingQty = Annotated[int, msgspec.Meta(ge=1, le=9_999)]
LineNo = Annotated[int, msgspec.Meta(ge=1, le=999)]
MAX_LINES = 200
BuyerId = Annotated[Id | None, msgspec.Meta(description="a direct buyer of the own org, for whom its staff orders")]


class QuoteLine(msgspec.Struct):
    """A line of a cart."""

    product_id: Id
    packaging_id: Id
    packaging_qty: PackagingQty


class QuoteRequest(msgspec.Struct):
    """A cart to be priced, as it is to be delivered."""

    lines: Annotated[list[QuoteLine], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    buyer_id: BuyerId = None
    delivery_method: DeliveryMethod = "deliver"
    address_id: Id | None = None
    wished_on: date | None = None


class PriceStep(msgspec.Struct):
    """One step of how a price came about, in words; after it: fen per base unit, rounded down, and of the line."""

    kind: Literal["guide", "list", "policy", "promotion", "gift", "credit"]
    label: str
    price_fen: int
    amount_fen: int
    promotion_id: int | None = None


class LineProblem(msgspec.Struct):
    """Why a line cannot be ordered as it is."""

    code: str
    detail: str


class QuotedLine(msgspec.Struct):
    """A priced line; `problem` says why it cannot be ordered.

    Alone, the line can be ordered from `least_qty` packagings on, in steps of `step_qty`.
    """

    line_no: int
    product_id: int
    packaging_id: int
    packaging_qty: int
    unit_qty: int
    qty: int
    price_fen: int
    amount_fen: int
    steps: list[PriceStep]
    problem: LineProblem | None
    least_qty: int = 1
    step_qty: int = 1


class Credit(msgspec.Struct):
    """The buyer's credit with its supplier."""

    limit_fen: int
    used_fen: int
    left_fen: int


class Quote(msgspec.Struct):
    """A priced cart; `terms` are the seller's rules and what the cart lacks by them."""

    lines: list[QuotedLine]
    total_fen: int
    credit: Credit | None
    terms: OrderTerms | None


class NewOrderLine(msgspec.Struct):
    """A line to be ordered; `price_fen` is the price per base unit that the buyer saw."""

    product_id: Id
    packaging_id: Id
    packaging_qty: PackagingQty
    price_fen: Fen


class NewOrder(msgspec.Struct):
    """An order to be submitted to the own supplier.

    Whoever orders for one of the own buyers may leave the own order rules aside knowingly (`override_rules`).
    """

    delivery_method: DeliveryMethod
    lines: Annotated[list[NewOrderLine], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
    address_id: Id | None = None
    wished_on: date | None = None
    note: Text = ""
    buyer_id: BuyerId = None
    override_rules: bool = False


class OrderPlaced(msgspec.Struct):
    """A submitted order."""

    id: int
    number: str
    state: State
    total_fen: int
    line_count: int
    submitted_at: datetime


class OrderFilter(msgspec.Struct):
    """Which orders: sales (own org sells), purchases (own org buys), all (everything inside the scope)."""

    side: Side = "purchases"
    state: Annotated[str, msgspec.Meta(max_length=100, description="states, separated by commas")] | None = None
    q: ShortText | None = None
    buyer_id: Id | None = None
    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None
    cursor: ShortText | None = None
    limit: Limit = 20


class SideQuery(msgspec.Struct):
    """Which side's counts."""

    side: Side = "purchases"


class StateCount(msgspec.Struct):
    """How many orders are in a state."""

    state: State
    count: int


class StateCounts(msgspec.Struct):
    """The numbers on the tabs."""

    items: list[StateCount]


class OrderSummary(msgspec.Struct):
    """An order in a list."""

    id: int
    number: str
    state: State
    seller: OrgRef
    buyer: OrgRef
    total_fen: int
    approved_fen: int
    issued_fen: int
    received_fen: int
    line_count: int
    first_product_name: str
    delivery_method: DeliveryMethod
    wished_on: date | None
    submitted_at: datetime
    updated_at: datetime


class OrderList(msgspec.Struct):
    """A page of orders, the newest first."""

    items: list[OrderSummary]
    next_cursor: str | None


class OrderLine(msgspec.Struct):
    """A line of an order; quantities in base units, `gtins` those of all the product's packagings.

    `amount_fen` is what it costs after `discount_fen`; `price_fen` the list price. A gift names the line that earned
    it, 0 where that was on an order before.
    """

    line_no: int
    product_id: int
    product_name: str
    product_code: str
    color: str
    image_url: str | None
    packaging_id: int
    packaging_name: str
    unit_qty: int
    packaging_qty: int
    base_unit: str
    gtins: list[str]
    ordered_qty: int
    approved_qty: int
    issued_qty: int
    received_qty: int
    short_qty: int
    damaged_qty: int
    price_fen: int
    amount_fen: int
    discount_fen: int
    steps: list[PriceStep]
    available_qty: int | None
    gift_of: int | None


class OutsideTerritory(msgspec.Struct):
    """The lines that a dealer had no authority for: nowhere, or, where `region_code` is told, not in that region."""

    dealer_name: str | None
    line_nos: list[int]
    region_code: str | None


class IssueLine(msgspec.Struct):
    """One lot of one line on a goods issue; quantities in base units, `gtins` those of all the product's packagings."""

    line_no: int
    order_line_no: int
    product_id: int
    product_name: str
    product_code: str
    packaging_name: str
    unit_qty: int
    base_unit: str
    gtins: list[str]
    lot_code: str
    expires_on: date | None
    qty: int
    received_qty: int
    damaged_qty: int
    short_qty: int
    note: str
    price_fen: int
    amount_fen: int
    gift: bool


class Receipt(msgspec.Struct):
    """What the buyer signed for."""

    id: int
    received_at: datetime
    received_by: str
    note: str
    credit_fen: int
    photo_ids: list[int]


class GoodsIssue(msgspec.Struct):
    """Goods that left the seller's warehouse on one note (出库单)."""

    id: int
    number: str
    order_id: int
    order_number: str
    state: Literal["in_transit", "received"]
    seller: OrgRef
    buyer: OrgRef
    warehouse_name: str
    issued_at: datetime
    issued_by: str
    total_fen: int
    lines: list[IssueLine]
    receipt: Receipt | None


class IssueFilter(msgspec.Struct):
    """Which goods issues."""

    side: Literal["sales", "purchases"] = "purchases"
    state: Literal["in_transit", "received"] | None = None
    cursor: ShortText | None = None
    limit: Limit = 20


class NotesQuery(msgspec.Struct):
    """Which goods issue notes to print on one document."""

    ids: Annotated[
        str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,15}(,[1-9][0-9]{0,15}){0,99}$", description="separated by commas")
    ]


class IssueList(msgspec.Struct):
    """A page of goods issues, the newest first."""

    items: list[GoodsIssue]
    next_cursor: str | None


class Event(msgspec.Struct):
    """What happened to an order."""

    verb: str
    verb_name: str
    from_state: State | None
    to_state: State
    account_name: str | None
    org_name: str | None
    reason: str
    at: datetime


class ApprovedLine(msgspec.Struct):
    """How much of a line is approved, in base units."""

    line_no: LineNo
    approved_qty: Qty


class Proposal(msgspec.Struct):
    """What the decider of a step proposes to the next: a quantity for every line, and what would pass in fen."""

    lines: list[ApprovedLine]
    rest: Rest
    amount_fen: int
    note: str
    proposed_by: str


class OrderApproval(msgspec.Struct):
    """The decision that an order waits for, or got; for the seller its `steps`, and what the step before proposed."""

    id: int
    state: Literal["pending", "approved", "rejected", "void"]
    step_no: int
    decided_by: str | None
    decided_at: datetime | None
    proposal: Proposal | None
    steps: list[StepShown]


class Order(OrderSummary):
    """An order with all that belongs to it; `actions` are the verbs the reader may do now."""

    address: dict[str, Any] | None
    note: str
    reason: str
    back_order_of: int | None
    lines: list[OrderLine]
    issues: list[GoodsIssue]
    events: list[Event]
    actions: list[str]
    approval: OrderApproval | None


class Approve(msgspec.Struct):
    """Approve in full (`lines` null) or in part; what is left is dropped or becomes a back order."""

    lines: Annotated[list[ApprovedLine], msgspec.Meta(max_length=MAX_LINES)] | None = None
    rest: Rest = "drop"
    override_credit: bool = False
    note: Text = ""


class ReasonGiven(msgspec.Struct):
    """Why."""

    reason: Reason


class BatchApprove(msgspec.Struct):
    """Orders to approve in full."""

    ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=100)]


class BatchReject(BatchApprove):
    """Orders to reject for one reason."""

    reason: Reason


class BatchResult(msgspec.Struct):
    """What became of one order of a batch."""

    id: int
    ok: bool
    state: State | None
    problem: LineProblem | None


class BatchResults(msgspec.Struct):
    """A result per order, in the order asked."""

    results: list[BatchResult]


class IssueQty(msgspec.Struct):
    """How much of a line leaves, in base units."""

    line_no: LineNo
    qty: Qty


class Issue(msgspec.Struct):
    """Issue all that is approved and not issued (`lines` null), or a part."""

    lines: Annotated[list[IssueQty], msgspec.Meta(max_length=MAX_LINES)] | None = None


class Issued(msgspec.Struct):
    """A goods issue just made, and its order."""

    issue: GoodsIssue
    order: Order


class ReceivedLine(msgspec.Struct):
    """What arrived of one line of a goods issue, in base units; the rest is short."""

    line_no: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    received_qty: Qty
    damaged_qty: Qty = 0
    note: ShortText = ""


class Receive(msgspec.Struct):
    """Sign for a delivery: complete (`lines` null), or with counted quantities."""

    lines: Annotated[list[ReceivedLine], msgspec.Meta(max_length=10_000)] | None = None
    note: Text = ""
    photo_ids: Annotated[list[Id], msgspec.Meta(max_length=9)] = []
