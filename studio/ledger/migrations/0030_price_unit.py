from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_money")]

    operations = [
        migrations.AddField(
            model_name="price",
            name="unit",
            field=models.CharField(
                choices=[("request", "per request"), ("second", "per second"), ("picture", "per picture")],
                default="request",
                max_length=10,
            ),
        ),
    ]
