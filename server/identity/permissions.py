"""Every permission in the words of whoever gives it: its group, what it lets do, what it needs beside it."""

from __future__ import annotations

from collections.abc import Sequence

from server.core.http import Route
from server.identity.role_schemas import Kind, PermissionGroup, PermissionOut
from server.identity.roles import PERMISSIONS, within_reach

KINDS: tuple[tuple[Kind, str], ...] = (("brand", "brand_admin"), ("dealer", "dealer_owner"), ("store", "store_owner"))

# The first part of a permission's name → its group.
_GROUPS: dict[str, tuple[str, str]] = {
    "order": ("order", "订单"), "approval": ("order", "订单"), "rule": ("order", "订单"),
    "catalog": ("goods", "商品与价格"), "price": ("goods", "商品与价格"),
    "stock": ("stock", "库存"), "trace": ("stock", "库存"), "recall": ("stock", "库存"),
    "diversion": ("channel", "渠道与客户"), "warehouse": ("stock", "库存"), "transfer": ("stock", "库存"),
    "return": ("stock", "库存"), "quarantine": ("stock", "库存"),
    "alert": ("stock", "库存"),
    "channel": ("channel", "渠道与客户"), "territory": ("channel", "渠道与客户"), "customer": ("channel", "渠道与客户"),
    "rep": ("channel", "渠道与客户"),
    "settlement": ("money", "往来与收款"), "credit": ("money", "往来与收款"), "payment": ("money", "往来与收款"),
    "rebate": ("money", "往来与收款"),
    "account": ("account", "账号与权限"), "role": ("account", "账号与权限"),
}  # fmt: skip
_REST = ("system", "系统")
_ORDER = ("order", "goods", "stock", "channel", "money", "account", "system")

NOTES: dict[str, str] = {
    "order.create": "向供应商采购、维护收货地址、查看订货价",
    "order.create_for": "替没有账号的客户下单、代客签收",
    "order.read": "查看订单、出库单、进度；下载单据",
    "order.approve": "通过、驳回、挂起客户的订单；企业微信卡片上的按钮；请假代理",
    "order.issue": "按批次出库发货、打印出库单",
    "order.receive": "签收到货，登记短少与破损",
    "order.cancel": "取消还没有出库的订单",
    "order.over_credit": "信用额度不足时仍可通过订单",
    "approval.second": "金额超过限额的订单由其复审；可设置复审限额",
    "catalog.read": "浏览商品目录、扫码查商品",
    "catalog.manage": "新建和修改商品、包装、条码、分类",
    "price.manage": "设置给客户的价格",
    "price.guide": "设置指导价和价格上下限",
    "channel.read": "查看经销商、门店和客户的档案",
    "channel.manage": "新建、修改、冻结经销商和门店",
    "channel.move": "把经销商或门店连同下级移到另一个上级",
    "rep.assign": "给经销商分配业务员",
    "customer.manage": "给客户打标签、保存分群",
    "account.manage": "开账号、改角色、停用、重置密码、结束登录、发邀请",
    "role.manage": "用自己已有的权限组合出新角色",
    "stock.read": "查看库存、批次和在途",
    "stock.manage": "登记入库",
    "warehouse.manage": "新建、改名、停用仓库，换发货仓；是否按批次管理库存",
    "stock.scan": "扫码入库、出库、盘点；登记破损、丢失、样品和自用",
    "stock.count": "发起盘点、看账面数和差异、安排复盘、调整库存；盘点计划",
    "stock.sell": "扫码登记卖给消费者的商品，库存随之减少",
    "transfer.propose": "提出和取消调拨，确认差异；查看调拨建议",
    "transfer.move": "从自己的仓库发出调拨的货，清点收到的货",
    "return.ask": "向供货方申请退货，取消，确认差异",
    "return.move": "把退货发出，清点退回来的货",
    "quarantine.settle": "隔离区里的货放行再卖，或者报损",
    "alert.handle": "稍后提醒、转交同事、提醒下级；企业微信卡片上的按钮",
    "alert.manage": "设置库存上下限、可用天数和临期天数，以及给下级的默认值",
    "trace.manage": "生成和导入追溯码、打印、装托盘",
    "trace.scan": "扫一箱货，看它的来路，上报地点和照片",
    "recall.manage": "发起和结束召回，停用一个批次",
    "diversion.read": "查看自己范围内的窜货单和证据",
    "diversion.handle": "受理窜货、判定和处理；企业微信卡片上的按钮",
    "diversion.state": "判定前替自己的公司说明情况",
    "settlement.read": "查看往来余额和明细",
    "credit.manage": "设置客户的信用额度",
    "payment.register": "登记客户的付款",
    "rebate.read": "查看返利协议、进度、对账单和返利余额",
    "rebate.manage": "给客户签订、提交、提前结束返利协议",
    "rebate.settle": "确认一期返利的结算，之后计入客户的返利余额",
    "rebate.use": "用返利余额抵扣应付的货款",
    "territory.read": "查看谁获授权卖哪些区域和品类",
    "territory.manage": "授予、修改、收回区域授权",
    "territory.coverage": "查看整个渠道的区域覆盖和空白",
    "outbox.read": "查看消息发送队列",
    "outbox.retry": "重发失败的消息",
    "audit.read": "查看谁在何时做了什么",
    "rule.manage": "设置起订、倍数、送货日历和审批步骤",
    "exchange.import": "用 Excel 批量新建和修改自己能维护的内容",
    "exchange.export": "把自己能看到的列表导出成 Excel 或 CSV",
}

