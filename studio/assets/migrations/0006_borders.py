from django.db import migrations, models

from studio.teams.borders import OneTeam


class Migration(migrations.Migration):
    """The border between teams (studio/teams/borders.py), and tries that never came back."""

    dependencies = [("assets", "0004_assets_not_kept"), ("tasks", "0009_borders")]

    operations = [
        migrations.AddField("asset", "unended", models.PositiveSmallIntegerField(default=0)),
        migrations.AddConstraint("asset", OneTeam(fields=["task"], name="asset_in_one_team")),
    ]
