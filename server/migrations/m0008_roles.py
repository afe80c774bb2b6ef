"""Roles that a brand builds itself; invitations."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by identity."""

    dependencies = [("qutong", "m0007_pricing")]

    operations = [ops.RunSQL("SELECT 1")]
