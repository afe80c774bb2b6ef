"""Prices with a period, guide prices per region and grade."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by pricing."""

    dependencies = [("qutong", "m0006_territory")]

    operations = [ops.RunSQL("SELECT 1")]
