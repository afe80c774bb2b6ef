"""Promotions: rules that take something off, what was used of them, and what order lines keep of it."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Lines of before have no discount; new tables beside them."""

    dependencies = [("qutong", "m0025_lists")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0026_promotions.sql").read_text("utf-8"))]
