from django.db import migrations

from studio.teams.borders import OneTeam, has_its_team


class Migration(migrations.Migration):
    """The border between teams (studio/teams/borders.py). First what is referred to, then what refers to it."""

    dependencies = [("library", "0001_presets"), ("tasks", "0009_borders"), ("teams", "0003_borders")]

    operations = [
        migrations.AddConstraint("preset", has_its_team("presets_of_a_team")),
        migrations.AddConstraint("presetversion", has_its_team("versions_of_a_team")),
        migrations.AddConstraint("presetversion", OneTeam(fields=["preset"], name="version_in_one_team")),
        migrations.AddConstraint("label", OneTeam(fields=["preset", "version"], name="label_in_one_team")),
        migrations.AddConstraint("star", OneTeam(fields=["preset"], name="star_in_one_team")),
        migrations.AddConstraint("named", OneTeam(fields=["preset"], name="named_in_one_team")),
        migrations.AddConstraint("use", OneTeam(fields=["preset", "version", "task"], name="use_in_one_team")),
        migrations.AddConstraint("sharelink", OneTeam(fields=["preset"], name="link_in_one_team")),
    ]
