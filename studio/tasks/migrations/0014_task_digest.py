from django.db import migrations, models


class Migration(migrations.Migration):
    """What a task asks of whom, as a digest; of the tasks until now nobody is told that they were run before."""

    dependencies = [("tasks", "0011_attempt_id_is_certain")]

    operations = [
        migrations.AddField("task", "digest", models.CharField(blank=True, default="", max_length=32)),
        migrations.AddIndex(
            "task",
            models.Index(condition=~models.Q(digest=""), fields=["team", "digest"], name="twins_of_a_task"),
        ),
    ]
