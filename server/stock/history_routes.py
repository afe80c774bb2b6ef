"""HTTP of what moved, and of what there was."""

from __future__ import annotations

from server.core.actor import Actor
from server.core.errors import NotFound, StaleVersion
from server.core.http import Routes
from server.stock import expiring, history, insight, sales
from server.stock.expiring import ExpiringFilter, ExpiringList
from server.stock.history_schemas import MoveFilter, MoveList, PastFilter, PastList, ReasonList, ReasonOut
from server.stock.insight_schemas import (
    FreshnessRuleEdit,
    FreshnessRuleList,
    Ranking,
    RankingFilter,
    StockSummary,
    SummaryFilter,
    TurnoverFilter,
    TurnoverList,
)
from server.stock.sales_schemas import SaleFilter, SaleList, SalesSummary, SalesSummaryFilter
from server.stock.words import REASONS

routes = Routes("stock", "/stock")


@routes.get("/moves", permission="stock.read", errors=[NotFound])
async def list_moves(actor: Actor, query: MoveFilter) -> MoveList:
    """What came into and left the warehouses, with the documents behind it."""
    return MoveList(*await history.list_moves(actor, query))


@routes.get("/reasons", permission="stock.read")
async def list_reasons(actor: Actor) -> ReasonList:
    """The reasons for which goods move."""
    return ReasonList([ReasonOut(reason, name) for reason, name in REASONS.items()])


@routes.get("/past", permission="stock.read", errors=[NotFound])
async def list_past(actor: Actor, query: PastFilter) -> PastList:
    """What the warehouses held at the end of a day."""
    return PastList(*await history.list_past(actor, query))


@routes.get("/sales", permission="stock.read", errors=[NotFound])
async def list_sales(actor: Actor, query: SaleFilter) -> SaleList:
    """What the own org and those inside the scope sold to consumers, by day, org and product."""
    return SaleList(*await sales.list_sales(actor, query))


@routes.get("/sales/summary", permission="stock.read", errors=[NotFound])
async def summarize_sales(actor: Actor, query: SalesSummaryFilter) -> SalesSummary:
    """What was sold to consumers in a period, added up."""
    return await sales.summarize_sales(actor, query)


@routes.get("/expiring", permission="stock.read", errors=[NotFound])
async def list_expiring(actor: Actor, query: ExpiringFilter) -> ExpiringList:
    """What is near its end, or over, what ends first first."""
    return ExpiringList(*await expiring.list_expiring(actor, query))


@routes.get("/turnover/ranking", permission="stock.read", errors=[NotFound])
async def rank_turnover(actor: Actor, query: RankingFilter) -> Ranking:
    """What there is too much or too little of, and how the categories stand."""
    return await insight.rank_turnover(actor, query)


@routes.get("/turnover", permission="stock.read", errors=[NotFound])
async def list_turnover(actor: Actor, query: TurnoverFilter) -> TurnoverList:
    """How fast each product goes, how long it lasts, and what it is worth."""
    return TurnoverList(*await insight.list_turnover(actor, query))


@routes.get("/summary", permission="stock.read", errors=[NotFound])
async def summarize_stock(actor: Actor, query: SummaryFilter) -> StockSummary:
    """What an org has, what it is worth, and how fresh it is."""
    return await insight.summary(actor, query)


@routes.get("/freshness-rules", permission="stock.read")
async def list_freshness_rules(actor: Actor) -> FreshnessRuleList:
    """The categories of which the brand has said when they are near their end."""
    return FreshnessRuleList(await insight.list_rules(actor))


@routes.post("/freshness-rules", permission="catalog.manage", errors=[NotFound, StaleVersion])
async def set_freshness_rule(actor: Actor, body: FreshnessRuleEdit) -> FreshnessRuleList:
    """Say when goods of a category are near their end."""
    await insight.set_rule(actor, body)
    return FreshnessRuleList(await insight.list_rules(actor))
