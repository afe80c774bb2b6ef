"""The lists that can be exported, column by column."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import msgspec

from server.approvals.schemas import ApprovalFilter
from server.approvals.service import list_approvals
from server.catalog.assortment import list_products
from server.catalog.schemas import AssortmentFilter
from server.channel import terms
from server.channel.lists import list_orgs
from server.channel.schemas import OrgFilter
from server.core.actor import Actor
from server.core.exports import Column, Export, Summary, named, pages, pages_of, register
from server.customers.lists import list_customers
from server.customers.schemas import CustomerFilter
from server.exchange.stock_lists import STOCK_LISTS
from server.identity.lists import list_accounts
from server.identity.schemas import AccountFilter
from server.notify import words as messages
from server.notify.outbox import list_outbox
from server.notify.schemas import AuditEntry, AuditFilter, OutboxFilter
from server.notify.service import list_audit, with_names
from server.orders import export as order_export
from server.orders.lists import list_orders
from server.orders.schemas import IssueFilter, OrderFilter
from server.orders.states import STATE_NAMES
from server.orders.views import list_issues
from server.pricing.lists import list_prices, matrix
from server.pricing.schemas import ListQuery, MatrixQuery
from server.regions import service as regions
from server.settlement.schemas import EntryFilter
from server.settlement.service import entries
from server.territory.lists import list_authorities
from server.territory.schemas import AuthorityFilter

_METHODS = {"deliver": "送货", "pickup": "自提", "logistics": "物流"}
_ACTIVE = {"active": "正常", "frozen": "已冻结"}
_SOLD = {"active": "在售", "stopped": "停售"}
_DECIDED = {"pending": "待审批", "approved": "已通过", "rejected": "已驳回", "void": "已作废"}
_REASONS = {"issue": "出库", "shortage": "签收短少破损", "bank": "银行转账", "cash": "现金", "wechat": "微信"}


_ORDER = (
    Column("订单号", "number", width=18),
    Column("状态", named("state", STATE_NAMES), width=10),
    Column("供货方", "seller.name", width=24),
    Column("客户", "buyer.name", width=24),
    Column("下单时间", "submitted_at", "moment", 18),
    Column("配送方式", named("delivery_method", _METHODS), width=10),
    Column("期望送达", "wished_on", "date", 12),
    Column("行数", "line_count", "number", 8),
    Column("首个商品", "first_product_name", width=24),
    Column("下单金额", "total_fen", "money"),
    Column("批准金额", "approved_fen", "money"),
    Column("出库金额", "issued_fen", "money"),
    Column("签收金额", "received_fen", "money"),
)

_ORDER_LINE = (
    Column("订单号", lambda item: item["order"].number, width=18),
    Column("状态", lambda item: STATE_NAMES[item["order"].state], width=10),
    Column("供货方", lambda item: item["order"].seller.name, width=24),
    Column("客户", lambda item: item["order"].buyer.name, width=24),
    Column("下单时间", lambda item: item["order"].submitted_at, "moment", 18),
    Column("行号", "line_no", "number", 6),
    Column("商品编码", "code"),
    Column("商品", "name", width=24),
    Column("包装", "packaging_name", width=8),
    Column("每包件数", "unit_qty", "number", 10),
    Column("包装数量", "packaging_qty", "number", 10),
    Column("单位", "base_unit", width=6),
    Column("下单数量", "ordered_qty", "number", 10),
    Column("批准数量", "approved_qty", "number", 10),
    Column("出库数量", "issued_qty", "number", 10),
    Column("签收数量", "received_qty", "number", 10),
    Column("短少数量", "short_qty", "number", 10),
    Column("破损数量", "damaged_qty", "number", 10),
    Column("单价", "price_fen", "money", 12),
    Column("优惠", "discount_fen", "money", 12),
    Column("金额", "amount_fen", "money"),
    Column("赠品", lambda item: "是" if item["gift"] else "", width=6),
    Column("优惠说明", "taken", width=30),
)

_ISSUE_LINE = (
    Column("出库单号", lambda item: item[0].number, width=20),
    Column("订单号", lambda item: item[0].order_number, width=18),
    Column("状态", lambda item: "已签收" if item[0].state == "received" else "配送中", width=10),
    Column("供货方", lambda item: item[0].seller.name, width=24),
    Column("客户", lambda item: item[0].buyer.name, width=24),
    Column("仓库", lambda item: item[0].warehouse_name, width=12),
    Column("出库时间", lambda item: item[0].issued_at, "moment", 18),
    Column("出库人", lambda item: item[0].issued_by, width=12),
    Column("行号", lambda item: item[1].line_no, "number", 6),
    Column("商品编码", lambda item: item[1].product_code),
    Column("商品", lambda item: item[1].product_name, width=24),
    Column("批次", lambda item: item[1].lot_code),
    Column("到期日", lambda item: item[1].expires_on, "date", 12),
    Column("单位", lambda item: item[1].base_unit, width=6),
    Column("出库数量", lambda item: item[1].qty, "number", 10),
    Column("签收数量", lambda item: item[1].received_qty, "number", 10),
    Column("破损数量", lambda item: item[1].damaged_qty, "number", 10),
    Column("短少数量", lambda item: item[1].short_qty, "number", 10),
    Column("单价", lambda item: item[1].price_fen, "money", 12),
    Column("金额", lambda item: item[1].amount_fen, "money"),
)

_ORG = (
    Column("编码", "code", width=14),
    Column("名称", "name", width=28),
    Column("类型", named("kind", terms.ORG_KINDS), width=10),
    Column("上级", "parent_name", width=24),
    Column("状态", named("status", _ACTIVE), width=10),
    Column("冻结原因", "frozen_reason", width=20),
    Column("价格组", lambda item: terms.group_name(item.price_group), width=12),
    Column("等级", "grade", width=8),
    Column("区划代码", "region_code", width=10),
    Column("所在地区", lambda item: regions.full_name(item.region_code) if item.region_code else "", width=24),
    Column("地址", "address", width=32),
    Column("联系人", "contact_name", width=12),
    Column("联系电话", "contact_phone", width=16),
    Column("结算方式", lambda item: _agreed(terms.SETTLEMENT_METHODS, item.settlement_method), width=12),
    Column("账期天数", "credit_days", "number", 10),
    Column("合作状态", named("cooperation", terms.COOPERATIONS), width=10),
    Column("门店类型", lambda item: _agreed(terms.STORE_KINDS, item.store_kind), width=12),
    Column("标签", lambda item: "、".join(item.tags), width=20),
    Column("业务员", lambda item: "、".join(rep.name for rep in item.reps), width=16),
    Column("建档时间", "created_at", "moment", 18),
)

_CUSTOMER = (
    Column("编码", "code", width=14),
    Column("名称", "name", width=28),
    Column("供货方", "parent_name", width=24),
    Column("状态", named("status", _ACTIVE), width=10),
    Column("门店类型", lambda item: _agreed(terms.STORE_KINDS, item.store_kind), width=12),
    Column("等级", "grade", width=8),
    Column("联系人", "contact_name", width=12),
    Column("联系电话", "contact_phone", width=16),
    Column("地址", "address", width=32),
    Column("标签", lambda item: "、".join(item.tags), width=20),
    Column("有账号", lambda item: "是" if item.has_account else "否", width=8),
    Column("最近下单", "last_order_at", "moment", 18),
    Column("期内金额", "amount_fen", "money"),
    Column("期内订单", "orders", "number", 10),
)

_PRODUCT = (
    Column("编码", "code", width=14),
    Column("名称", "name", width=28),
    Column("规格", "spec", width=12),
    Column("单位", "base_unit", width=6),
    Column("状态", named("status", _SOLD), width=8),
    Column("保质期天数", "shelf_life_days", "number", 10),
    Column("指导价", "guide_price_fen", "money", 12),
    Column("最低价", "floor_price_fen", "money", 12),
    Column("最高价", "ceiling_price_fen", "money", 12),
    Column("包装和条码", lambda item: _packed(item["packagings"]), width=60),
)

_PRICE = (
    Column("商品编码", "product_code"),
    Column("商品", "product_name", width=28),
    Column("规格", "spec", width=12),
    Column("单位", "base_unit", width=6),
    Column("单价", "price_fen", "money", 12),
    Column("来自", lambda item: "客户专价" if item.source == "buyer" else "价格组", width=10),
    Column("开始日期", "from_on", "date", 12),
    Column("结束日期", "until_on", "date", 12),
    Column("是否供应", lambda item: "是" if item.offered and item.price_fen else "否", width=10),
    Column("指导价", "limits.guide_fen", "money", 12),
    Column("最低价", "limits.floor_fen", "money", 12),
    Column("最高价", "limits.ceiling_fen", "money", 12),
)

_MATRIX = (
    Column("价格组", lambda item: terms.group_name(item[1].price_group), width=14),
    Column("商品编码", lambda item: item[0].product_code),
    Column("商品", lambda item: item[0].product_name, width=28),
    Column("规格", lambda item: item[0].spec, width=12),
    Column("单位", lambda item: item[0].base_unit, width=6),
    Column("单价", lambda item: item[1].price_fen, "money", 12),
    Column("临时价到", lambda item: item[1].until_on, "date", 12),
    Column("下次调价", lambda item: item[1].next_from, "date", 12),
    Column("下次单价", lambda item: item[1].next_fen, "money", 12),
    Column("指导价", lambda item: item[0].limits.guide_fen, "money", 12),
    Column("最低价", lambda item: item[0].limits.floor_fen, "money", 12),
    Column("最高价", lambda item: item[0].limits.ceiling_fen, "money", 12),
)

_ACCOUNT = (
    Column("姓名", "name", width=14),
    Column("手机号", "phone", width=16),
    Column("组织", "org_name", width=28),
    Column("角色", "role_name", width=14),
    Column("状态", named("status", _ACTIVE), width=10),
    Column("停用原因", "frozen_reason", width=20),
    Column("企业微信", "wecom_userid", width=20),
    Column("绑定微信", lambda item: "是" if item.wechat_bound else "否", width=10),
    Column("最近使用", "last_seen_at", "moment", 18),
    Column("开通时间", "created_at", "moment", 18),
)

_ENTRY = (
    Column("日期", "occurred_on", "date", 12),
    Column("供货方", "seller_name", width=24),
    Column("客户", "buyer_name", width=24),
    Column("事由", named("reason", _REASONS), width=14),
    Column("应收增减", lambda item: _receivable(item), "money"),
    Column("金额", "amount_fen", "money"),
    Column("备注", "reference", width=24),
    Column("登记时间", "at", "moment", 18),
)

_APPROVAL = (
    Column("单号", "number", width=18),
    Column("客户", "buyer_name", width=24),
    Column("金额", "amount_fen", "money"),
    Column("状态", named("state", _DECIDED), width=10),
    Column("提交时间", "created_at", "moment", 18),
    Column("审批人", "decided_by_name", width=14),
    Column("审批时间", "decided_at", "moment", 18),
    Column("原因", "reason", width=30),
)

_STANDINGS = {"current": "生效中", "future": "未开始", "ended": "已结束", "revoked": "已撤销"}
_AUTHORITY = (
    Column("经销商", "org.name", width=28),
    Column("区划代码", "region_code", width=10),
    Column("区域", "region_name", width=24),
    Column("分类", lambda item: item.category_name or "全部分类", width=16),
    Column("独家", lambda item: "是" if item.exclusive else "否", width=8),
    Column("状态", named("standing", _STANDINGS), width=10),
    Column("开始日期", "from_on", "date", 12),
    Column("结束日期", "until_on", "date", 12),
    Column("授权人", "granted_by_name", width=14),
    Column("授权时间", "granted_at", "moment", 18),
    Column("撤销日期", "revoked_on", "date", 12),
    Column("撤销原因", "revoke_reason", width=24),
    Column("备注", "note", width=24),
)

_AUDIT = (
    Column("时间", "at", "moment", 18),
    Column("操作人", "account_name", width=14),
    Column("组织", "org_name", width=24),
    Column("操作", "verb", width=18),
    Column("对象", "subject_kind", width=14),
    Column("名称", "subject_name", width=28),
    Column("编号", "subject_id", width=12),
    Column("内容", lambda item: bytes(item.changes).decode(), width=80),
)

_OUTBOX = (
    Column("产生时间", "created_at", "moment", 18),
    Column("渠道", named("channel", messages.CHANNELS), width=18),
    Column("内容", "title", width=18),
    Column("关于", lambda item: item.subject.name if item.subject else "", width=28),
    Column("发给", lambda item: "、".join(item.recipients), width=28),
    Column("正文", "text", width=48),
    Column("状态", named("state", messages.STATES), width=10),
    Column("次数", "attempts", "number", 8),
    Column("原因", "last_error", width=48),
    Column("送达时间", "delivered_at", "moment", 18),
)


_NOT_COUNTED = ("cancelled", "rejected")
_BY_BUYER = Summary(
    (("供货方", "seller.id", "seller.name"), ("客户", "buyer.id", "buyer.name")),
    "submitted_at", "total_fen", lambda item: item.state not in _NOT_COUNTED, "订单数",
    "按下单月份汇总下单金额，已取消和已驳回的订单不计在内",
)  # fmt: skip
_BY_PRODUCT = Summary(
    (("分类", "category_id", "category_name"), ("商品", "code", lambda item: f"{item['code']} {item['name']}")),
    lambda item: item["order"].submitted_at, "amount_fen", lambda item: item["order"].state not in _NOT_COUNTED,
    "订单行数",
    "按下单月份汇总各商品的下单金额，已取消和已驳回的订单不计在内",
)  # fmt: skip


def _agreed(names: Mapping[str, str], code: str) -> str:
    """A word of the archive's, empty where nothing is said."""
    return names[code] if code else ""


