"""Rules of orders, and steps of approvals."""

from tortoise import migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Filled by orders and approvals."""

    dependencies = [("qutong", "m0009_exchange")]

    operations = [ops.RunSQL("SELECT 1")]
