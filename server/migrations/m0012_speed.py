"""Indexes that large brands need; made beside the running system, so one statement each and no transaction around."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_INDEXES = {
    # In whose orders a product is, and which of its packagings were ordered.
    "order_line_product": "ON order_line (root_id, product_id, packaging_id)",
    # What was done to anything but orders, of which nearly all entries are.
    "audit_entry_kind": "ON audit_entry (root_id, subject_kind, id) WHERE subject_kind <> 'order'",
    # Where in the order of their numbers the orders of some days begin and end.
    "orders_day": "ON orders (root_id, submitted_at) INCLUDE (id)",
    # The few that are stopped, beside the many that are sold.
    "product_stopped": "ON product (root_id, id) WHERE status = 'stopped'",
}


class Migration(migrations.Migration):
    """Without them, a packaging that was never ordered was looked for in all lines of all orders."""

    atomic = False
    dependencies = [("qutong", "m0011_places")]

    operations = [
        ops.RunSQL(statement)
        for name, what in _INDEXES.items()
        for statement in (
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",  # what an interrupted attempt has left
            f"CREATE INDEX CONCURRENTLY {name} {what}",
        )
    ]
