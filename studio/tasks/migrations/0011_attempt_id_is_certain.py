from django.db import migrations, models


class Migration(migrations.Migration):
    """Ids that were bound until now are taken for the gateway's own."""

    dependencies = [("tasks", "0010_attempt_unended")]

    operations = [
        migrations.AddField("attempt", "id_is_certain", models.BooleanField(default=False)),
        migrations.RunSQL(
            "UPDATE tasks_attempt SET id_is_certain = TRUE WHERE gateway_id <> ''", migrations.RunSQL.noop
        ),
    ]
