import django.db.models.deletion
import django.utils.timezone
import studio.notices.models
import studio.teams.borders
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("notices", "0001_notices"), ("notices", "0002_outgoing")]

    initial = True

    dependencies = [
        ("batches", "0001_squashed_0003_batch_private"),
        ("library", "0001_squashed_0004_prompts"),
        ("tasks", "0001_squashed_0018_task_private"),
        ("teams", "0001_squashed_0007_assets_of_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=8000)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("changed_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="batches.batch"
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.preset"
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.prompt"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tasks.task"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
                (
                    "writer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "id"), name="comments_of_a_team"),
                    studio.teams.borders.OneTeam(
                        fields=["prompt", "preset", "task", "batch"], name="comment_in_one_team"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mentions", to="notices.comment"
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
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("comment", "person"), name="one_mention_per_person_and_comment"),
                    studio.teams.borders.OneTeam(fields=["comment"], name="mention_in_one_team"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=studio.notices.models.message_id, max_length=40, unique=True)),
                ("key", models.CharField(blank=True, max_length=60)),
                ("said", models.JSONField(default=dict)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("over_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("over_at", None)), fields=["due_at"], name="messages_due")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("over_at", None), ("person__isnull", False)),
                        fields=("team", "person", "key"),
                        name="one_mail_per_unread_line",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=60)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("mentioned", "Mentioned"),
                            ("commented", "Commented"),
                            ("attention", "Needs a person"),
                            ("approval", "Waits for approval"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("ended", "Ended"),
                        ],
                        max_length=10,
                    ),
                ),
                ("times", models.PositiveIntegerField(default=1)),
                ("who", models.JSONField(default=list)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="batches.batch"
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="notices.comment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "preset",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.preset"
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="library.prompt"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tasks.task"
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
                    models.Index(fields=["team", "person", "-id"], name="notices_of_a_person"),
                    models.Index(
                        condition=models.Q(("read_at", None)), fields=["team", "person", "-id"], name="notices_unread"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("read_at", None)),
                        fields=("team", "person", "key"),
                        name="one_unread_line_per_key",
                    ),
                    studio.teams.borders.OneTeam(
                        fields=["prompt", "preset", "task", "batch", "comment"], name="notice_in_one_team"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=500)),
                ("secret_cipher", models.TextField(editable=False)),
                ("result", models.CharField(blank=True, max_length=300)),
                ("went_well", models.BooleanField(default=False)),
                ("tried_at", models.DateTimeField(null=True)),
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mails",
                    models.CharField(
                        choices=[("off", "Nothing"), ("mentions", "When somebody mentions me"), ("all", "All notices")],
                        default="off",
                        max_length=10,
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Awaited",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="batches.batch"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
            ],
            options={
                "constraints": [studio.teams.borders.OneTeam(fields=["batch"], name="awaited_in_one_team")],
            },
        ),
    ]
