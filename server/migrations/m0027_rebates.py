"""Agreements of rebates, what buyers have reached, what was settled and used; rebate credit never below nothing."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """The ledger has its account since the beginning; nobody could write to it."""

    dependencies = [("qutong", "m0026_promotions")]

    operations = [ops.RunSQL(Path(__file__).with_name("m0027_rebates.sql").read_text("utf-8"))]
