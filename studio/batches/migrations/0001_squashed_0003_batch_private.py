import django.db.models.deletion
import django.utils.timezone
import studio.tasks.fields
import studio.teams.borders
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("batches", "0001_batches"), ("batches", "0002_patterns"), ("batches", "0003_batch_private")]

    initial = True

    dependencies = [
        ("library", "0001_squashed_0004_prompts"),
        ("tasks", "0001_squashed_0018_task_private"),
        ("teams", "0001_squashed_0007_assets_of_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("values", studio.tasks.fields.ExactJSON(default=dict)),
                ("extras", studio.tasks.fields.ExactJSON(default=dict)),
                ("fates", models.JSONField(default=dict)),
                ("pattern", models.JSONField(default=dict)),
                ("axes", models.JSONField(default=list)),
                ("size", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("paused", "Paused"), ("cancelled", "Cancelled")],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("nonce", models.CharField(max_length=64)),
                ("private", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.connection"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="library.presetversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "nonce"), name="one_batch_per_nonce"),
                    models.UniqueConstraint(fields=("team", "id"), name="batches_of_a_team"),
                    studio.teams.borders.OneTeam(fields=["connection", "version"], name="batch_in_one_team"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("place", models.JSONField(default=list)),
                ("changed", studio.tasks.fields.ExactJSON(default=dict)),
                ("drawn", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("begun", "Begun"),
                            ("excluded", "Left out"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("why", models.TextField(blank=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="cells", to="batches.batch"
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tasks.task"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["batch", "number"], name="cells_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="cells_are_numbered"),
                    models.UniqueConstraint(fields=("team", "id"), name="cells_of_a_team"),
                    studio.teams.borders.OneTeam(fields=["batch", "task"], name="cell_in_one_team"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CellStar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cell",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stars", to="batches.cell"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("cell", "person"), name="one_star_per_person_and_cell"),
                    studio.teams.borders.OneTeam(fields=["cell"], name="cell_star_in_one_team"),
                ],
            },
        ),
    ]
