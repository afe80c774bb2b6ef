"""Rules of orders, and steps of approvals."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """What a seller asks of an order, and whom it asks about one, become data."""

    dependencies = [("qutong", "m0009_exchange")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0010_rules.sql").read_text("utf-8"))]
