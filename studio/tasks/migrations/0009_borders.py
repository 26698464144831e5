from django.db import migrations, models

from studio.teams.borders import OneTeam, has_its_team


class Migration(migrations.Migration):
    """The border between teams (studio/teams/borders.py). Rows that crossed it would end the migration, with nothing
    changed. First what is referred to, then what refers to it."""

    dependencies = [("tasks", "0008_epoch"), ("teams", "0003_borders")]

    operations = [
        migrations.AddConstraint("task", has_its_team("tasks_of_a_team")),
        migrations.RemoveIndex("task", "tasks_task_team_id_0e0983_idx"),
        migrations.AddConstraint("attempt", has_its_team("attempts_of_a_team")),
        migrations.AddConstraint("task", OneTeam(fields=["connection", "parent"], name="task_in_one_team")),
        migrations.AddConstraint(
            "attempt", OneTeam(fields=["task", "connection", "continued_by"], name="attempt_in_one_team")
        ),
        migrations.AddConstraint(
            "callback",
            models.CheckConstraint(
                condition=models.Q(attempt=None) | models.Q(team__isnull=False),
                name="a_callback_of_an_attempt_has_its_team",
            ),
        ),
        migrations.AddConstraint("callback", OneTeam(fields=["attempt"], name="callback_in_one_team")),
        migrations.AddConstraint("event", OneTeam(fields=["task", "attempt"], name="event_in_one_team")),
    ]
