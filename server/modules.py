"""The one place that knows all modules: their routes, and what they do for each other."""

from __future__ import annotations

from server.alerts import export as alerts_export
from server.alerts import queries as alerts_queries
from server.alerts.routes import routes as alerts
from server.approvals.routes import routes as approvals
from server.catalog import queries as catalog_queries
from server.catalog.packs import on_packaging_removed
from server.catalog.routes import routes as catalog
from server.catalog.service import on_limits_change
from server.catalog.tree import on_category_move
from server.channel import qualifications
from server.channel import service as channel_service
from server.channel.archive_routes import routes as archive
from server.channel.moving import on_move
from server.channel.routes import routes as channel
from server.channel.service import on_orgs_created
from server.channel.tree_routes import routes as tree
from server.core.http import Route
from server.core.naming import called_by
from server.core.orphans import named_by
from server.counts import export as counts_export
from server.counts import queries as counts_queries
from server.counts.routes import routes as counts
from server.counts.service import papers as stocktake_papers
from server.counts.service import undone as undone_counts
from server.customers import segments
from server.customers.routes import routes as customers
from server.exchange import jobs, lists
from server.exchange.routes import routes as exchange
from server.identity import permissions
from server.identity import queries as identity_queries
from server.identity.assignment_routes import routes as assignments
from server.identity.entry_routes import routes as entries
from server.identity.moving import tell_of_scope
from server.identity.role_routes import routes as roles
from server.identity.routes import routes as identity
from server.notify.routes import routes as notify
from server.orders import queries as orders_queries
from server.orders.hooks import on_hand, on_issue
from server.orders.moving import tell_of_orders
from server.orders.papers import holding_papers, issue_papers, receipt_papers
from server.orders.queries import names_packaging
from server.orders.routes import routes as orders
from server.orders.worth import WHOLE, worth
from server.price_exceptions import export as exceptions_export
from server.price_exceptions import queries as exceptions_queries
from server.price_exceptions.routes import routes as price_exceptions
from server.pricing.guides import product_limits_change
from server.pricing.moving import tell_of_prices
from server.pricing.routes import routes as pricing
from server.rebates import queries as rebates_queries
from server.rebates.export import register_exports as register_rebate_exports
from server.rebates.routes import routes as rebates
from server.regions.routes import routes as regions
from server.returns import export as returns_export
from server.returns import queries as returns_queries
from server.returns.hooks import also_bought
from server.returns.routes import routes as returns
from server.returns.service import held_by_returns
from server.returns.service import papers as return_papers
from server.rules.routes import routes as rules
from server.settlement import queries as settlement_queries
from server.settlement.moving import tell_of_money
from server.settlement.routes import routes as settlement
from server.stock import queries as stock_queries
from server.stock.counting import holds_too, orders_named_by
from server.stock.documents import numbered_by
from server.stock.history_routes import routes as history
from server.stock.insight import worth_by
from server.stock.place_routes import routes as warehouses
from server.stock.places import keeps_open
from server.stock.routes import routes as stock
from server.stock.service import open_locations
from server.stock.session_queries import names_packaging as scans_packaging
from server.stock.session_routes import routes as scanning
from server.territory.moves import tell_of_territories
from server.territory.regrouping import check_regrouping
from server.territory.routes import routes as territory
from server.trace import diversions as trace_diversions
from server.trace import passing
from server.trace import recalls as trace_recalls
from server.trace import scans as trace_scans
from server.trace.binding import arrived
from server.trace.diversion_routes import routes as diversions
from server.trace.diversions import issued as watch_issues
from server.trace.export import register_exports as register_trace_exports
from server.trace.ranges import names_packaging as codes_packaging
from server.trace.recall_routes import routes as recalls
from server.trace.routes import routes as trace
from server.transfers import queries as transfers_queries
from server.transfers.export import register_exports as register_transfer_exports
from server.transfers.queries import settled as settled_transfers
from server.transfers.routes import routes as transfers
from server.transfers.service import held_by_transfers
from server.transfers.service import papers as transfer_papers

VERSION = "0.2.0"
MODULES = (
    identity,
    entries,
    assignments,
    roles,
    regions,
    channel,
    archive,
    tree,
    catalog,
    pricing,
    price_exceptions,
    territory,
    rules,
    orders,
    approvals,
    stock,
    history,
    warehouses,
    scanning,
    settlement,
    trace,
    diversions,
    recalls,
    transfers,
    counts,
    returns,
    alerts,
    rebates,
    customers,
    notify,
    exchange,
)
ROUTES: list[Route] = [route for module in MODULES for route in module.all]


def wire() -> None:
    """Connect what happens in one module with what another does about it."""
    on_orgs_created(open_locations)
    lists.register_all()
    register_trace_exports()
    register_transfer_exports()
    alerts_export.register_list()
    exceptions_export.register_list()
    register_rebate_exports()
    returns_export.register_list()
    counts_export.register_list()
    permissions.used_by(ROUTES)
    for teller in (tell_of_orders, tell_of_money, tell_of_prices, tell_of_scope, tell_of_territories):
        on_move(teller)
    on_packaging_removed(names_packaging)
    on_packaging_removed(scans_packaging)
    for module in (
        channel_service, qualifications, catalog_queries, orders_queries, returns_queries, trace_scans,
        trace_diversions,
    ):  # fmt: skip
        named_by(module.NAMES_FILE)
    for owner in (
        channel_service, identity_queries, catalog_queries, orders_queries, stock_queries, settlement_queries,
        exceptions_queries, transfers_queries, counts_queries, returns_queries, trace_recalls, alerts_queries,
        rebates_queries, segments, jobs,
    ):  # fmt: skip
        called_by(owner.CALLED)
    on_packaging_removed(codes_packaging)
    on_issue(watch_issues)
    on_hand(passing.handed_over, arrived)
    also_bought(settled_transfers)
    on_limits_change(product_limits_change)
    worth_by(worth, WHOLE)
    numbered_by("goods_issue", issue_papers)
    numbered_by("receipt", receipt_papers)
    numbered_by("transfer", transfer_papers)
    numbered_by("stocktake", stocktake_papers)
    numbered_by("return", return_papers)
    orders_named_by(holding_papers)
    holds_too(held_by_transfers)
    holds_too(held_by_returns)
    keeps_open(undone_counts)
    on_category_move(check_regrouping)
