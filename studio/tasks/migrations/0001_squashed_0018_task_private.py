import django.db.models.deletion
import django.utils.timezone
import studio.tasks.fields
import studio.tasks.models
import studio.teams.borders
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("tasks", "0001_initial"),
        ("tasks", "0002_partial_answer_and_recipe"),
        ("tasks", "0003_continued_attempts"),
        ("tasks", "0004_figures_index"),
        ("tasks", "0005_answer_being_written"),
        ("tasks", "0006_unheard_callbacks"),
        ("tasks", "0007_long_histories"),
        ("tasks", "0008_epoch"),
        ("tasks", "0009_borders"),
        ("tasks", "0010_attempt_unended"),
        ("tasks", "0011_attempt_id_is_certain"),
        ("tasks", "0014_task_digest"),
        ("tasks", "0016_money"),
        ("tasks", "0017_task_pattern"),
        ("tasks", "0018_task_private"),
    ]

    initial = True

    dependencies = [
        ("teams", "0001_squashed_0007_assets_of_tasks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("held_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("operation", models.CharField(max_length=80)),
                ("values", studio.tasks.fields.ExactJSON(default=dict)),
                ("extras", studio.tasks.fields.ExactJSON(default=dict)),
                ("fates", models.JSONField(default=dict)),
                ("body_text", models.TextField()),
                ("digest", models.CharField(blank=True, default="", max_length=32)),
                ("pattern", models.JSONField(default=dict)),
                ("prompt", models.TextField(blank=True)),
                ("nonce", models.CharField(max_length=64)),
                ("recipe", models.CharField(blank=True, max_length=120)),
                ("step", models.PositiveSmallIntegerField(null=True)),
                ("private", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("unknown", "Answer lost"),
                            ("accepted", "Accepted"),
                            ("running", "Running"),
                            ("failed", "Failed"),
                            ("succeeded", "Succeeded"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                            ("held", "Held"),
                            ("not_sent", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(null=True)),
                ("results", models.JSONField(default=list)),
                ("actions", models.JSONField(default=list)),
                ("needs", models.CharField(blank=True, max_length=100)),
                ("error", models.TextField(blank=True)),
                ("held_because", models.TextField(blank=True)),
                ("cost", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("refunded", models.BooleanField(default=False)),
                ("price", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("charge", models.DecimalField(decimal_places=4, default=0, max_digits=14)),
                ("counted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "approval",
                    models.CharField(
                        blank=True,
                        choices=[("asked", "Asked for"), ("approved", "Approved"), ("declined", "Declined")],
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="teams.connection"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="tasks.task",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="teams.team"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["team", "state", "-id", "private", "person"], name="tasks_by_state"),
                    models.Index(
                        condition=models.Q(("finished_at", None)), fields=["team", "-id"], name="tasks_without_an_end"
                    ),
                    models.Index(
                        condition=models.Q(("parent__isnull", False)),
                        fields=["team", "parent"],
                        name="tasks_of_a_parent",
                    ),
                    models.Index(
                        condition=models.Q(("digest", ""), _negated=True),
                        fields=["team", "digest"],
                        name="twins_of_a_task",
                    ),
                    models.Index(
                        fields=["team", "operation", "created_at", "state", "sent_at", "finished_at"],
                        name="figures_of_operations",
                    ),
                    models.Index(
                        fields=[
                            "team",
                            "counted_at",
                            "person",
                            "operation",
                            "state",
                            "charge",
                            "price",
                            "cost",
                            "refunded",
                        ],
                        name="spending_of_teams",
                    ),
                    models.Index(
                        condition=models.Q(("approval", "approved")),
                        fields=["team", "person", "operation", "-id"],
                        name="approved_tasks",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "nonce"), name="one_task_per_nonce"),
                    models.UniqueConstraint(fields=("team", "id"), name="tasks_of_a_team"),
                    studio.teams.borders.OneTeam(fields=["connection", "parent"], name="task_in_one_team"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(default=studio.tasks.models.public_id, max_length=32, unique=True)),
                ("number", models.PositiveSmallIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("unknown", "Answer lost"),
                            ("accepted", "Accepted"),
                            ("running", "Running"),
                            ("failed", "Failed"),
                            ("succeeded", "Succeeded"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                            ("held", "Held"),
                            ("not_sent", "Not sent"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("open", models.BooleanField(default=True)),
                ("posts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_index=True)),
                ("rung_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("method", models.CharField(blank=True, max_length=8)),
                ("path", models.CharField(blank=True, max_length=300)),
                ("sent_text", models.TextField(blank=True)),
                ("answer_status", models.PositiveSmallIntegerField(null=True)),
                ("answer_text", models.TextField(blank=True)),
                ("heard_text", models.TextField(blank=True)),
                ("error", models.TextField(blank=True)),
                ("progress", models.PositiveSmallIntegerField(null=True)),
                ("cost", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("refunded", models.BooleanField(default=False)),
                ("gateway_id", models.CharField(blank=True, max_length=200)),
                ("gateway_ids", models.JSONField(default=list)),
                ("id_is_certain", models.BooleanField(default=False)),
                ("told", models.JSONField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("called_at", models.DateTimeField(null=True)),
                ("next_poll_at", models.DateTimeField(db_index=True, null=True)),
                ("polls", models.PositiveIntegerField(default=0)),
                ("misses", models.PositiveIntegerField(default=0)),
                ("unended", models.PositiveSmallIntegerField(default=0)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="teams.connection"
                    ),
                ),
                (
                    "continued_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tasks.attempt"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attempts", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "indexes": [
                    models.Index(fields=["state", "due_at"], name="tasks_attem_state_af2bff_idx"),
                    models.Index(fields=["connection", "state"], name="tasks_attem_connect_23ffbe_idx"),
                    models.Index(fields=["connection", "claimed_at"], name="tasks_attem_connect_6303ff_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "id"), name="attempts_of_a_team"),
                    studio.teams.borders.OneTeam(
                        fields=["task", "connection", "continued_by"], name="attempt_in_one_team"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("open", True)), fields=("task",), name="one_open_attempt_per_task"
                    ),
                    models.UniqueConstraint(fields=("task", "number"), name="attempts_are_numbered"),
                    models.UniqueConstraint(
                        condition=models.Q(models.Q(("gateway_id", ""), _negated=True), ("continued_by", None)),
                        fields=("connection", "gateway_id"),
                        name="gateway_id_bound_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("posts__lte", 1)), name="one_post_per_attempt"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["held", "queued"]), _negated=True), ("posts", 0), _connector="OR"
                        ),
                        name="a_post_never_queues_again",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("begun", "Begun"),
                            ("held", "Held"),
                            ("released", "Released"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("sending", "Sending"),
                            ("writing", "Being written"),
                            ("not_sent", "Not sent"),
                            ("refused", "Refused"),
                            ("unknown", "Answer lost"),
                            ("heard", "News"),
                            ("late", "Late news, nothing changed"),
                            ("no_word", "Query without an answer"),
                            ("incident", "Incident"),
                            ("cancelled", "Cancelled"),
                            ("looked", "Looking again"),
                            ("sent_again", "Sent again"),
                            ("written_off", "Written off"),
                            ("kept", "Kept"),
                            ("hidden", "Made private"),
                            ("shown", "Shown to the team"),
                            ("continued", "Answered, another task goes on with it"),
                            ("lost", "Result lost"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("answer", "Answer"),
                            ("callback", "Callback"),
                            ("poll", "Query"),
                            ("person", "Person"),
                            ("timer", "Timer"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("unknown", "Answer lost"),
                            ("accepted", "Accepted"),
                            ("running", "Running"),
                            ("failed", "Failed"),
                            ("succeeded", "Succeeded"),
                            ("refused", "Refused"),
                            ("cancelled", "Cancelled"),
                            ("held", "Held"),
                            ("not_sent", "Not sent"),
                        ],
                        max_length=10,
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(null=True)),
                ("text", models.TextField(blank=True)),
                ("data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="tasks.attempt"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="tasks.task"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(fields=["team", "id"], name="tasks_event_team_id_3a340d_idx"),
                    models.Index(fields=["task", "id"], name="tasks_event_task_id_86d5e3_idx"),
                ],
                "constraints": [studio.teams.borders.OneTeam(fields=["task", "attempt"], name="event_in_one_team")],
            },
        ),
        migrations.CreateModel(
            name="Callback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(db_index=True, max_length=32)),
                ("content_type", models.CharField(blank=True, max_length=200)),
                ("headers", models.JSONField(default=dict)),
                ("peer", models.CharField(blank=True, max_length=64)),
                ("body", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.TextField(blank=True)),
                (
                    "attempt",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="callbacks",
                        to="tasks.attempt",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="teams.team"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["team", "-id"], name="tasks_callb_team_id_770fd5_idx"),
                    models.Index(fields=["heard_at", "id"], name="tasks_callb_heard_a_41c2fd_idx"),
                    models.Index(fields=["team", "attempt", "-id"], name="tasks_callb_team_id_f696cf_idx"),
                    models.Index(
                        condition=models.Q(("heard_at", None)), fields=["team", "-id"], name="newest_callbacks_unheard"
                    ),
                    models.Index(
                        condition=models.Q(("heard_at", None)), fields=["team", "received_at"], name="callbacks_unheard"
                    ),
                ],
                "constraints": [
                    studio.teams.borders.OneTeam(fields=["attempt"], name="callback_in_one_team"),
                    models.CheckConstraint(
                        condition=models.Q(("attempt", None), ("team__isnull", False), _connector="OR"),
                        name="a_callback_of_an_attempt_has_its_team",
                    ),
                ],
            },
        ),
    ]
