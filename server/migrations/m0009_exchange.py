"""Imports and exports as jobs with progress."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by the exchange."""

    dependencies = [("qutong", "m0008_roles")]

    operations = [ops.RunSQL("SELECT 1")]
