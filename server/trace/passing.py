"""Cases that pass with other documents than goods issues: transfers and returns. (S1.4, S3.3)

They are scanned where the goods leave. Each must be in the giver's hand and of goods that leave; else nothing leaves,
and each that cannot is named: whoever sends takes it out, or off his list.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.core.actor import Actor
from server.core.errors import BusinessError, FieldError
from server.orders.hooks import Handed
from server.trace import binding
from server.trace.binding import Passing
from server.trace.finding import gather
from server.trace.schemas import Refused

_NAMED = 3


class CasesRefused(BusinessError):
    """Some of the cases that were scanned cannot go along; nothing was changed."""

    status, code, title = 409, "cases_refused", "有的箱码不能随货发出"


async def handed_over(actor: Actor, paper: Handed) -> None:
    """Let the cases that were scanned pass with a document; raises `CasesRefused` naming those that cannot."""
    if not paper.codes:
        return
    cases = await gather(actor.root_id, paper.codes)
    lines = [{"product_id": one.product_id, "lot_id": one.lot_id, "qty": one.qty} for one in paper.goods]
    leaving, unfit = binding.fit(cases.found, lines)
    leaving, too_many = binding.room(leaving, lines, [], set())
    refused = [*cases.refused, *unfit, *too_many]
    if not refused:
        passing = Passing(paper.kind, paper.id, paper.number, paper.from_id, paper.to_id, paper.at)
        refused = (await binding.pass_on(actor, passing, leaving)).refused
    if refused:
        raise _refusal(paper.codes, refused)


def _refusal(codes: Sequence[str], refused: Sequence[Refused]) -> CasesRefused:
    places = {code: n for n, code in enumerate(codes)}
    errors = [FieldError(f"/codes/{places.get(one.code, 0)}", one.detail) for one in refused]
    told = "；".join(f"{one.code} {one.detail}" for one in refused[:_NAMED])
    more = f"等 {len(refused)} 个" if len(refused) > _NAMED else ""
    return CasesRefused(f"{told}{more}，没有做任何改动", errors)
