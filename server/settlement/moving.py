"""What moving an org to another supplier means for its money: an open account stays with who has it. (S1.2)"""

from __future__ import annotations

from server.channel.moving import Move
from server.channel.tree_schemas import Consequence
from server.core import db
from server.core.money import yuan

_PAIR = """
SELECT receivable_fen, prepaid_fen, rebate_credit_fen, limit_fen FROM trade_account
WHERE root_id = $1 AND seller_id = $2 AND buyer_id = $3
"""


async def tell_of_money(move: Move) -> list[Consequence]:
    """What the org owes its present supplier, who goes on collecting it; credit does not move along."""
    pair = await db.row(_PAIR, move.org.root_id, move.old.id, move.org.id)
    new = await db.row(_PAIR, move.org.root_id, move.new.id, move.org.id)
    found = []
    if pair is not None and pair["receivable_fen"]:
        title = f"{move.org.name}欠{move.old.name} {yuan(pair['receivable_fen'])}，仍由{move.old.name}收款和登记"
        found.append(Consequence("money", title))
    if pair is not None and pair["prepaid_fen"]:
        title = f"{move.org.name}在{move.old.name}有预付款 {yuan(pair['prepaid_fen'])}，不会转到{move.new.name}"
        found.append(Consequence("money", title))
    if pair is not None and pair["limit_fen"] is not None and (new is None or new["limit_fen"] is None):
        title = f"信用额度 {yuan(pair['limit_fen'])} 是{move.old.name}给的，移动后由{move.new.name}重新设置"
        found.append(Consequence("money", title))
    return found
