"""Events into notices and messages: who is to be told what, and how.

A batch of events is expanded in one transaction with its mark, on the database only, so that each is expanded exactly
once. What all need is read for the whole batch, and what follows is written for the whole batch.

`fan` expands · `registry` knows the topics · a file per part of the business says who is told of its topics. A new
file of topics is named below, and nowhere else.
"""

from bot.fanout import (
    accounts,
    alerts,
    approvals,
    counts,
    money,
    orders,
    papers,
    prices,
    rebates,
    returns,
    territory,
    trace,
    transfers,
)
from bot.fanout.fan import Fanout, tell_live
from bot.fanout.registry import Event

TOLD_BY = (
    accounts, alerts, approvals, counts, money, orders, papers, prices, rebates, returns, territory, trace, transfers,
)  # fmt: skip

__all__ = ["TOLD_BY", "Event", "Fanout", "tell_live"]
