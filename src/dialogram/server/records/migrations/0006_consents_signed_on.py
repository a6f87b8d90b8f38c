from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def take_the_day_it_was_recorded(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for consent in apps.get_model("records", "Consent").objects.all():
        consent.signed_on = consent.given_at.date()
        consent.save(update_fields=["signed_on"])


class Migration(migrations.Migration):
    dependencies = [("records", "0005_sampling")]

    operations = [
        migrations.AddField(model_name="consent", name="signed_on", field=models.DateField(null=True)),
        migrations.RunPython(take_the_day_it_was_recorded, migrations.RunPython.noop),
        migrations.AlterField(model_name="consent", name="signed_on", field=models.DateField()),
    ]
