import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("teams", "0001_initial"),
        ("teams", "0002_connection_turned_on"),
        ("teams", "0003_borders"),
        ("teams", "0004_invitation"),
        ("teams", "0005_membership_keeps_private"),
        ("teams", "0006_acts"),
        ("teams", "0007_assets_of_tasks"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("email"), name="one_person_per_email")
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("member", "Member"), ("viewer", "Viewer")],
                        default="member",
                        max_length=10,
                    ),
                ),
                ("keeps_private", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="memberships", to="teams.team"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("team", "user"), name="one_membership_per_person_and_team")
                ],
            },
        ),
        migrations.AddField(
            model_name="Team",
            name="people",
            field=models.ManyToManyField(related_name="teams", through="teams.Membership", to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="E-mail")),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("member", "Member"), ("viewer", "Viewer")],
                        default="member",
                        max_length=10,
                        verbose_name="Role",
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "made_by",
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
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("used_at", None)), fields=["team", "-id"], name="open_invitations")
                ],
            },
        ),
        migrations.CreateModel(
            name="Connection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("base_url", models.CharField(max_length=300, verbose_name="base address")),
                ("key_cipher", models.TextField(blank=True, editable=False)),
                ("key_last4", models.CharField(blank=True, editable=False, max_length=4)),
                ("concurrency", models.PositiveSmallIntegerField(default=3, verbose_name="calls at the same time")),
                ("per_minute", models.PositiveSmallIntegerField(default=30, verbose_name="calls per minute")),
                ("fates", models.JSONField(blank=True, default=dict, verbose_name="rule profile")),
                ("paths", models.JSONField(blank=True, default=dict, verbose_name="path overrides")),
                ("turned_on", models.JSONField(blank=True, default=list, verbose_name="operations turned on")),
                ("is_sandbox", models.BooleanField(default=False, editable=False)),
                ("stopped_because", models.TextField(blank=True, editable=False)),
                ("paused_until", models.DateTimeField(editable=False, null=True)),
                ("down_since", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="connections", to="teams.team"
                    ),
                ),
            ],
            options={
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("team", "name"), name="one_connection_per_name"),
                    models.UniqueConstraint(fields=("team", "id"), name="connections_of_a_team"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", models.CharField(blank=True, max_length=200)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("keys.made", "Connection made"),
                            ("keys.changed", "Connection changed"),
                            ("keys.key", "Key entered"),
                            ("keys.rotated", "Keys re-encrypted"),
                            ("keys.started", "Connection started again"),
                            ("keys.deleted", "Connection deleted"),
                            ("people.renamed", "Team renamed"),
                            ("people.invited", "Invited"),
                            ("people.withdrawn", "Invitation withdrawn"),
                            ("people.joined", "Joined"),
                            ("people.role", "Role changed"),
                            ("people.handed", "Team handed over"),
                            ("people.out", "Taken out"),
                            ("people.left", "Left"),
                            ("money.prices", "Prices changed"),
                            ("money.threshold", "Price for approval changed"),
                            ("money.budget", "Budget set"),
                            ("money.unbudget", "Budget removed"),
                            ("approvals.approved", "Task approved"),
                            ("approvals.declined", "Task declined"),
                            ("sharing.audience", "Preset shown to others"),
                            ("sharing.link", "Share link made"),
                            ("sharing.revoked", "Share link revoked"),
                            ("doors.token", "Token made"),
                            ("doors.revoked", "Token revoked"),
                            ("doors.webhook", "Webhook made"),
                            ("doors.changed", "Webhook changed"),
                            ("doors.removed", "Webhook removed"),
                            ("fence.raised", "All sending held"),
                            ("fence.lifted", "Sending let go"),
                        ],
                        max_length=20,
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=200)),
                ("detail", models.JSONField(default=dict)),
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
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["team", "-id"], name="acts_of_a_team"),
                    models.Index(fields=["team", "person", "-id"], name="acts_of_a_person"),
                ],
            },
        ),
    ]
