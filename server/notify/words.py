"""What messages are called on screens and in files."""

from __future__ import annotations

TOPICS = {
    "order.submitted": "新订单", "order.first_approve": "订单初审通过", "order.approve": "订单审核通过",
    "order.reject": "订单被驳回", "order.cancel": "订单取消", "order.issue": "订单出库", "order.receive": "订单签收",
    "order.close": "订单完结", "order.hold": "订单挂起", "order.resume": "订单恢复",
    "payment.registered": "登记收款",
    "order.pass_on": "订单转下一步",
    "approval.asked": "请求审批", "approval.decided": "审批有结果", "approval.passed_on": "审批转下一步",
    "approval.stale": "审批超时提醒", "approval.escalated": "审批升级",
    "authority.granted": "区域授权", "authority.revoked": "收回授权", "authority.expiring": "授权快到期",
    "qualification.expiring": "资质快到期",
    "invitation.used": "接受邀请",
    "price.outside": "价格超出范围",
    "transfer.approved": "调拨通过", "transfer.issued": "调拨发货", "transfer.received": "调拨收货",
    "transfer.cancelled": "调拨取消",
    "return.issued": "退货发出", "return.received": "退货收货", "return.cancelled": "退货取消",
    "stocktake.started": "开始盘点", "stocktake.due": "盘点到期", "stocktake.counted": "盘点完成清点",
    "stocktake.recount": "盘点要求重点", "stocktake.adjusted": "盘点已调整库存",
    "diversion.opened": "发现窜货", "diversion.ask": "请经销商说明窜货", "diversion.take": "受理窜货",
    "diversion.state": "窜货说明", "diversion.decide": "窜货判定",
    "recall.started": "召回开始", "recall.ended": "召回结束",
    "alert.opened": "新的库存预警", "alert.pressed": "预警已处理", "alert.due": "预警到时提醒",
    "alert.handed": "预警转交", "alert.reminded": "提醒客户备货",
    "rebate.joined": "新返利", "rebate.settled": "返利到账", "rebate.corrected": "返利更正",
    "rebate.ended": "返利提前结束", "rebate.waiting": "返利待确认", "rebate.done": "返利已结算",
    "rebate.used": "返利抵货款",
    "chat.answer": "聊天回复", "chat.again": "重复处理的提示",
}  # fmt: skip

CHANNELS = {
    "event": "系统事件", "wecom_card": "企业微信卡片", "wecom_update": "企业微信卡片更新", "wecom_text": "企业微信消息",
    "subscribe": "微信订阅消息",
}  # fmt: skip

STATES = {"failed": "发送失败", "pending": "等待发送", "delivered": "已送达", "skipped": "无需发送"}
