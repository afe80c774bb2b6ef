"""A machine that lets cases pass from hand to hand in every way there is, beside a model that knows where each is.

Cases are made, bound to what leaves, one by one or from the first to the last, taken off again, given back,
transferred, scanned and called back, also those that are not the giver's, of another lot, or too many. After each step
each case is in the hand that the model says, came there by the documents that the model says, and all invariants hold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from server.channel.models import Org
from server.core import clock
from server.settings import Settings
from server.stock.schemas import Supply, SupplyLine
from server.stock.service import supply
from tests.invariants import running
from tests.invariants.checks import broken
from tests.world import User, World

PACK = 24
LOTS = {"SOON": 60, "LATE": 200}
PAIRS = [("brand", "dealer"), ("dealer", "shop"), ("brand", "other")]
BACK = [("shop", "dealer"), ("dealer", "brand"), ("other", "brand")]

_CASES = """
SELECT c.range_id, c.no, l.code AS lot, h.document_kind AS kind, h.document_id AS id, h.from_id, h.to_id
FROM trace_code c JOIN lot l ON l.id = c.lot_id CROSS JOIN LATERAL unnest(c.hands) WITH ORDINALITY AS x (hand_id, step)
JOIN trace_hand h ON h.root_id = c.root_id AND h.id = x.hand_id
WHERE c.root_id = $1 ORDER BY c.range_id, c.no, x.step
"""
_LOTS = {
    "goods_issue": "SELECT t.code, l.qty FROM goods_issue_line l JOIN lot t ON t.id = l.lot_id WHERE l.issue_id = $1",
    "return": "SELECT t.code, l.qty FROM goods_return_lot l JOIN lot t ON t.id = l.lot_id WHERE l.return_id = $1",
    "transfer": "SELECT t.code, l.qty FROM transfer_lot l JOIN lot t ON t.id = l.lot_id WHERE l.transfer_id = $1",
}


class Step(NamedTuple):
    """A document by which a case passed."""

    kind: str
    id: int
    giver: str
    taker: str


@dataclass
class Case:
    """A case: its code, what its range says of its lot, the lot that it turned out to be of, and its way."""

    code: str
    key: tuple[int, int]
    said: str | None
    lot: str = ""
    way: list[Step] = field(default_factory=list)
    scans: int = 0
    """The number of the machine's step in which somebody scanned it last."""

    @property
    def holder(self) -> str:
        return self.way[-1].taker if self.way else "brand"


@dataclass
class Paper:
    """A document that goods leave with; `lots`: how many cases of each."""

    step: Step
    lots: Counter[str]
    number: int
    is_open: bool = True

    def lot_of(self, case: Case) -> str | None:
        """The lot as which a case can go along; none: it cannot."""
        if case.said is not None:
            return case.said if case.said in self.lots else None
        return next(iter(self.lots)) if len(self.lots) == 1 else None


picks = st.lists(st.integers(0, 39), min_size=1, max_size=4)
few = st.integers(1, 3)


