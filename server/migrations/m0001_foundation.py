"""The first schema: channel tree, accounts, catalogue, orders, approvals, stock, money, notices."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Creates everything from nothing."""

    operations = [ops.RunSQL((Path(__file__).with_name("m0001_foundation.sql")).read_text("utf-8"))]
