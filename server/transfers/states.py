"""The states of a transfer and the one table of its transitions."""

from __future__ import annotations

from server.core.errors import BusinessError

STATE_NAMES = {
    "proposed": "待审批",
    "approved": "待发出",
    "issued": "在途",
    "received": "已收货，差异待确认",
    "closed": "已完成",
    "rejected": "已驳回",
    "cancelled": "已取消",
}

VERB_NAMES = {
    "approve": "审批通过",
    "reject": "驳回",
    "cancel": "取消",
    "issue": "发出",
    "receive": "收货",
    "close": "确认差异",
}

# (state, verb) → the state after it. What arrived complete is closed at once: `receive` goes on to `close` then.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "approve"): "approved",
    ("proposed", "reject"): "rejected",
    ("proposed", "cancel"): "cancelled",
    ("approved", "cancel"): "cancelled",
    ("approved", "issue"): "issued",
    ("issued", "receive"): "received",
    ("received", "close"): "closed",
}


class TransferState(BusinessError):
    """The transfer is in a state in which this cannot be done; nothing was changed."""

    status, code, title = 409, "transfer_state", "调拨单状态已变化"


def next_state(number: str, state: str, verb: str) -> str:
    """The state after a verb; `TransferState` where the table has none."""
    after = TRANSITIONS.get((state, verb))
    if after is None:
        raise TransferState(f"调拨单 {number} 现在是“{STATE_NAMES[state]}”，不能{VERB_NAMES[verb]}", state=state)
    return after