# What a permission is of little use without. The screens tick it along; nothing is refused for its lack.
NEEDS: dict[str, tuple[str, ...]] = {
    "order.create": ("catalog.read", "order.read"),
    "order.create_for": ("channel.read", "catalog.read", "order.read"),
    "order.approve": ("order.read",),
    "order.issue": ("order.read", "stock.read"),
    "order.receive": ("order.read",),
    "order.cancel": ("order.read",),
    "order.over_credit": ("order.approve",),
    "approval.second": ("order.approve",),
    "catalog.manage": ("catalog.read",),
    "price.manage": ("catalog.read",),
    "price.guide": ("catalog.read",),
    "channel.manage": ("channel.read",),
    "channel.move": ("channel.read", "channel.manage"),
    "rep.assign": ("channel.read",),
    "customer.manage": ("channel.read",),
    "stock.manage": ("stock.read", "catalog.read"),
    "warehouse.manage": ("stock.read",),
    "stock.scan": ("stock.read", "catalog.read"),
    "stock.count": ("stock.read", "catalog.read"),
    "stock.sell": ("stock.read", "catalog.read"),
    "transfer.propose": ("stock.read", "catalog.read"),
    "transfer.move": ("stock.read",),
    "return.ask": ("stock.read", "catalog.read"),
    "return.move": ("stock.read",),
    "quarantine.settle": ("stock.read",),
    "alert.handle": ("stock.read",),
    "alert.manage": ("stock.read", "catalog.read"),
    "trace.manage": ("catalog.read", "stock.read"),
    "recall.manage": ("stock.read", "channel.read"),
    "diversion.handle": ("diversion.read", "trace.scan"),
    "diversion.state": ("diversion.read",),
    "territory.manage": ("territory.read", "channel.read"),
    "credit.manage": ("settlement.read", "channel.read"),
    "payment.register": ("settlement.read", "channel.read"),
    "rebate.manage": ("rebate.read", "channel.read", "catalog.read"),
    "rebate.settle": ("rebate.read",),
    "rebate.use": ("rebate.read", "settlement.read"),
    "role.manage": ("account.manage",),
    "outbox.retry": ("outbox.read",),
    "rule.manage": ("catalog.read", "channel.read"),
}

_operations: dict[str, list[str]] = {}


def used_by(routes: Sequence[Route]) -> None:
    """Remember which operations of the API ask for which permission."""
    _operations.clear()
    for route in routes:
        for permission in route.permissions:
            _operations.setdefault(permission, []).append(f"{route.method} {route.path}")


def _permission(key: str, name: str) -> PermissionOut:
    kinds = [kind for kind, base in KINDS if key in within_reach(base)]
    return PermissionOut(key, name, NOTES.get(key, ""), list(NEEDS.get(key, ())), kinds, _operations.get(key, []))


def groups() -> list[PermissionGroup]:
    """All permissions, by what they are about."""
    found: dict[str, PermissionGroup] = {}
    for key, name in PERMISSIONS.items():
        group, title = _GROUPS.get(key.split(".", 1)[0], _REST)
        found.setdefault(group, PermissionGroup(group, title, [])).permissions.append(_permission(key, name))
    return [found[group] for group in _ORDER if group in found]
