"""Builders: a brand with dealers, stores, products and stock, in a line each; and users who press buttons."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import httpx
from biip.checksums import gs1_standard_check_digit

from server.catalog import service as catalog
from server.catalog.schemas import NewCategory, NewPackaging, NewProduct
from server.channel import service as channel
from server.channel.models import Org
from server.channel.schemas import NewOrg
from server.core import clock, db
from server.core.actor import Actor
from server.core.idempotency import Claim
from server.identity import queries, service
from server.identity.models import Account
from server.orders.schemas import NewOrder, NewOrderLine, OrderPlaced
from server.orders.service import submit_order
from server.pricing import service as pricing
from server.pricing.schemas import PriceIn, PriceList
from server.settlement.schemas import CreditLimit
from server.settlement.service import set_credit_limit
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply

PASSWORD = "passw0rd-1"
_numbers = itertools.count(uuid.uuid4().int % 10**9 * 10)


@cache
def _hashed() -> str:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def number() -> int:
    """A number that no other test has."""
    return next(_numbers)


def phone() -> str:
    """A phone number that no other account has."""
    return f"1{number() % 10**10:010d}"


def gtin13() -> str:
    """A valid EAN-13 that no other product has."""
    body = f"69{number() % 10**10:010d}"
    return body + str(gs1_standard_check_digit(body))


def gtin_case(piece: str) -> str:
    """The ITF-14 of a case of a piece (indicator digit 1)."""
    body = "1" + piece[:12]
    return body + str(gs1_standard_check_digit(body))


def key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


def claim_for(actor: Actor, text: str | None = None) -> Claim:
    """A claim as the HTTP layer makes it."""
    return Claim(actor.account_id, actor.root_id, text or key(), b"hash")


@dataclass
class Product:
    """A product under test: 24 pieces to the case."""

    id: int
    code: str
    piece: int
    case: int
    ean: str
    itf: str
    price_fen: int
    name: str


@dataclass
class User:
    """An account that presses buttons, over HTTP."""

    http: httpx.AsyncClient
    account_id: int
    phone: str
    actor: Actor
    token: str = ""
    last: httpx.Response = field(init=False, repr=False)

    async def sign_in(self) -> User:
        """Open a session."""
        self.token = (await service.open_session(self.account_id, 30, queries.Device("test"))).token
        return self

    async def call(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """One request to the API."""
        if not self.token:
            await self.sign_in()
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if method == "POST":
            headers.setdefault("Idempotency-Key", key())
        self.last = await self.http.request(method, "/api/v1" + path, json=json, headers=headers, **options)
        return self.last

    async def get(self, path: str, status: int = 200, **options: Any) -> Any:
        """Read; the answer, after its status was checked."""
        answer = await self.call("GET", path, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def post(self, path: str, json: Any = None, status: int = 200, **options: Any) -> Any:
        """Write; the answer, after its status was checked."""
        answer = await self.call("POST", path, json, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@dataclass
class World:
    """A brand of its own."""

    http: httpx.AsyncClient
    brand: Org
    admin: User
    category_id: int = 0

    @classmethod
    async def create(cls, http: httpx.AsyncClient) -> World:
        """Found a brand with an administrator."""
        brand = await channel.found_brand(f"品牌{number()}")
        world = cls(http, brand, None)  # type: ignore[arg-type]
        world.admin = await world.user(brand, "brand_admin")
        category = await catalog.create_category(world.admin.actor, NewCategory("饮料"))
        world.category_id = category.id
        return world

    async def user(
        self, org: Org, role: str, dealers: list[Org] | None = None, wecom: str | None = None, name: str = ""
    ) -> User:
        """An account."""
        account = await Account.create(
            root_id=org.root_id, org_id=org.id, name=name or f"{role}{number()}", phone=phone(),
            password_hash=_hashed(), role=role, wecom_userid=wecom,
        )  # fmt: skip
        await queries.assign(account.id, [dealer.id for dealer in dealers or []], org.root_id)
        return User(self.http, account.id, account.phone, await service.actor_for(account.id, surface="test"))

    async def dealer(self, of: Org | None = None, **more: Any) -> Org:
        """A dealer below the brand or another dealer."""
        parent = of or self.brand
        name = more.pop("name", None) or f"经销商{number()}"
        new = NewOrg(parent_id=parent.id, kind="dealer", name=name, **more)
        return await channel.create_org(self.admin.actor, new)

    async def store(self, of: Org, **more: Any) -> Org:
        """A store of a dealer."""
        name = more.pop("name", None) or f"门店{number()}"
        new = NewOrg(parent_id=of.id, kind="store", name=name, **more)
        return await channel.create_org(self.admin.actor, new)

    async def product(self, guide_fen: int = 300, **more: Any) -> Product:
        """A product in pieces and cases of 24; floor half, ceiling twice the guide price."""
        ean = gtin13()
        itf = gtin_case(ean)
        code = f"P{number()}"
        name = more.pop("name", None) or f"商品{code}"
        new = NewProduct(
            category_id=self.category_id, code=code, name=name, base_unit="瓶", shelf_life_days=365,
            guide_price_fen=guide_fen, floor_price_fen=max(1, guide_fen // 2), ceiling_price_fen=guide_fen * 2,
            packagings=[NewPackaging("瓶", 1, ean), NewPackaging("箱", 24, itf, True)], **more,
        )  # fmt: skip
        product_id = await catalog.create_product(self.admin.actor, new)
        found = await db.rows("SELECT id, unit_qty FROM packaging WHERE product_id = $1", product_id)
        packed = {item["unit_qty"]: item["id"] for item in found}
        return Product(product_id, code, packed[1], packed[24], ean, itf, guide_fen, name)

    async def products(self, count: int, guide_fen: int = 300) -> list[Product]:
        """Several products."""
        return [await self.product(guide_fen) for _ in range(count)]

    async def boss(self, org: Org) -> User:
        """The owner of a dealer or store, the administrator of the brand."""
        roles = {"brand": "brand_admin", "dealer": "dealer_owner", "store": "store_owner"}
        return await self.user(org, roles[org.kind])

    async def offer(self, seller: Org, products: list[Product], price_fen: int | None = None) -> None:
        """Let an org sell products, at the guide price or another."""
        actor = (await self.boss(seller)).actor
        prices = [PriceIn(item.id, price_fen or item.price_fen) for item in products]
        await pricing.set_prices(actor, PriceList(prices, "standard"))

    async def stock(self, org: Org, product: Product, qty: int, lot: str = "L1", days: int = 200) -> None:
        """Put goods into an org's warehouse."""
        actor = (await self.boss(org)).actor
        expires = clock.today() + timedelta(days=days)
        await supply(actor, Supply([SupplyLine(product.id, lot, expires, qty)]))

    async def credit(self, seller: Org, buyer: Org, limit_fen: int | None) -> None:
        """Grant a buyer credit."""
        await set_credit_limit((await self.boss(seller)).actor, CreditLimit(buyer.id, limit_fen))

    async def two_steps(self, who: User, above_fen: int | None) -> None:
        """Let the org of `who` decide in two steps about orders above an amount; None: in one."""
        steps: list[dict[str, Any]] = [
            {"name": "初审", "who": "permission:order.approve", "reps_first": True, "escalate_hours": 24,
             "escalate_to": "permission:approval.second"},
        ]  # fmt: skip
        if above_fen is not None:
            steps.append({"name": "复审", "who": "permission:approval.second", "above_fen": above_fen})
        version = (await who.get("/approval-flows/order"))["version"]
        await who.post("/approval-flows/order", {"version": version, "steps": steps})

    async def order(self, buyer: User, lines: list[tuple[Product, int]], cases: bool = False) -> OrderPlaced:
        """Submit an order: (product, number of pieces or cases)."""
        wanted = [
            NewOrderLine(item.id, item.case if cases else item.piece, count, item.price_fen) for item, count in lines
        ]
        return await submit_order(buyer.actor, NewOrder("deliver", wanted), claim_for(buyer.actor))


