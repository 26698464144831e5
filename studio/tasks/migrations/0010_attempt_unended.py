from django.db import migrations, models


class Migration(migrations.Migration):
    """Queries that never came back."""

    dependencies = [("tasks", "0009_borders")]

    operations = [migrations.AddField("attempt", "unended", models.PositiveSmallIntegerField(default=0))]
