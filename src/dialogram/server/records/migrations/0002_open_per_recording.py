"""A release and an unblinding belong to one recording: when it is made void and replaced, they do not count any more."""

import django.db.models.deletion
from django.db import migrations, models


def tie_to_recording(apps, _schema):
    """Give each unblinding the session's recording that was in use when it was made: the newest one before it."""
    unblindings, recordings = apps.get_model("records", "Unblinding"), apps.get_model("records", "Recording")
    for unblinding in unblindings.objects.all():
        of_session = recordings.objects.filter(session_id=unblinding.session_id).order_by("created_at")
        before = of_session.filter(created_at__lte=unblinding.unblinded_at).last() or of_session.first()
        if before is None:
            unblinding.delete()
        else:
            unblinding.recording = before
            unblinding.save(update_fields=["recording"])


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="guessrelease",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="guess_releases", to="records.session"
            ),
        ),
        migrations.AlterField(
            model_name="guessrelease",
            name="about",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="release", to="records.sitting"
            ),
        ),
        migrations.AddField(
            model_name="unblinding",
            name="recording",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unblinding",
                to="records.recording",
            ),
        ),
        migrations.RunPython(tie_to_recording, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="unblinding",
            name="recording",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="unblinding", to="records.recording"
            ),
        ),
        migrations.RemoveField(model_name="unblinding", name="session"),
    ]
