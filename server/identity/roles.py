"""What each role may do.

Roles belong to a kind of org. Beside the built-in ones here an org builds roles for its own people: rows of `role` that
name permissions, on the base of a built-in role, which fixes the kind of org and how far the scope reaches.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

PERMISSIONS: dict[str, str] = {
    "order.create": "下单",
    "order.create_for": "代客下单",
    "order.read": "查看订单",
    "order.approve": "审核订单",
    "order.issue": "出库",
    "order.receive": "签收",
    "order.cancel": "取消订单",
    "order.over_credit": "超信用额度放行",
    "approval.second": "大额复审",
    "catalog.read": "查看商品",
    "catalog.manage": "维护商品",
    "price.manage": "设置价格",
    "price.guide": "设置指导价",
    "channel.read": "查看客户",
    "channel.manage": "维护客户",
    "channel.move": "调整渠道层级",
    "rep.assign": "分配业务员",
    "customer.manage": "维护客户标签和分群",
    "account.manage": "管理账号",
    "role.manage": "自定义角色",
    "stock.read": "查看库存",
    "stock.manage": "登记入库",
    "warehouse.manage": "管理仓库",
    "stock.scan": "扫码出入库和盘点",
    "stock.count": "发起盘点和处理差异",
    "stock.sell": "登记销售",
    "transfer.propose": "提出调拨",
    "transfer.move": "调拨发货和收货",
    "return.ask": "申请退货",
    "return.move": "退货发货和收货",
    "quarantine.settle": "处理隔离区",
    "alert.handle": "处理库存预警",
    "alert.manage": "设置库存预警",
    "trace.manage": "管理追溯码",
    "trace.scan": "扫码追溯",
    "recall.manage": "召回批次",
    "diversion.read": "查看窜货",
    "diversion.handle": "处理窜货",
    "diversion.state": "说明窜货情况",
    "settlement.read": "查看往来账",
    "credit.manage": "设置信用额度",
    "payment.register": "登记收款",
    "rebate.read": "查看返利",
    "rebate.manage": "签订返利协议",
    "rebate.settle": "确认返利结算",
    "rebate.use": "用返利抵货款",
    "outbox.read": "查看通知队列",
    "outbox.retry": "重发通知",
    "audit.read": "查看操作记录",
    "territory.read": "查看区域授权",
    "territory.manage": "区域授权",
    "territory.coverage": "查看区域覆盖",
    "rule.manage": "设置下单和审批规则",
    "exchange.import": "批量导入",
    "exchange.export": "导出表格",
}

_READS = {"order.read", "catalog.read", "stock.read"}
_BUYS = {"order.create", "order.cancel"}
_CUSTOMERS = {"order.create_for", "customer.manage"}
_CHASES = {"trace.scan", "diversion.read", "diversion.handle"}
_TRANSFERS = {"transfer.propose", "transfer.move"}
_RETURNS = {"return.ask", "return.move"}
_REBATES = {"rebate.read", "rebate.settle", "rebate.use"}
_MANAGER = _READS | _CHASES | {
    "alert.handle", "alert.manage",
    "recall.manage", "transfer.propose", "stock.count",
    "order.approve", "order.over_credit", "approval.second", "channel.read", "channel.manage", "channel.move",
    "rep.assign", "customer.manage", "catalog.manage",
    "price.manage", "price.guide",
    "settlement.read", "credit.manage", "audit.read", "outbox.read", "rule.manage", "rebate.read", "rebate.manage",
    "territory.read", "territory.manage", "territory.coverage",
    "exchange.import", "exchange.export",
}  # fmt: skip

ROLES: dict[str, frozenset[str]] = {
    "brand_admin": frozenset(
        set(PERMISSIONS) - _BUYS - {"order.receive", "order.create_for", "stock.sell", "diversion.state", "return.ask"}
    ),
    "brand_manager": frozenset(_MANAGER),
    "brand_rep": frozenset(
        _READS
        | _CHASES
        | {
            "order.approve", "channel.read", "settlement.read", "territory.read", "exchange.export", "transfer.propose",
            "alert.handle", "rebate.read",
        }
    ),
    "brand_finance": frozenset(
        _READS | _REBATES | {"channel.read", "settlement.read", "credit.manage", "payment.register", "exchange.export"}
    ),
    "brand_warehouse": frozenset(
        _READS
        | _TRANSFERS
        | {
            "order.issue", "stock.manage", "stock.scan", "stock.count", "warehouse.manage", "channel.read",
            "trace.manage", "trace.scan", "exchange.import", "exchange.export", "return.move", "quarantine.settle",
            "alert.handle",
        }
    ),
    "dealer_owner": frozenset(
        _READS
        | _REBATES
        | _TRANSFERS
        | _RETURNS
        | _BUYS
        | _CUSTOMERS
        | {
            "order.approve", "order.over_credit", "approval.second", "order.issue", "order.receive", "price.manage",
            "channel.read", "channel.manage", "account.manage", "role.manage", "stock.manage", "stock.scan",
            "stock.count", "stock.sell", "warehouse.manage", "settlement.read", "credit.manage", "payment.register",
            "audit.read", "territory.read", "rule.manage", "exchange.import", "exchange.export", "trace.scan",
            "diversion.read", "diversion.state", "quarantine.settle", "alert.handle", "alert.manage", "rebate.manage",
        }
    ),
    "dealer_clerk": frozenset(
        _READS
        | _TRANSFERS
        | _RETURNS
        | _BUYS
        | _CUSTOMERS
        | {
            "order.approve", "order.issue", "order.receive", "channel.read", "settlement.read", "territory.read",
            "stock.scan", "stock.count", "stock.sell", "exchange.export", "trace.scan", "diversion.read",
            "diversion.state", "alert.handle", "rebate.read",
        }
    ),
    "dealer_warehouse": frozenset(
        _READS
        | _TRANSFERS
        | _RETURNS
        | {
            "order.issue", "order.receive", "channel.read", "stock.scan", "stock.sell", "trace.scan",
            "quarantine.settle", "alert.handle",
        }
    ),
    "dealer_driver": frozenset({"order.read", "catalog.read", "channel.read", "trace.scan"}),
    "dealer_finance": frozenset(
        _READS | _REBATES | {"channel.read", "settlement.read", "credit.manage", "payment.register", "exchange.export"}
    ),
    "store_owner": frozenset(
        _READS
        | _BUYS
        | _RETURNS
        | {
            "order.receive", "settlement.read", "account.manage", "stock.scan", "stock.count", "stock.sell",
            "warehouse.manage", "trace.scan", "exchange.import", "exchange.export", "alert.handle", "alert.manage",
            "rebate.read", "rebate.use",
        }
    ),
    "store_clerk": frozenset(
        _READS | _BUYS | _RETURNS | {"order.receive", "stock.scan", "stock.sell", "trace.scan", "alert.handle"}
    ),
}  # fmt: skip

ROLE_NAMES: dict[str, str] = {
    "brand_admin": "品牌管理员", "brand_manager": "销售经理", "brand_rep": "业务员", "brand_finance": "品牌财务",
    "brand_warehouse": "品牌仓管", "dealer_owner": "经销商老板", "dealer_clerk": "经销商内勤",
    "dealer_warehouse": "经销商仓管", "dealer_driver": "经销商配送", "dealer_finance": "经销商财务",
    "store_owner": "店主", "store_clerk": "店员",
}  # fmt: skip


BOUND = "brand_rep"
"""The base of those whose scope is the dealers assigned to them, and not their org."""

_WHOLE = frozenset({"role.manage", "territory.coverage"})
"""What only makes sense for who sees the whole org: building roles, and who covers which region."""


def kind_of(role: str) -> str:
    """The kind of org that a role belongs to."""
    return role.split("_", 1)[0]


@cache
def within_reach(base: str) -> frozenset[str]:
    """All that a role on this base can ever hold: what somebody of that kind of org may do.

    Who is bound to dealers is given nothing that reaches further than they do.
    """
    reach = frozenset[str]().union(*(held for role, held in ROLES.items() if kind_of(role) == kind_of(base)))
    return reach - _WHOLE if base == BOUND else reach


def held_by(role: str, own: Iterable[str] | None) -> frozenset[str]:
    """What an account may do: by the role that its org has built (`own`), or else by the built-in one."""
    if own is None:
        return ROLES.get(role, frozenset())
    return within_reach(role).intersection(own)