def _packed(packagings: str | None) -> str:
    items = msgspec.json.decode(packagings or "[]")
    return "；".join(f"{item['name']}×{item['unit_qty']} {item['gtin']}" for item in items)


def _receivable(item: Mapping[str, Any]) -> int:
    """Positive: the buyer owes more."""
    change: int = {item["debit"]: item["amount_fen"], item["credit"]: -item["amount_fen"]}.get("receivable", 0)
    return change


async def _issue_lines(actor: Actor, wanted: IssueFilter) -> AsyncIterator[Sequence[Any]]:
    async for page in pages(list_issues)(actor, wanted):
        yield [(issue, line) for issue in page for line in issue.lines]


async def _price_matrix(actor: Actor, wanted: MatrixQuery) -> tuple[Sequence[Any], str | None]:
    found = await matrix(actor, wanted)
    return [(row, cell) for row in found.items for cell in row.cells], found.next_cursor


async def _orgs(actor: Actor, wanted: OrgFilter) -> tuple[Sequence[Any], str | None]:
    found, cursor, _ = await list_orgs(actor, wanted)
    return found, cursor


async def _trail(actor: Actor, wanted: AuditFilter) -> tuple[list[AuditEntry], str | None]:
    found, cursor = await list_audit(actor, wanted)
    return await with_names(actor, found), cursor


