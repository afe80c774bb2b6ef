"""The states of an order and the one table of its transitions."""

from __future__ import annotations

from server.core.errors import BusinessError

STATE_NAMES = {
    "submitted": "待审核",
    "approved": "待出库",
    "issued": "配送中",
    "received": "已签收",
    "closed": "已完成",
    "rejected": "已驳回",
    "cancelled": "已取消",
    "on_hold": "已挂起",
}

VERB_NAMES = {
    "submit": "提交",
    "approve": "审核通过",
    "first_approve": "初审通过",  # of before there were steps
    "pass_on": "通过，转下一步",
    "reject": "驳回",
    "cancel": "取消",
    "issue": "出库",
    "receive": "签收",
    "close": "完成",
    "hold": "挂起",
    "resume": "恢复",
}

# (state, verb) → the state after it. An order that was issued is received once all of it is signed for: until then
# a receipt leaves it where it is. On hold (arrears, a dispute) nothing is approved until it is resumed.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("submitted", "pass_on"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "reject"): "rejected",
    ("submitted", "cancel"): "cancelled",
    ("submitted", "hold"): "on_hold",
    ("on_hold", "resume"): "submitted",
    ("on_hold", "reject"): "rejected",
    ("on_hold", "cancel"): "cancelled",
    ("approved", "cancel"): "cancelled",
    ("approved", "issue"): "issued",
    ("issued", "issue"): "issued",
    ("issued", "receive"): "received",
    ("issued", "close"): "closed",
    ("received", "close"): "closed",
}


class OrderState(BusinessError):
    """The order is in a state in which this cannot be done; nothing was changed."""

    status, code, title = 409, "order_state", "订单状态已变化"


def next_state(number: str, state: str, verb: str) -> str:
    """The state after a verb; `OrderState` where the table has none."""
    after = TRANSITIONS.get((state, verb))
    if after is None:
        raise OrderState(f"订单 {number} 现在是“{STATE_NAMES[state]}”，不能{VERB_NAMES[verb]}", state=state)
    return after