class Traced(running.Machine):
    """A brand with two dealers, one of whom has a shop; one brand per example."""

    @initialize()
    def found(self) -> None:
        self.cases: list[Case] = []
        self.issues: list[Paper] = []
        self.recalls: dict[str, int] = {}
        self.had: dict[str, set[str]] = {lot: set() for lot in LOTS}
        self.now = 0
        self.await_(self._found())

    async def _found(self) -> None:
        self.world = await World.create(self.http)
        dealer, other = await self.world.dealer(), await self.world.dealer()
        shop = await self.world.store(dealer)
        self.orgs: dict[str, Org] = {"brand": self.world.brand, "dealer": dealer, "other": other, "shop": shop}
        self.names = {org.id: name for name, org in self.orgs.items()}
        self.boss: dict[str, User] = {name: await self.world.boss(org) for name, org in self.orgs.items()}
        self.item = await self.world.product()
        for seller in (self.world.brand, dealer):
            await self.world.offer(seller, [self.item])
        await self._supply("SOON", 9)
        await self._supply("LATE", 9)
        for lot in ("SOON", "LATE", None):
            await self._range(lot, 3)
        for pair, cases in ((("brand", "dealer"), 4), (("dealer", "shop"), 2)):
            await self._issue(*pair, cases)
            await self._bind(self.issues[-1], self.cases[:cases], span=False)
            await self._sign_for(self.issues[-1])
        await self._give_back("shop", "dealer", 1, self.cases[:1])
        await self._transfer(1, self.cases[2:3])

    async def _supply(self, lot: str, cases: int) -> None:
        line = SupplyLine(self.item.id, lot, clock.today() + timedelta(days=LOTS[lot]), cases * PACK)
        await supply(self.boss["brand"].actor, Supply([line]))

    # What leaves ---------------------------------------------------------------------------------------------

    @rule(lot=st.sampled_from([*LOTS, *LOTS, None]), count=st.integers(1, 4))
    def codes_are_made(self, lot: str | None, count: int) -> None:
        self.await_(self._range(lot, count))

    async def _range(self, lot: str | None, count: int) -> None:
        body = {"scheme": "url", "product_id": self.item.id, "packaging_id": self.item.case, "count": count}
        if lot is not None:
            expires = clock.today() + timedelta(days=LOTS[lot])
            body |= {"lot_code": lot, "expires_on": expires.isoformat()}
        made = (await self.boss["brand"].post("/trace/ranges", body, 201))["id"]
        printed = (await self.boss["brand"].get(f"/trace/ranges/{made}/codes"))["items"]
        self.cases += [Case(one["text"], (made, one["no"]), lot) for one in printed]

    @rule(lot=st.sampled_from(list(LOTS)), cases=few)
    def goods_come_in(self, lot: str, cases: int) -> None:
        self.await_(self._supply(lot, cases))

    async def _left(self, kind: str, number: int, giver: str, taker: str) -> Paper:
        """What has left, by the document's own lines."""
        lots: Counter[str] = Counter()
        for row in await self.witness.fetch(_LOTS[kind], number):
            lots[row["code"]] += row["qty"] // PACK
        for lot in lots:
            self.had[lot].add(taker)
        return Paper(Step(kind, number, giver, taker), lots, self.now)

    @rule(pair=st.sampled_from(PAIRS), cases=few, numbers=picks)
    def goods_leave(self, pair: tuple[str, str], cases: int, numbers: list[int]) -> None:
        if self.await_(self._issue(*pair, cases)):
            self.await_(self._bind(self.issues[-1], self._chosen(numbers, pair[0], span=False), span=False))

    async def _issue(self, giver: str, taker: str, cases: int) -> bool:
        order = (await self.world.order(self.boss[taker], [(self.item, cases)], cases=True)).id
        if (await self.boss[giver].call("POST", f"/orders/{order}/approve", {})).status_code != 200:
            return False
        issue = (await self.boss[giver].post(f"/orders/{order}/issue", {}))["issue"]["id"]
        self.issues.append(await self._left("goods_issue", issue, giver, taker))
        return True

    @rule(which=st.integers(0, 9))
    def goods_are_signed_for(self, which: int) -> None:
        if self.issues:
            self.await_(self._sign_for(self.issues[-1 - which % len(self.issues)]))

    async def _sign_for(self, paper: Paper) -> None:
        path = f"/goods-issues/{paper.step.id}/receive"
        await self.boss[paper.step.taker].post(path, {}, 200 if paper.is_open else 409)
        paper.is_open = False

    # What goes along -----------------------------------------------------------------------------------------

    def _pass(self, paper: Paper, cases: list[Case], whole: bool) -> tuple[list[Case], int, int]:
        """The rule: (what passes, what had passed already, how many are refused); `whole`: from first to last."""
        here = [case for case in self.cases if case.way and case.way[-1] == paper.step]
        left = paper.lots - Counter(case.lot for case in here)
        fitting = [case for case in cases if paper.lot_of(case) is not None]
        if whole and len([case for case in fitting if case not in here]) > left[paper.lot_of(cases[0]) or ""]:
            fitting = []
        passed, already = [], 0
        for case in fitting:
            lot = paper.lot_of(case)
            assert lot is not None
            if case in here:
                already += 1
            elif left[lot]:
                left[lot] -= 1
                if case.holder == paper.step.giver and case.lot in ("", lot):
                    passed.append(case)
        return passed, already, len(cases) - len(passed) - already

    def _chosen(self, numbers: list[int], giver: str, span: bool) -> list[Case]:
        """Mostly cases that the giver has, but any."""
        own = [n for n, case in enumerate(self.cases) if case.holder == giver]
        chosen = sorted(
            {own[number % len(own)] if own and number % 5 else number % len(self.cases) for number in numbers}
        )
        if span:
            ends = [self.cases[n] for n in (chosen[0], chosen[-1])]
            same = [case for case in self.cases if case.key[0] == ends[0].key[0]]
            return [case for case in same if ends[0].key <= case.key <= max(ends[0].key, ends[1].key)]
        return [self.cases[n] for n in chosen]

    @staticmethod
    def _named(cases: list[Case], span: bool) -> dict[str, Any]:
        codes = [case.code for case in cases]
        return {"spans": [{"first": codes[-1], "last": codes[0]}]} if span else {"codes": codes}

    @staticmethod
    def _hand_on(paper: Paper, cases: list[Case]) -> None:
        for case in cases:
            case.lot = paper.lot_of(case) or ""
            case.way.append(paper.step)

    @rule(which=st.integers(0, 3), numbers=picks, span=st.booleans())
    def cases_are_bound(self, which: int, numbers: list[int], span: bool) -> None:
        if self.issues:
            paper = self.issues[-1 - which % len(self.issues)]
            self.await_(self._bind(paper, self._chosen(numbers, paper.step.giver, span), span))

    async def _bind(self, paper: Paper, cases: list[Case], span: bool) -> None:
        path = f"/trace/issues/{paper.step.id}/bind"
        if not paper.is_open:
            await self.boss[paper.step.giver].post(path, self._named(cases, span), 409)
            return
        passed, already, refused = self._pass(paper, cases, span)
        done = await self.boss[paper.step.giver].post(path, self._named(cases, span))
        told = (done["changed"], done["already"], sum(one["count"] for one in done["refused"]))
        assert told == (len(passed), already, refused), (paper, cases, done)
        self._hand_on(paper, passed)

    @rule(which=st.integers(0, 3), numbers=picks, span=st.booleans())
    def cases_are_taken_off(self, which: int, numbers: list[int], span: bool) -> None:
        if self.issues:
            paper = self.issues[-1 - which % len(self.issues)]
            self.await_(self._take_off(paper, self._chosen(numbers, paper.step.taker, span), span))

    async def _take_off(self, paper: Paper, cases: list[Case], span: bool) -> None:
        """What was not bound on and nobody has scanned since the goods left goes back to the hand of before."""
        path, body = f"/trace/issues/{paper.step.id}/unbind", self._named(cases, span)
        done = await self.boss[paper.step.giver].post(path, body, 200 if paper.is_open else 409)
        gone = [x for x in cases if paper.is_open and x.way and x.way[-1] == paper.step and x.scans <= paper.number]
        assert not paper.is_open or done["changed"] == len(gone), (paper, cases, done)
        for case in gone:
            case.way.pop()
            case.lot = case.lot if case.way else ""

    @rule(pair=st.sampled_from(BACK), cases=few, numbers=picks)
    def goods_go_back(self, pair: tuple[str, str], cases: int, numbers: list[int]) -> None:
        self.await_(self._give_back(*pair, cases, self._chosen(numbers, pair[0], span=False)))

    async def _give_back(self, giver: str, taker: str, cases: int, along: list[Case]) -> None:
        lines = [{"product_id": self.item.id, "qty": cases * PACK, "reason": "wrong"}]
        asked = await self.boss[giver].call("POST", "/returns", {"lines": lines})
        if asked.status_code == 201:
            path = f"/returns/{asked.json()['id']}"
            await self.boss[taker].post(f"{path}/approve", {})
            await self._send("return", asked.json()["id"], giver, taker, along)
            await self.boss[taker].post(f"{path}/receive", {})

    @rule(cases=few, numbers=picks)
    def goods_are_transferred(self, cases: int, numbers: list[int]) -> None:
        self.await_(self._transfer(cases, self._chosen(numbers, "dealer", span=False)))

    async def _transfer(self, cases: int, along: list[Case]) -> None:
        ends = {"from_org_id": self.orgs["dealer"].id, "to_org_id": self.orgs["other"].id}
        lines = [{"product_id": self.item.id, "qty": cases * PACK}]
        made = await self.boss["brand"].post("/transfers", {"lines": lines, "reason": "那边缺货", **ends}, 201)
        path = f"/approvals/{made['approval_id']}/decide"
        if (await self.boss["brand"].call("POST", path, {"decision": "approve"})).status_code == 204:
            await self._send("transfer", made["id"], "dealer", "other", along)
            await self.boss["other"].post(f"/transfers/{made['id']}/receive", {})

    async def _send(self, kind: str, number: int, giver: str, taker: str, along: list[Case]) -> None:
        """Send with the cases that were scanned: all of them are the giver's and fit, or nothing leaves."""
        lots: Counter[str] = Counter()
        for row in await self.witness.fetch(_LOTS[kind], number):
            lots[row["code"]] += row["qty"] // PACK
        passed, _, refused = self._pass(Paper(Step(kind, number, giver, taker), lots, self.now), along, whole=False)
        path = f"/{kind}s/{number}/issue"
        sent = await self.boss[giver].call("POST", path, {"codes": [case.code for case in along]})
        assert sent.status_code == (409 if refused else 200), (lots, along, sent.text)
        if refused:
            await self.boss[giver].post(path, {"codes": []})
        paper = await self._left(kind, number, giver, taker)
        self._hand_on(paper, [] if refused else passed)

    # Who asks ------------------------------------------------------------------------------------------------

    @rule(who=st.sampled_from(["brand", "dealer", "other", "shop"]), number=st.integers(0, 39))
    def a_case_is_scanned(self, who: str, number: int) -> None:
        case = self.cases[number % len(self.cases)]
        case.scans = self.now
        self.await_(self._scan(who, case))

    async def _scan(self, who: str, case: Case) -> None:
        """Each is told the hands of his part of the channel, and how many others there are."""
        own = {"brand": set(self.orgs), "dealer": {"dealer", "shop"}}.get(who, {who})
        seen = [step for step in case.way if own & {step.giver, step.taker}]
        told = await self.boss[who].post("/trace/scans", {"code": case.code}, 201)
        assert [(hand["kind"], hand["document_id"]) for hand in told["way"]] == [(x.kind, x.id) for x in seen]
        assert told["hidden"] == len(case.way) - len(seen)
        lot = case.lot or case.said
        assert (told["lot_code"], told["recalled"]) == (lot or "", lot in self.recalls)

    @rule(lot=st.sampled_from(list(LOTS)))
    def a_lot_is_called_back(self, lot: str) -> None:
        if lot not in self.recalls and any(self.had.values()):
            self.await_(self._recall(lot))

    async def _recall(self, lot: str) -> None:
        """Everyone who has it or had it is named, nobody else; from then on nobody is sent any of it."""
        body = {"product_id": self.item.id, "lot_code": lot, "reason": "异味", "instruction": "停售"}
        made = await self.boss["brand"].call("POST", "/recalls", body)
        if made.status_code == 404:
            assert not self.had[lot]  # nobody has heard of this lot yet
            return
        number = self.recalls[lot] = made.json()["id"]
        holders = (await self.boss["brand"].get(f"/recalls/{number}/holders"))["items"]
        assert {self.names[holder["org"]["id"]] for holder in holders} == self.had[lot] - {"brand"}

    @rule(lot=st.sampled_from(list(LOTS)))
    def a_recall_ends(self, lot: str) -> None:
        if lot in self.recalls:
            body = {"outcome": "已处理", "sell_again": True}
            self.await_(self.boss["brand"].post(f"/recalls/{self.recalls.pop(lot)}/end", body))

    @invariant()
    def each_case_is_where_the_model_says(self) -> None:
        if hasattr(self, "item"):
            self.await_(self._compare())
            self.now += 1
            type(self).steps += 1

    async def _compare(self) -> None:
        found: dict[tuple[int, int], tuple[str, list[Step]]] = {}
        for row in await self.witness.fetch(_CASES, self.world.brand.id):
            _, way = found.setdefault((row["range_id"], row["no"]), (row["lot"], []))
            way.append(Step(row["kind"], row["id"], self.names[row["from_id"]], self.names[row["to_id"]]))
        assert found == {case.key: (case.lot, case.way) for case in self.cases if case.way}
        assert await broken(self.witness, self.world.brand.id) == []


async def test_whatever_passes_from_hand_to_hand_each_case_is_in_one_hand_and_came_there_by_documents(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    await running.run(Traced, http, settings, share=2)