async def balances(org: Org) -> dict[tuple[int, str], tuple[int, int]]:
    """(product, location kind) → (on hand, reserved) of an org."""
    found = await db.rows(
        "SELECT b.product_id, l.kind, sum(b.on_hand)::bigint AS on_hand, sum(b.reserved)::bigint AS reserved "
        "FROM stock_balance b JOIN location l ON l.id = b.location_id WHERE l.org_id = $1 GROUP BY 1, 2",
        org.id,
    )
    return {(r["product_id"], r["kind"]): (r["on_hand"], r["reserved"]) for r in found}


async def everything(root_id: int) -> dict[str, str]:
    """A fingerprint of all that a brand has written, by table: equal before and after what was refused.

    That somebody signed in meanwhile is no change.
    """
    tables = (
        "orders", "order_line", "order_event", "goods_issue", "goods_issue_line", "receipt", "approval",
        "stock_balance", "stock_move", "reservation", "lot", "trade_account", "ledger_entry", "outbox", "audit_entry",
        "idempotency", "stocktake", "stocktake_line", "stocktake_entry", "transfer", "transfer_line", "transfer_lot",
        "goods_return", "goods_return_line", "goods_return_lot", "quarantine_paper",
        "rebate_agreement", "rebate_party", "rebate_progress", "rebate_period", "rebate_entry", "rebate_use",
        "price", "price_list", "guide_price", "product", "org", "payment",
    )  # fmt: skip
    row_texts = "coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM"
    where = "t WHERE root_id = $1 AND to_jsonb(t) ->> 'verb' IS DISTINCT FROM 'sign_in'"
    return {name: await db.value(f"SELECT {row_texts} {name} {where}", root_id) for name in tables}


def today() -> date:
    """The business day."""
    return clock.today()
