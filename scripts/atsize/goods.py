"""The pages about goods: what lies where, what moved, was scanned and sold, transfers, and the way of cases.

`goods.sql` makes what they show. Alerts get a group of their own here, put into PAGES.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from scripts.atsize.page import Look, Page, World
from scripts.atsize.size import REP
from server.alerts import views as alerts
from server.alerts.schemas import AlertFilter, Restock
from server.catalog.schemas import ProductFilter
from server.core import clock
from server.core.actor import Actor
from server.counts import plans as stocktake_plans
from server.counts import views as stocktakes
from server.counts.schemas import LineFilter, StocktakeFilter
from server.orders import shelf
from server.returns import views as returns
from server.returns.returnable import list_returnable
from server.returns.schemas import ReturnableFilter, ReturnFilter
from server.stock import expiring, insight, sales, sessions
from server.stock import history as goods_history
from server.stock import listing as balances
from server.stock import places as warehouses
from server.stock import service as stock
from server.stock.expiring import ExpiringFilter
from server.stock.history_schemas import MoveFilter, PastFilter
from server.stock.insight_schemas import RankingFilter, SummaryFilter, TurnoverFilter
from server.stock.listing import BalanceFilter
from server.stock.place_schemas import WarehouseQuery
from server.stock.sales_schemas import SaleFilter, SalesSummaryFilter
from server.stock.schemas import StockFilter
from server.stock.session_schemas import ScanQuery, ScanSessionFilter
from server.trace import codes, ranges, recall_preview, recalls, ways
from server.trace import diversion_lists as diversions
from server.trace.diversion_schemas import DiversionFilter
from server.trace.recall_schemas import HolderFilter, LotFilter, PreviewFilter, RecallFilter
from server.trace.schemas import RangeFilter
from server.transfers import views as transfers
from server.transfers.schemas import SuggestionFilter, TransferFilter
from server.transfers.suggest import suggest


def _past(days: int, **filters: Any) -> Look:
    return lambda a, w: goods_history.list_past(a, PastFilter(clock.today() - timedelta(days=days), **filters))


def _sold_in_a_month(actor: Actor, world: World) -> Awaitable[object]:
    last = clock.today() - timedelta(days=30)
    return sales.list_sales(actor, SaleFilter(from_=last - timedelta(days=30), to=last))


GOODS: dict[str, Page] = {
    "the catalogue": Page("store", lambda a, w: shelf.browse(a, ProductFilter(limit=50))),
    "a search in the catalogue": Page("store", lambda a, w: shelf.browse(a, ProductFilter(q=w.product_name))),
    "what a store usually orders": Page("store", lambda a, w: shelf.frequent(a)),
    "a dealer's moves": Page("dealer", lambda a, w: goods_history.list_moves(a, MoveFilter())),
    "the brand's moves for a reason": Page(
        "brand", lambda a, w: goods_history.list_moves(a, MoveFilter(reason="supply"))
    ),
    "a reason that nothing moved for": Page(
        "brand", lambda a, w: goods_history.list_moves(a, MoveFilter(reason="sample"))
    ),
    "the moves of a product": Page("brand", lambda a, w: goods_history.list_moves(a, MoveFilter(product_id=7))),
    "a store's stock of yesterday": Page("store", _past(1)),
    "a store's stock of a year ago": Page("store", _past(365)),
    "a dealer's stock of a year ago": Page("dealer", _past(365), "counts"),
    "the brand's stock of a hundred days ago": Page("brand", _past(100), "counts"),
    "a product in the brand's stock of a hundred days ago": Page("brand", _past(100, product_id=7)),
    "what a dealer's stores sold": Page("dealer", lambda a, w: sales.list_sales(a, SaleFilter())),
    "what a dealer's stores sold, added up": Page(
        "dealer", lambda a, w: sales.summarize_sales(a, SalesSummaryFilter()), "counts"
    ),
    "what all stores sold": Page("brand", lambda a, w: sales.list_sales(a, SaleFilter())),
    "what was sold of a product": Page("brand", lambda a, w: sales.list_sales(a, SaleFilter(product_id=7))),
    "what one store sold": Page("brand", lambda a, w: sales.list_sales(a, SaleFilter(w.store_id))),
    "what one store sold, added up": Page(
        "brand", lambda a, w: sales.summarize_sales(a, SalesSummaryFilter(w.store_id)), "counts"
    ),
    "what a rep's stores sold in a month": Page("rep", _sold_in_a_month),
    "how fast a dealer's goods go": Page("dealer", lambda a, w: insight.list_turnover(a, TurnoverFilter()), "counts"),
    "what a dealer's stock is worth": Page("dealer", lambda a, w: insight.summary(a, SummaryFilter()), "counts"),
    "how fast the brand's goods go": Page("brand", lambda a, w: insight.list_turnover(a, TurnoverFilter()), "counts"),
    "what the brand's stock is worth": Page("brand", lambda a, w: insight.summary(a, SummaryFilter()), "counts"),
    "a dealer's scan sessions": Page("dealer", lambda a, w: sessions.list_sessions(a, ScanSessionFilter())),
    "a dealer's open scan sessions": Page(
        "dealer", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(state="open"))
    ),
    "a store's counts": Page("store", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(kind="count"))),
    "a scan session": Page("dealer", lambda a, w: sessions.get_session(a, w.session_id)),
    "the scans of a session": Page("dealer", lambda a, w: sessions.list_scans(a, w.session_id, ScanQuery())),
    "a dealer's warehouses": Page("dealer", lambda a, w: warehouses.list_warehouses(a, WarehouseQuery())),
    "a dealer's stock": Page("dealer", lambda a, w: stock.list_stock(a, StockFilter())),
    "what lies in the brand's warehouses": Page("brand", lambda a, w: balances.list_balances(a, BalanceFilter())),
    "a product in the warehouses": Page(
        "brand", lambda a, w: balances.list_balances(a, BalanceFilter(q=w.product_name))
    ),
    "what expires soon": Page("brand", lambda a, w: balances.list_balances(a, BalanceFilter(within=30))),
    "a category in a dealer's warehouses": Page(
        "dealer", lambda a, w: balances.list_balances(a, BalanceFilter(category_id=9))
    ),
    "the moves of a lot": Page("brand", lambda a, w: goods_history.list_moves(a, MoveFilter(lot_id=7))),
    "what has changed at a store since yesterday": Page(
        "store",
        lambda a, w: goods_history.list_past(a, PastFilter(clock.today() - timedelta(days=1), changed=True)),
        "counts",
    ),
    "what a dealer has too much of": Page("dealer", lambda a, w: insight.rank_turnover(a, RankingFilter()), "counts"),
    "what ends first at a dealer": Page("dealer", lambda a, w: expiring.list_expiring(a, ExpiringFilter()), "counts"),
    "what all stores sold, added up": Page(
        "brand", lambda a, w: sales.summarize_sales(a, SalesSummaryFilter()), "counts"
    ),
    "scan sessions of the channel": Page(
        "brand", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(all_below=True))
    ),
    "what is scanned in the channel at this moment": Page(
        "brand", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(state="open", all_below=True))
    ),
    "what was given up in the channel": Page(
        "brand", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(state="cancelled", all_below=True))
    ),
    "a kind of session that there is not": Page(
        "brand", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(kind="sale", all_below=True))
    ),
    "scan sessions below a dealer": Page(
        "dealer", lambda a, w: sessions.list_sessions(a, ScanSessionFilter(all_below=True))
    ),
    "the brand's stock": Page("brand", lambda a, w: stock.list_stock(a, StockFilter())),
    "a product in stock": Page("brand", lambda a, w: stock.list_stock(a, StockFilter(q=w.product_name))),
    "a category's stock": Page("brand", lambda a, w: stock.list_stock(a, StockFilter(category_id=9))),
}

STOCKTAKES: dict[str, Page] = {
    "stocktakes of the brand": Page("brand", lambda a, w: stocktakes.list_stocktakes(a, StocktakeFilter())),
    "a rep's stocktakes": Page("rep", lambda a, w: stocktakes.list_stocktakes(a, StocktakeFilter("adjusted"))),
    "a dealer's stocktakes": Page("dealer", lambda a, w: stocktakes.list_stocktakes(a, StocktakeFilter())),
    "a store's stocktakes": Page("store", lambda a, w: stocktakes.list_stocktakes(a, StocktakeFilter())),
    "a stocktake of everything": Page("brand", lambda a, w: stocktakes.get_stocktake(a, w.stocktake_id), "counts"),
    "the lines of a stocktake of everything": Page(
        "brand", lambda a, w: stocktakes.list_lines(a, w.stocktake_id, LineFilter())
    ),
    "a dealer's stocktakes to come": Page("dealer", lambda a, w: stocktake_plans.list_plans(a)),
}

RETURNS: dict[str, Page] = {
    "returns of the brand": Page("brand", lambda a, w: returns.list_returns(a, ReturnFilter())),
    "a rep's returns": Page("rep", lambda a, w: returns.list_returns(a, ReturnFilter("asked"))),
    "returns to a dealer": Page("dealer", lambda a, w: returns.list_returns(a, ReturnFilter(side="in"))),
    "what a store gave back": Page("store", lambda a, w: returns.list_returns(a, ReturnFilter(side="out"))),
    "a return": Page("brand", lambda a, w: returns.get_return(a, 1)),
    "what a store could give back": Page("store", lambda a, w: list_returnable(a, ReturnableFilter())),
    "what a dealer could give back": Page("dealer", lambda a, w: list_returnable(a, ReturnableFilter())),
}

TRANSFERS: dict[str, Page] = {
    "transfers of the brand": Page("brand", lambda a, w: transfers.list_transfers(a, TransferFilter())),
    "a rep's transfers": Page("rep", lambda a, w: transfers.list_transfers(a, TransferFilter("proposed"))),
    "a dealer's transfers": Page("dealer", lambda a, w: transfers.list_transfers(a, TransferFilter())),
    "a county dealer's transfers": Page("county", lambda a, w: transfers.list_transfers(a, TransferFilter())),
    "the transfers of a state": Page("brand", lambda a, w: transfers.list_transfers(a, TransferFilter("issued"))),
    "a transfer": Page("brand", lambda a, w: transfers.get_transfer(a, 2)),
    "what a dealer could move between his dealers": Page(
        "dealer", lambda a, w: suggest(a, SuggestionFilter()), "counts"
    ),
    "where the brand could move a product": Page("brand", lambda a, w: suggest(a, SuggestionFilter(7)), "counts"),
}

CASE = codes.write("00001", bytes.fromhex("1".zfill(32)), 1)
"""A case that went through six hands (`trace.sql`)."""


def _diversions(**filters: Any) -> Look:
    return lambda actor, world: diversions.list_diversions(actor, DiversionFilter(**filters))


TRACE: dict[str, Page] = {
    "the way of a case through six hands": Page("brand", lambda a, w: ways.way(a, CASE)),
    "trace codes, range by range": Page("brand", lambda a, w: ranges.list_ranges(a, RangeFilter())),
    "a product's trace codes": Page("brand", lambda a, w: ranges.list_ranges(a, RangeFilter(product_id=7))),
    "all diversions": Page("brand", _diversions()),
    "diversions that nobody has taken": Page("brand", _diversions(state="open")),
    "the diversions that somebody has taken": Page("brand", _diversions(mine=True)),
    "diversions in a province": Page("brand", _diversions(region_code="330000")),
    "a rep's diversions": Page("rep", _diversions()),
    "a dealer's diversions": Page("county", _diversions()),
    "the diversions of one rep's dealers": Page("brand", _diversions(rep_id=REP)),
    "the diversions of a month": Page(
        "brand", lambda a, w: diversions.list_diversions(a, DiversionFilter(from_=clock.today() - timedelta(days=30)))
    ),
    "a diversion with its evidence": Page("brand", lambda a, w: diversions.get_diversion(a, 7)),
    "lots that may be called back": Page("brand", lambda a, w: recall_preview.lots(a, LotFilter(7))),
    "whom a recall would reach": Page(
        "brand", lambda a, w: recall_preview.preview(a, PreviewFilter(7, "L1")), "counts"
    ),
    "all recalls": Page("brand", lambda a, w: recalls.list_recalls(a, RecallFilter())),
    "the recalls that concern a store": Page("store", lambda a, w: recalls.list_recalls(a, RecallFilter())),
    "a recall that concerns a store": Page("store", lambda a, w: recalls.get_recall(a, 1)),
    "how far a recall is": Page("brand", lambda a, w: recalls.get_recall(a, 1), "counts"),
    "who has a lot": Page("brand", lambda a, w: recalls.list_holders(a, 1, HolderFilter()), "counts"),
    "who has not read a recall": Page(
        "brand", lambda a, w: recalls.list_holders(a, 1, HolderFilter("unread")), "counts"
    ),
    "who has a lot among a rep's dealers": Page(
        "rep", lambda a, w: recalls.list_holders(a, 1, HolderFilter()), "counts"
    ),
}

ALERTS: dict[str, Page] = {
    "alerts of the brand": Page("brand", lambda a, w: alerts.list_alerts(a, AlertFilter())),
    "long alerts of the brand": Page("brand", lambda a, w: alerts.list_alerts(a, AlertFilter(kind="low", days=7))),
    "a rep's alerts": Page("rep", lambda a, w: alerts.list_alerts(a, AlertFilter(kind="low"))),
    "a dealer's own alerts": Page("dealer", lambda a, w: alerts.list_alerts(a, AlertFilter(side="own"))),
    "alerts of a dealer's stores": Page("dealer", lambda a, w: alerts.list_alerts(a, AlertFilter(side="below"))),
    "a dealer's past alerts": Page("dealer", lambda a, w: alerts.list_alerts(a, AlertFilter("closed", "own"))),
    "alerts counted": Page("brand", lambda a, w: alerts.count_alerts(a), "counts"),
    "what a store should order": Page("store", lambda a, w: alerts.suggest_restock(a, Restock())),
}

PAGES: dict[str, Page] = {**GOODS, **STOCKTAKES, **RETURNS, **TRANSFERS, **TRACE, **ALERTS}
