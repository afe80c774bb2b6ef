"""The pages whose speed is held: every list and search, each as somebody looks at it.

`tests/core/test_plans.py` holds what they read in a small world, `scripts/world` measures them in the large one.
A new list gets its line here.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, get_args

from scripts.atsize import goods
from scripts.atsize.page import Look, Page, World
from scripts.atsize.size import BRAND, REP
from server.approvals import service as approvals
from server.approvals.schemas import ApprovalFilter
from server.catalog import assortment
from server.catalog.schemas import AssortmentFilter, ProductSort
from server.channel import history, places, tree
from server.channel import lists as channel
from server.channel.archive_schemas import OrgHistoryFilter
from server.channel.places import MapFilter
from server.channel.schemas import OrgFilter
from server.channel.tree_schemas import TreeFilter
from server.core import clock
from server.core.actor import Actor
from server.customers import lists as customers
from server.customers import purchases, tags
from server.customers.schemas import CustomerFilter, PurchasePeriod
from server.identity import invitations
from server.identity import lists as accounts
from server.identity import queries as identity
from server.identity.entry_schemas import InvitationFilter
from server.identity.schemas import AccountFilter, PageQuery
from server.notify import outbox as outbox_list
from server.notify import queries as outbox
from server.notify import service as notify
from server.notify.schemas import AuditFilter, NoticeFilter, OutboxFilter
from server.orders import lists, views
from server.orders.schemas import IssueFilter, OrderFilter, Side
from server.price_exceptions import service as exceptions
from server.price_exceptions.schemas import ExceptionFilter
from server.pricing import guides
from server.pricing import lists as prices
from server.pricing.schemas import (
    GuideQuery,
    HistoryQuery,
    ListQuery,
    ListsQuery,
    MatrixQuery,
    PlannedQuery,
)
from server.rebates import credit as rebate_credit
from server.rebates import views as rebates
from server.rebates.schemas import CreditQuery, ProgressFilter, RebateFilter
from server.settlement import service as settlement
from server.settlement.schemas import EntryFilter
from server.territory import coverage
from server.territory import lists as territories
from server.territory.schemas import AuthorityFilter, CoverageFilter, WhiteSpotFilter


def _orders(side: Side, **filters: Any) -> Look:
    return lambda actor, world: lists.list_orders(actor, OrderFilter(side, **filters))


def _orders_long_ago(side: Side, **filters: Any) -> Look:
    def look(actor: Actor, world: World) -> Awaitable[object]:
        first = clock.today() - timedelta(days=400)
        return lists.list_orders(actor, OrderFilter(side, from_=first, to=first + timedelta(days=2), **filters))

    return look


def _counts(side: Side) -> Look:
    return lambda actor, world: lists.count_states(actor, side)


ORDERS: dict[str, Page] = {
    "a store's purchases": Page("store", _orders("purchases")),
    "a store's purchases in a state": Page("store", _orders("purchases", state="submitted")),
    "a dealer's sales": Page("dealer", _orders("sales")),
    "a dealer's sales in two states": Page("dealer", _orders("sales", state="submitted,approved")),
    "a dealer's sales to one store": Page(
        "dealer", lambda a, w: lists.list_orders(a, OrderFilter("sales", buyer_id=w.store_id))
    ),
    "all that a dealer sees": Page("dealer", _orders("all")),
    "the brand's sales": Page("brand", _orders("sales")),
    "all that the brand sees": Page("brand", _orders("all")),
    "all that waits at the brand": Page("brand", _orders("all", state="submitted")),
    "what the brand has on hold": Page("brand", _orders("all", state="on_hold")),
    "all that a rep sees": Page("rep", _orders("all")),
    "what waits for a rep": Page("rep", _orders("sales", state="submitted")),
    "an order by its number": Page("brand", lambda a, w: lists.list_orders(a, OrderFilter("all", q=w.order_number))),
    "the orders of some days long ago": Page("brand", _orders_long_ago("all")),
    "what was rejected some days long ago": Page("brand", _orders_long_ago("all", state="rejected")),
    "a rep's orders of some days long ago": Page("rep", _orders_long_ago("all")),
    "a dealer's sales of some days long ago": Page("dealer", _orders_long_ago("sales")),
    "a store's purchases of some days long ago": Page("store", _orders_long_ago("purchases")),
    "a text that no order has": Page("brand", _orders("all", q="没有这个")),
    "a rep's search": Page("rep", lambda a, w: lists.list_orders(a, OrderFilter("all", q=w.store_name))),
    "a store's search": Page("store", lambda a, w: lists.list_orders(a, OrderFilter("purchases", q=w.product_name))),
    "the tabs of a store": Page("store", _counts("purchases"), "counts"),
    "the tabs of a dealer": Page("dealer", _counts("sales"), "counts"),
    "the tabs of the brand": Page("brand", _counts("all"), "counts"),
    "the tabs of a rep": Page("rep", _counts("all"), "counts"),
    "an order": Page("brand", lambda a, w: views.get_order(a, w.order_id)),
    "goods on the way to a store": Page(
        "store", lambda a, w: views.list_issues(a, IssueFilter("purchases", "in_transit"))
    ),
    "goods issues of a dealer": Page("dealer", lambda a, w: views.list_issues(a, IssueFilter("sales"))),
    "goods issues of the brand": Page("brand", lambda a, w: views.list_issues(a, IssueFilter("sales"))),
    "a goods issue by its number": Page("brand", lambda a, w: views.find_issue(a, f"CK{w.order_number}")),
}


def _assortment(**filters: Any) -> Look:
    return lambda actor, world: assortment.list_products(actor, AssortmentFilter(**filters))


ASSORTMENT: dict[str, Page] = {
    **{f"all products by {sort}": Page("brand", _assortment(sort=sort)) for sort in get_args(ProductSort)},
    "stopped products": Page("brand", _assortment(status="stopped")),
    "a category's products": Page("brand", _assortment(category_id=9, sort="name")),
    "a search among all products": Page(
        "brand", lambda a, w: assortment.list_products(a, AssortmentFilter(q=w.product_name, sort="name"))
    ),
    "a common word among all products": Page("brand", _assortment(q="柠檬", sort="price")),
}


def _list(**asked: Any) -> Look:
    return lambda a, w: prices.list_prices(a, ListQuery(**asked))


def _matrix(**asked: Any) -> Look:
    return lambda a, w: prices.matrix(a, MatrixQuery(**asked))


PRICES: dict[str, Page] = {
    "the brand's price list": Page("brand", _list(price_group="standard")),
    "a dealer's price list": Page("dealer", _list(price_group="standard")),
    "what a store is asked": Page("dealer", lambda a, w: prices.list_prices(a, ListQuery(buyer_id=w.store_id))),
    "a product in a price list": Page("brand", lambda a, w: prices.list_prices(a, ListQuery(q=w.product_name))),
    "prices by groups": Page("brand", _matrix(groups="standard,gold,silver")),
    "a product by groups": Page("brand", lambda a, w: prices.matrix(a, MatrixQuery(q=w.product_name))),
    "a product that there is not": Page("dealer", _matrix(q="没有这个")),
    "all price lists": Page("dealer", lambda a, w: prices.list_lists(a, ListsQuery())),
    "the history of a price": Page("brand", lambda a, w: prices.history(a, HistoryQuery(7))),
    "prices to come": Page("brand", lambda a, w: prices.list_planned(a, PlannedQuery())),
    "prices for a time": Page("brand", lambda a, w: prices.list_planned(a, PlannedQuery("running"))),
    "prices outside the limits": Page("brand", lambda a, w: exceptions.list_exceptions(a, ExceptionFilter())),
    "a rep's exceptions": Page("rep", lambda a, w: exceptions.list_exceptions(a, ExceptionFilter("pending"))),
    "what a dealer has asked for": Page("dealer", lambda a, w: exceptions.list_exceptions(a, ExceptionFilter())),
    "guide prices": Page("brand", lambda a, w: guides.list_guides(a, GuideQuery())),
    "guide prices of a region": Page("brand", lambda a, w: guides.list_guides(a, GuideQuery(region_code="430000"))),
    "guide prices of a product": Page("brand", lambda a, w: guides.list_guides(a, GuideQuery(product_id=7))),
}

MONEY: dict[str, Page] = {
    "a store's account": Page("store", lambda a, w: settlement.entries(a, EntryFilter())),
    "what a store owes": Page("store", lambda a, w: settlement.balance(a, None)),
    "a store's account at its dealer": Page(
        "dealer", lambda a, w: settlement.entries(a, EntryFilter(buyer_id=w.store_id))
    ),
}

REBATES: dict[str, Page] = {
    "the brand's rebates": Page("brand", lambda a, w: rebates.list_rebates(a, RebateFilter())),
    "rebates of the brand's dealers": Page("brand", lambda a, w: rebates.list_rebates(a, RebateFilter(whose="below"))),
    "how far the brand's dealers are": Page("brand", lambda a, w: rebates.list_progress(a, ProgressFilter(BRAND))),
    "how far they are this month": Page("brand", lambda a, w: rebates.list_progress(a, ProgressFilter(BRAND, 10))),
    "how far a store is": Page("store", lambda a, w: rebates.list_progress(a, ProgressFilter(show="running"))),
    "what a store has earned": Page("store", lambda a, w: rebates.list_progress(a, ProgressFilter(show="settled"))),
    "how far a store of a dealer is": Page(
        "dealer", lambda a, w: rebates.list_progress(a, ProgressFilter(buyer_id=w.store_id))
    ),
    "a rebate": Page("brand", lambda a, w: rebates.get_rebate(a, BRAND)),
    "a store's rebate credit": Page("store", lambda a, w: rebate_credit.read(a, CreditQuery())),
}


def _approvals(state: Any) -> Look:
    return lambda actor, world: approvals.list_approvals(actor, ApprovalFilter(state))


def _month() -> AuditFilter:
    return AuditFilter(from_=clock.today() - timedelta(days=60), to=clock.today() - timedelta(days=30))


WORK: dict[str, Page] = {
    "what waits for the brand's decision": Page("brand", lambda a, w: approvals.list_approvals(a, ApprovalFilter())),
    "what a dealer has approved": Page("dealer", _approvals("approved")),
    "what a rep has to decide": Page("rep", _approvals("pending")),
    "what was approved in a rep's part": Page("rep", _approvals("approved")),
    "an inbox": Page("dealer", lambda a, w: notify.list_notices(a, NoticeFilter())),
    "the unread": Page("dealer", lambda a, w: notify.list_notices(a, NoticeFilter(unread=True))),
    "the brand's audit trail": Page("brand", lambda a, w: notify.list_audit(a, AuditFilter())),
    "the trail of one order": Page("brand", lambda a, w: notify.list_audit(a, AuditFilter("order", w.order_id))),
    "the trail of a kind that hardly changes": Page("brand", lambda a, w: notify.list_audit(a, AuditFilter("role"))),
    "a dealer's trail of orders": Page("dealer", lambda a, w: notify.list_audit(a, AuditFilter("order"))),
    "a dealer's audit trail": Page("dealer", lambda a, w: notify.list_audit(a, AuditFilter())),
    "what somebody did": Page("brand", lambda a, w: notify.list_audit(a, AuditFilter(account_id=a.account_id))),
    "what was done in a month": Page("brand", lambda a, w: notify.list_audit(a, _month())),
    "what a dealer's people did in a month": Page("dealer", lambda a, w: notify.list_audit(a, _month())),
    "messages that failed": Page("brand", lambda a, w: outbox_list.list_outbox(a, OutboxFilter())),
    "the next messages": Page("brand", lambda a, w: outbox.take_messages(clock.now(), ["wecom_card"], 50)),
    "the next events": Page("brand", lambda a, w: outbox.take_events(clock.now(), 50)),
    "who is signed in": Page("store", lambda a, w: identity._sessions([bytes(32)])),
}


def _customers(**filters: Any) -> Look:
    return lambda actor, world: customers.list_customers(actor, CustomerFilter(**filters))


def _map(west: float, south: float, east: float, north: float) -> Look:
    return lambda actor, world: places.store_map(actor, MapFilter(west, south, east, north))


def _stores(**filters: Any) -> Look:
    return lambda actor, world: channel.list_orgs(actor, OrgFilter(kind="store", **filters))


PEOPLE: dict[str, Page] = {
    "the orgs of the channel": Page("brand", lambda a, w: channel.list_orgs(a, OrgFilter())),
    "a store by its name": Page("brand", lambda a, w: channel.list_orgs(a, OrgFilter(kind="store", q=w.store_name))),
    "a name that nobody has": Page("brand", lambda a, w: channel.list_orgs(a, OrgFilter(q="没有这个"))),
    "a rep's search for a store": Page("rep", lambda a, w: channel.list_orgs(a, OrgFilter(q=w.store_name))),
    "a dealer's stores": Page("county", lambda a, w: channel.list_orgs(a, OrgFilter(kind="store"))),
    "the stores by name": Page("brand", _stores(sort="name")),
    "the stores by code, backwards": Page("brand", _stores(sort="code", desc=True)),
    "the stores of a kind": Page("brand", _stores(store_kind="restaurant", sort="name")),
    "the stores of a province": Page("brand", _stores(region="33")),
    "the stores with a tag": Page("brand", _stores(tag="重点")),
    "the stores that are frozen": Page("brand", _stores(status="frozen")),
    "the stores of a rep": Page("brand", lambda a, w: channel.list_orgs(a, OrgFilter(kind="store", rep_id=REP))),
    "a common word among the stores": Page("brand", _stores(q="超市", sort="name")),
    "a store by its initials": Page("brand", _stores(q="cshlj")),
    "dealers of a grade": Page("brand", lambda a, w: channel.list_orgs(a, OrgFilter(kind="dealer", grade="B"))),
    "dealers whose papers end": Page(
        "brand", lambda a, w: channel.list_orgs(a, OrgFilter(kind="dealer", expiring=90, sort="expiry"))
    ),
    "how many stores there are": Page("brand", _stores(total=True), "counts"),
    "the channel below the brand": Page("brand", lambda a, w: tree.list_children(a, TreeFilter(BRAND))),
    "a county dealer's customers": Page("county", lambda a, w: customers.list_customers(a, CustomerFilter()), "counts"),
    "a customer by its name": Page(
        "brand", lambda a, w: customers.list_customers(a, CustomerFilter(q=w.store_name)), "counts"
    ),
    "all customers": Page("brand", _customers(), "counts"),
    "a rep's customers": Page("rep", _customers(), "counts"),
    "customers with a tag": Page("brand", _customers(tag="重点"), "counts"),
    "customers of a kind that are quiet": Page(
        "brand", _customers(store_kind="restaurant", not_ordered_for=60), "counts"
    ),
    "customers that nobody is": Page("brand", _customers(q="没有这个"), "counts"),
    "customers of a common word": Page("brand", _customers(q="超市"), "counts"),
    "a customer": Page("brand", lambda a, w: purchases.profile(a, w.store_id, PurchasePeriod())),
    "tags to choose from": Page("brand", lambda a, w: tags.suggested(a)),
    "a rep's tags to choose from": Page("rep", lambda a, w: tags.suggested(a), "counts"),
    "the map of the country": Page("brand", _map(73, 18, 135, 54), "counts"),
    "the map of a town": Page("brand", _map(112.9, 28.1, 113.1, 28.3)),
    "a rep's map of the country": Page("rep", _map(73, 18, 135, 54), "counts"),
    "the history of an org": Page("brand", lambda a, w: history.history(a, w.store_id, OrgHistoryFilter())),
    "invitations": Page("brand", lambda a, w: invitations.list_invitations(a, InvitationFilter())),
    "an account's sign-ins": Page("brand", lambda a, w: accounts.sign_ins_of(a, w.store_id, PageQuery())),
    "the accounts of the channel": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter())),
    "the accounts of a dealer": Page("dealer", lambda a, w: accounts.list_accounts(a, AccountFilter())),
    "the frozen accounts": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(status="frozen"))),
    "the brand's reps": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(role="brand_rep"))),
    "stores' people": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(kind="store"))),
    "a person that nobody is": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(q="欧阳小燕"))),
    "people of a common name": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(q="负责人"))),
    "an account by its phone": Page("brand", lambda a, w: accounts.list_accounts(a, AccountFilter(q="13200000"))),
}

_ZHEJIANG = "330000"

TERRITORY: dict[str, Page] = {
    "all territories": Page("brand", lambda a, w: territories.list_authorities(a, AuthorityFilter())),
    "the territories in a province": Page(
        "brand", lambda a, w: territories.list_authorities(a, AuthorityFilter(region_code=_ZHEJIANG))
    ),
    "the territories of a category now": Page(
        "brand", lambda a, w: territories.list_authorities(a, AuthorityFilter(category_id=9, standing="current"))
    ),
    "what ends soon": Page("brand", lambda a, w: territories.list_authorities(a, AuthorityFilter(ends_within=30))),
    "what was revoked": Page(
        "brand", lambda a, w: territories.list_authorities(a, AuthorityFilter(standing="revoked"))
    ),
    "a county dealer's territories": Page("county", lambda a, w: territories.list_authorities(a, AuthorityFilter())),
    "a rep's dealers' territories": Page("rep", lambda a, w: territories.list_authorities(a, AuthorityFilter())),
    "who covers the country": Page("brand", lambda a, w: coverage.coverage(a, CoverageFilter()), "counts"),
    "who covers a province": Page("brand", lambda a, w: coverage.coverage(a, CoverageFilter(_ZHEJIANG)), "counts"),
    "white spots": Page("brand", lambda a, w: coverage.white_spots(a, WhiteSpotFilter(category_id=9)), "counts"),
}

PAGES: dict[str, Page] = {
    **ORDERS, **goods.PAGES, **ASSORTMENT, **PRICES, **MONEY, **REBATES, **WORK, **PEOPLE, **TERRITORY,
}  # fmt: skip
