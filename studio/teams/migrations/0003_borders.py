from django.db import migrations, models

from studio.teams.borders import has_its_team


class Migration(migrations.Migration):
    """What the borders between teams stand on (studio/teams/borders.py), and a gateway that is away."""

    dependencies = [("teams", "0002_connection_turned_on")]

    operations = [
        migrations.AddConstraint("connection", has_its_team("connections_of_a_team")),
        migrations.AddField("connection", "down_since", models.DateTimeField(editable=False, null=True)),
    ]
