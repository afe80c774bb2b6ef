"""HTTP of alerts and of their thresholds."""

from __future__ import annotations

from server.alerts import rules, service, views
from server.alerts.rule_schemas import AlertRuleSet, AlertRuleSetOut
from server.alerts.schemas import (
    AlertCounts,
    AlertDetail,
    AlertFilter,
    AlertIds,
    AlertList,
    ColleagueList,
    HandOver,
    OrderAlerts,
    Restock,
    RestockProposal,
    Snooze,
)
from server.core.actor import Actor
from server.core.errors import Forbidden, InvalidInput, NotFound, OrgFrozen, StaleVersion
from server.core.http import Routes
from server.core.idempotency import Claim, KeyReused
from server.orders.schemas import OrderPlaced
from server.orders.service import PriceChanged
from server.pricing.offers import NotOffered
from server.rules.service import RulesUnmet

routes = Routes("alerts")

_HANDLING = [NotFound, Forbidden, service.AlertClosed, KeyReused]


@routes.get("/alerts", permission="stock.read")
async def list_alerts(actor: Actor, query: AlertFilter) -> AlertList:
    """Alerts about stock, of the own org and of those in the scope."""
    return AlertList(*await views.list_alerts(actor, query))


@routes.get("/alerts/counts", permission="stock.read")
async def count_alerts(actor: Actor) -> AlertCounts:
    """How many alerts are open, by kind."""
    return await views.count_alerts(actor)


@routes.get("/alerts/colleagues", permission="alert.handle")
async def list_alert_colleagues(actor: Actor) -> ColleagueList:
    """To whom an alert can be handed."""
    return ColleagueList(await views.list_colleagues(actor))


@routes.get("/alerts/<alert_id:int>", permission="stock.read", errors=[NotFound])
async def get_alert(actor: Actor, alert_id: int) -> AlertDetail:
    """One alert with what is behind it and what should be ordered."""
    return await views.get_alert(actor, alert_id)


@routes.post("/alerts/snooze", permission="alert.handle", errors=_HANDLING)
async def snooze_alerts(actor: Actor, body: Snooze) -> None:
    """Put alerts off until a day."""
    await service.snooze(actor, body)


@routes.post("/alerts/hand-over", permission="alert.handle", errors=_HANDLING)
async def hand_over_alerts(actor: Actor, body: HandOver) -> None:
    """Give alerts to a colleague."""
    await service.hand_over(actor, body)


@routes.post("/alerts/remind", permission="alert.handle", errors=[*_HANDLING, service.AlertDone])
async def remind_of_alerts(actor: Actor, body: AlertIds) -> None:
    """Bring alerts of those below to their minds."""
    await service.remind(actor, body.ids)


@routes.post(
    "/alerts/order",
    permission=("order.create", "order.create_for"),
    idempotent="own",
    status=201,
    errors=[NotFound, Forbidden, service.AlertDone, PriceChanged, NotOffered, RulesUnmet, OrgFrozen, KeyReused],
)
async def order_alerts(actor: Actor, body: OrderAlerts, claim: Claim) -> OrderPlaced:
    """Order what is missing, once."""
    return await service.order(actor, body, claim)


@routes.get("/restock", permission=("order.create", "order.create_for"), errors=[NotFound, InvalidInput])
async def suggest_restock(actor: Actor, query: Restock) -> RestockProposal:
    """What the own org, or one of its buyers, should order, and why."""
    return await views.suggest_restock(actor, query)


@routes.get("/alert-rules", permission="stock.read")
async def get_alert_rules(actor: Actor) -> AlertRuleSetOut:
    """The own org's thresholds and the defaults from above."""
    return await rules.read_rules(actor)


@routes.post("/alert-rules", permission="alert.manage", errors=[NotFound, StaleVersion, KeyReused])
async def set_alert_rules(actor: Actor, body: AlertRuleSet) -> AlertRuleSetOut:
    """Set the own org's thresholds."""
    await rules.set_rules(actor, body)
    return await rules.read_rules(actor)
