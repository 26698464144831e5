import django.db.models.deletion
import studio.teams.borders
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("assets", "0001_initial"),
        ("assets", "0002_asset_inside"),
        ("assets", "0003_longer_media_type"),
        ("assets", "0004_assets_not_kept"),
        ("assets", "0006_borders"),
        ("assets", "0007_assets_of_tasks"),
    ]

    initial = True

    dependencies = [
        ("tasks", "0001_squashed_0018_task_private"),
        ("teams", "0001_squashed_0007_assets_of_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("role", models.CharField(max_length=20)),
                (
                    "keeping",
                    models.CharField(
                        choices=[("waiting", "Fetching"), ("kept", "Kept"), ("lost", "Lost")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("source_url", models.TextField(blank=True)),
                ("source_expires_at", models.DateTimeField(null=True)),
                ("file", models.FileField(blank=True, max_length=200, upload_to="")),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("duration", models.FloatField(null=True)),
                ("inside", models.JSONField(default=dict)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("unended", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(db_index=True, null=True)),
                ("rung_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("kept_at", models.DateTimeField(null=True)),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="assets", to="tasks.task"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
            ],
            options={
                "ordering": ["task_id", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("kept_at", None)), fields=["team", "next_try_at"], name="assets_not_kept"
                    ),
                    models.Index(fields=["team", "task", "number"], name="assets_of_tasks"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "number"), name="assets_are_numbered"),
                    studio.teams.borders.OneTeam(fields=["task"], name="asset_in_one_team"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("keeping", "kept"), _negated=True),
                            models.Q(("sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_kept_asset_has_its_checksum",
                    ),
                ],
            },
        ),
    ]
