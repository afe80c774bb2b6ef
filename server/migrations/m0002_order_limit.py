"""The largest amount of an order: ten trillion fen, which every front end still counts exactly."""

from tortoise import migrations
from tortoise.migrations import operations as ops

_LIMIT = "ALTER TABLE orders ADD CONSTRAINT orders_total_limit CHECK (total_fen <= 10000000000000) NOT VALID"


class Migration(migrations.Migration):
    """Orders that stand are not looked at: no large table is locked for long."""

    dependencies = [("qutong", "m0001_foundation")]

    operations = [ops.RunSQL(_LIMIT)]
