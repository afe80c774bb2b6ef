"""What messages say: the summary on an approval card, the words of a decision, the page a message opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.wecom import cards
from server.approvals import service as approvals
from server.core import clock, db
from server.core.money import yuan
from server.counts import line_queries as stocktake_lines
from server.counts import queries as counts
from server.orders import views
from server.orders.schemas import Proposal
from server.orders.states import STATE_NAMES
from server.orders.views import Headline
from server.price_exceptions import queries as exceptions
from server.rebates import audience as rebate_audience
from server.rebates import queries as rebates
from server.rebates import reading as rebate_reading
from server.rebates import terms as rebate_terms
from server.rebates.periods import EVERY_NAMES
from server.returns import queries as returns
from server.returns.states import REASON_NAMES
from server.settings import Settings
from server.settlement.queries import balance
from server.stock import service as stock
from server.transfers import queries as transfers

DELIVERY = {"deliver": "送货上门", "pickup": "自提", "logistics": "物流"}
_REASONS: dict[str, tuple[tuple[str, str], ...]] = {
    "order": (
        ("stock", "库存不足"),
        ("credit", "超出信用额度"),
        ("price", "价格或政策有误"),
        ("quantity", "数量不合理"),
        ("other", "其他，请电话联系"),
    ),
    exceptions.KIND: (
        ("too_low", "价格偏离太多"),
        ("ground", "理由不充分"),
        ("period", "期限太长"),
        ("other", "其他，请电话联系"),
    ),
    counts.KIND: (
        ("recount", "差异太大，请重新盘"),
        ("explain", "请先说明原因"),
        ("other", "其他，请电话联系"),
    ),
    transfers.KIND: (
        ("needed", "调出方自己需要"),
        ("not_needed", "调入方不需要"),
        ("quantity", "数量不合理"),
        ("other", "其他，请电话联系"),
    ),
    rebates.KIND: (
        ("too_much", "返得太多"),
        ("audience", "适用范围不对"),
        ("terms", "条款不清楚"),
        ("other", "其他，请电话联系"),
    ),
    returns.KIND: (
        ("not_ours", "不符合退货条件"),
        ("photos", "照片看不清，请重拍"),
        ("on_the_spot", "就地处理，不用退回"),
        ("other", "其他，请电话联系"),
    ),
}
_NAMES = {
    "order": "订单",
    exceptions.KIND: "特价申请",
    transfers.KIND: "调拨单",
    counts.KIND: "盘点单",
    returns.KIND: "退货单",
    rebates.KIND: "返利协议",
}
_WORDS = {"approved": "已通过", "rejected": "已驳回", "void": "已撤销", "pending": "待审核"}
_PAGES = {"order": "pages/order/detail?id={id}", "settlement": "pages/account/balance",
          "authority": "pages/account/authorities", "prices": "pages/price/list",
          "price-exception": "pages/price/list", "return": "pages/return/detail?id={id}",
          "rebate": "pages/rebate/detail?id={id}", "rebates": "pages/rebate/list",
          "alert": "pages/alerts/detail?id={id}", "alerts": "pages/alerts/list"}  # fmt: skip
_LINES_TOLD = 4


def page_of(link: str) -> str:
    """The mini-program's page behind a notice's link, e.g. `order/12`."""
    kind, _, number = link.partition("/")
    return _PAGES.get(kind, "pages/account/notices").format(id=number)


def shown_by(step_no: int, approval: approvals.Facts) -> str:
    """What a card that asks for a step must show; '' while that step is open."""
    if approval.state == "pending" and approval.step_no == step_no:
        return ""
    return f"{approval.step_no} {approval.state}"


def decided_words(approval: approvals.Facts) -> str:
    """Who decided what, when and why."""
    if approval.state == "pending":
        return f"这一步已通过，等待{approval.step_name}"
    when = approval.decided_at.astimezone(clock.zone()).strftime("%m-%d %H:%M")
    reason = f":{approval.reason}" if approval.reason else ""
    return f"{approval.decided_by_name or '系统'} {when} {_WORDS[approval.state]}{reason}"


def reason_words(chosen: str) -> str:
    """The reason behind an option of a card's drop-down, whatever the card was about."""
    known = {key: words for reasons in _REASONS.values() for key, words in reasons}
    return known.get(chosen, known["other"])


def called(approval: approvals.Facts) -> str:
    """What an approval is about, by its number: 订单 2611250000012."""
    return f"{_NAMES.get(approval.subject_kind, '')} {approval.number}".strip()


class _Said(NamedTuple):
    """What one kind of subject says on a card; all else is the same on every card."""

    title: str
    """Of the first step; of others, the name of the kind with that of the step."""
    at: datetime
    by: str
    """Who asked, and how: 张三 提交."""
    number: str
    buyer: str
    total: str
    lines: str
    rows: list[tuple[str, str]]
    page: str
    """Behind the deployment's address."""
    total_name: str = "合计"
    state: str = ""
    """Where the document stands, once it is decided; '' where that is what was decided."""
    proposal: str = ""


