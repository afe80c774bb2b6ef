"""The states of a return and the one table of its transitions."""

from __future__ import annotations

from server.core.errors import BusinessError

STATE_NAMES = {
    "asked": "待审批",
    "approved": "待退回",
    "issued": "退回途中",
    "received": "已收货，差异待确认",
    "closed": "已完成",
    "rejected": "已驳回",
    "cancelled": "已取消",
}

VERB_NAMES = {
    "approve": "审批通过",
    "reject": "驳回",
    "cancel": "取消",
    "issue": "退回",
    "receive": "收货",
    "close": "确认差异",
}

REASON_NAMES = {"damaged": "破损", "expired": "过期", "recalled": "召回", "wrong": "错货"}
"""Why goods go back, as people say it."""

# (state, verb) → the state after it. What arrived complete is closed at once: `receive` goes on to `close` then.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("asked", "approve"): "approved",
    ("asked", "reject"): "rejected",
    ("asked", "cancel"): "cancelled",
    ("approved", "cancel"): "cancelled",
    ("approved", "issue"): "issued",
    ("issued", "receive"): "received",
    ("received", "close"): "closed",
}


class ReturnState(BusinessError):
    """The return is in a state in which this cannot be done; nothing was changed."""

    status, code, title = 409, "return_state", "退货单状态已变化"


def next_state(number: str, state: str, verb: str) -> str:
    """The state after a verb; `ReturnState` where the table has none."""
    after = TRANSITIONS.get((state, verb))
    if after is None:
        raise ReturnState(f"退货单 {number} 现在是“{STATE_NAMES[state]}”，不能{VERB_NAMES[verb]}", state=state)
    return after
