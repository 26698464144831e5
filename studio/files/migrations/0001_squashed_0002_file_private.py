import django.db.models.deletion
import studio.files.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("files", "0001_file"), ("files", "0002_file_private")]

    initial = True

    dependencies = [
        ("teams", "0001_squashed_0007_assets_of_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=studio.files.models.public_id, max_length=32, unique=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("upload", "Upload"),
                            ("address", "Fetched from an address"),
                            ("result", "An earlier result"),
                        ],
                        default="upload",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=10)),
                ("media_type", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("duration", models.FloatField(null=True)),
                ("file", models.FileField(max_length=200, upload_to="")),
                ("private", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["team", "-id"], name="files_file_team_id_3a6b10_idx"),
                    models.Index(fields=["team", "sha256"], name="files_file_team_id_9c5cf6_idx"),
                ],
            },
        ),
    ]