async def of_approval(settings: Settings, approval: approvals.Facts, task_id: str) -> cards.ApprovalCard:
    """What a decider needs to know of what is asked (B1)."""
    said = await _SAYS[approval.subject_kind](approval)
    first, decided = approval.step_no == 1, approval.state != "pending"
    return cards.ApprovalCard(
        task_id=task_id,
        title=said.title if first else f"{_SHORT[approval.subject_kind]}{approval.step_name}",
        subtitle=f"{said.at.astimezone(clock.zone()):%m-%d %H:%M} {said.by}",
        number=said.number,
        buyer=said.buyer,
        total=said.total,
        lines=said.lines,
        rows=said.rows,
        url=f"{settings.public_url.rstrip('/')}/{said.page}",
        reasons=_REASONS[approval.subject_kind],
        state=(said.state or _WORDS[approval.state]) if decided else f"待{approval.step_name}",
        total_name=said.total_name,
        proposal=said.proposal,
    )


async def _of_order(approval: approvals.Facts) -> _Said:
    """Who wants what and how much, whether the goods are there, what credit is left."""
    order = await views.headline(approval.root_id, approval.subject_id)
    if order is None:
        raise LookupError(f"no order {approval.subject_id}")
    lines = await views.goods(approval.root_id, order.id)
    proposal = views.proposal_of(approval.proposal, lines)
    rows = [("商品", f"{order.line_count} 种")]
    if approval.state == "pending":
        amount = order.total_fen if proposal is None else proposal.amount_fen
        rows += [("库存", await _stock(order, lines, proposal)), *await _credit(order, amount)]
    rows.append(("配送", DELIVERY[order.delivery_method]))
    if order.wished_on:
        rows.append(("期望送达", order.wished_on.isoformat()))
    if order.note:
        rows.append(("备注", order.note))
    return _Said(
        "采购订单审批", order.submitted_at, f"{order.created_by_name} 提交", order.number, order.buyer_name,
        yuan(order.total_fen), _goods(lines), rows, f"#/{page_of(f'order/{order.id}')}",
        state=STATE_NAMES[order.state], proposal="" if proposal is None else _proposed(proposal, order),
    )  # fmt: skip


async def _subject(
    read: Callable[[Sequence[int], Sequence[int]], Awaitable[Mapping[tuple[int, int], db.Row]]],
    approval: approvals.Facts,
) -> db.Row:
    """What an approval is about, as its module tells it of many (root, id)."""
    one = (await read([approval.root_id], [approval.subject_id])).get((approval.root_id, approval.subject_id))
    if one is None:
        raise LookupError(f"no {approval.subject_kind} {approval.subject_id}")
    return one


async def _of_exception(approval: approvals.Facts) -> _Said:
    """Which price, how far from the guide price, for whom, until when, and why."""
    one = await _subject(exceptions.facts_of_many, approval)
    rows = [
        ("供货方", one["seller_name"]),
        ("指导价", f"{yuan(one['guide_fen'])}，{_apart(one['price_fen'], one['guide_fen'])}"),
        ("范围", f"{yuan(one['floor_fen'])} 到 {yuan(one['ceiling_fen'])}"),
        ("期限", f"{one['from_on']:%Y-%m-%d} 到 {one['until_on']:%m-%d}"),
        ("原因", one["reason"]),
    ]
    return _Said(
        "特价审批", one["asked_at"], f"{one['asked_by_name']} 提交", one["number"], one["buyer_name"],
        f"{yuan(one['price_fen'])}/{one['base_unit']}", f"{one['product_name']} {one['spec']}".strip(), rows,
        f"console/price-exceptions?open={one['id']}", "申请价",
    )  # fmt: skip


async def _of_transfer(approval: approvals.Facts) -> _Said:
    """What goes from where to where, why, and what is settled for it."""
    one = await _subject(transfers.facts_of_many, approval)
    rows = [
        ("调出", f"{one['from_name']} {one['from_warehouse']}"),
        ("调入", f"{one['to_name']} {one['to_warehouse']}"),
        ("原因", one["reason"]),
    ]
    return _Said(
        "调拨审批", one["proposed_at"], f"{one['proposed_by_name']} 提出", one["number"], one["to_name"],
        yuan(one["total_fen"]), _first_of(one["goods"], one["line_count"], "种"), rows,
        f"console/transfers/{one['id']}", "结算金额",
    )  # fmt: skip