def register_all() -> None:
    """Let these lists be exported; a module with a list of its own registers it itself (`server.core.exports`)."""
    sells = ("brand", "dealer")
    for export in (
        Export("orders", "订单", "order.read", OrderFilter, _ORDER, pages(list_orders), summary=_BY_BUYER),
        Export(
            "order_lines", "订单明细", "order.read", OrderFilter, _ORDER_LINE, order_export.lines, summary=_BY_PRODUCT
        ),
        Export("goods_issues", "出库单明细", "order.read", IssueFilter, _ISSUE_LINE, _issue_lines),
        Export("orgs", "渠道档案", "channel.read", OrgFilter, _ORG, pages(_orgs)),
        Export("customers", "客户", "channel.read", CustomerFilter, _CUSTOMER, pages(list_customers), sells),
        Export("products", "商品", "catalog.manage", AssortmentFilter, _PRODUCT, pages(list_products), ("brand",)),
        Export("prices", "价格", "price.manage", ListQuery, _PRICE, pages_of(list_prices), sells),
        Export("price_matrix", "价格表", "price.manage", MatrixQuery, _MATRIX, pages(_price_matrix), sells),
        Export("accounts", "账号", "account.manage", AccountFilter, _ACCOUNT, pages(list_accounts)),
        Export("entries", "往来账", "settlement.read", EntryFilter, _ENTRY, pages(entries)),
        Export(
            "authorities", "区域授权", "territory.read", AuthorityFilter, _AUTHORITY, pages(list_authorities), sells
        ),
        Export("approvals", "审批", "order.approve", ApprovalFilter, _APPROVAL, pages(list_approvals), sells),
        Export("audit", "操作记录", "audit.read", AuditFilter, _AUDIT, pages(_trail), sells),
        Export("outbox", "通知队列", "outbox.read", OutboxFilter, _OUTBOX, pages(list_outbox), ("brand",)),
        *STOCK_LISTS,
    ):
        register(export)