async def _of_stocktake(approval: approvals.Facts) -> _Said:
    """What was found more and less than the books, by value, and where most of it is."""
    one = await _subject(counts.facts_of_many, approval)
    subject = (approval.root_id, approval.subject_id)
    worst = await stocktake_lines.page(*subject, "different", 0, _LINES_TOLD)
    differing = (await stocktake_lines.counts(*subject))["different"]
    told = "；".join(
        f"{line['product_name']} {line['counted_qty'] - line['book_qty']:+d}{line['base_unit']}" for line in worst
    )
    rows = [
        ("盘盈", yuan(one["gain_fen"])),
        ("盘亏", yuan(one["loss_fen"])),
        ("说明", one["reason"] or "没有填写"),
    ]
    return _Said(
        "盘点差异审批", one["submitted_at"], "提交", one["number"], f"{one['org_name']} {one['warehouse']}",
        yuan(approval.amount_fen), _first_of(told, differing, "行"), rows, f"console/stocktakes?open={one['id']}",
        "差异金额",
    )  # fmt: skip


async def _of_return(approval: approvals.Facts) -> _Said:
    """Who gives what back, why, and what would be credited for it."""
    one = await _subject(returns.facts_of_many, approval)
    rows = [
        ("退给", one["seller_name"]),
        ("原因", "、".join(REASON_NAMES[reason] for reason in one["reasons"])),
        *([("备注", one["note"])] if one["note"] else []),
    ]
    return _Said(
        "退货审批", one["asked_at"], f"{one['asked_by_name']} 申请", one["number"], one["buyer_name"],
        yuan(one["total_fen"]), _first_of(one["goods"], one["line_count"], "种"), rows,
        f"console/returns?open={one['id']}", "退货金额",
    )  # fmt: skip


async def _of_rebate(approval: approvals.Facts) -> _Said:
    """What is promised to whom, for which days."""
    one = await _subject(rebates.facts_of_many, approval)
    promised = [rebate_terms.words(term) for term in rebate_reading.rule_of(one).terms]
    rows = [("协议", one["name"]), ("期限", f"{one['from_on']:%Y-%m-%d} 到 {one['until_on']:%Y-%m-%d}")]
    return _Said(
        "返利协议审批", approval.created_at, f"{one['made_by_name']} 提交", one["number"],
        rebate_audience.words_of(one), EVERY_NAMES[one["every"]],
        _first_of("；".join(promised[:_LINES_TOLD]), len(promised), "条"), rows, f"console/rebates/{one['id']}", "结算",
    )  # fmt: skip


_SAYS: dict[str, Callable[[approvals.Facts], Awaitable[_Said]]] = {
    "order": _of_order,
    exceptions.KIND: _of_exception,
    transfers.KIND: _of_transfer,
    counts.KIND: _of_stocktake,
    returns.KIND: _of_return,
    rebates.KIND: _of_rebate,
}
_SHORT = {
    "order": "订单",
    exceptions.KIND: "特价",
    transfers.KIND: "调拨",
    counts.KIND: "盘点",
    returns.KIND: "退货",
    rebates.KIND: "返利协议",
}


def _first_of(told: str, count: int, unit: str) -> str:
    """The first lines, and of how many."""
    return told + (f"；等 {count} {unit}" if count > _LINES_TOLD else "")


def _apart(price_fen: int, guide_fen: int) -> str:
    """How far a price lies from the guide price, to a tenth of a per cent: 低 12.5%."""
    tenths = (abs(price_fen - guide_fen) * 2000 + guide_fen) // (2 * guide_fen)
    return f"{'低' if price_fen < guide_fen else '高'} {tenths // 10}.{tenths % 10}%"


def _proposed(proposal: Proposal, order: Headline) -> str:
    part = "（部分）" if proposal.amount_fen < order.total_fen else ""
    return f"{proposal.proposed_by} 建议通过 {yuan(proposal.amount_fen)}{part}"


def _goods(lines: Sequence[db.Row]) -> str:
    """The first lines as they were ordered: 苏打水 ×20箱；乌龙茶 ×6瓶；等 7 种."""
    told = [f"{line['product_name']} ×{line['packaging_qty']}{line['packaging_name']}" for line in lines[:_LINES_TOLD]]
    return "；".join([*told, f"等 {len(lines)} 种"] if len(lines) > _LINES_TOLD else told)


async def _stock(order: Headline, lines: Sequence[db.Row], proposal: Proposal | None) -> str:
    """Whether what was ordered, or of it what was proposed, is there."""
    granted = {line["line_no"]: line["ordered_qty"] for line in lines}
    if proposal is not None:
        granted = {line.line_no: line.approved_qty for line in proposal.lines}
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line["product_id"]] += granted[line["line_no"]]
    left = await stock.available(order.root_id, order.seller_id, list(wanted))
    short = [product_id for product_id, qty in wanted.items() if qty > left.get(product_id, 0)]
    return f"{len(short)} 种不足" if short else "充足"


async def _credit(order: Headline, amount_fen: int) -> list[tuple[str, str]]:
    """What the buyer may still owe, and by how much this amount would pass it."""
    pair = await balance(order.buyer_id)
    if pair is None or pair["limit_fen"] is None:
        return []
    left = pair["limit_fen"] - (pair["receivable_fen"] + pair["committed_fen"] - pair["prepaid_fen"])
    over = amount_fen - left
    return [("信用剩余", yuan(left) + (f"，将超 {yuan(over)}" if over > 0 else ""))]
