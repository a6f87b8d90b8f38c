"""What Django does with a database, done on an encrypted one: `python django_on_sqlcipher.py FILE CHECK`."""

import datetime as dt
import decimal
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import django
from django.conf import settings

NOON = dt.datetime(2026, 3, 29, 12, 30, 15, 123456, tzinfo=dt.UTC)


def migrations() -> None:
    from django.contrib.auth.models import Group, Permission, User
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    tables = set(connection.introspection.table_names())
    assert {"auth_user", "auth_permission", "django_content_type", "django_migrations"} <= tables
    assert Permission.objects.count() > 10
    group = Group.objects.create(name="coordinators")
    user = User.objects.create_user("zk9", password=None)
    user.groups.add(group)
    assert list(User.objects.filter(groups__name="coordinators").values_list("username", flat=True)) == ["zk9"]
    user.delete()
    assert not User.objects.filter(groups=group).exists()
    call_command("migrate", "auth", "zero", verbosity=0)
    assert "auth_user" not in connection.introspection.table_names()


def make_models() -> tuple[Any, Any]:
    from django.db import connection, models

    class Sitting(models.Model):  # noqa: DJ008  # shown to nobody
        name = models.CharField(max_length=20, unique=True)

        class Meta:
            app_label = "diary"

    class Entry(models.Model):  # noqa: DJ008  # shown to nobody
        sitting = models.ForeignKey(Sitting, models.CASCADE, null=True)
        day = models.DateField(null=True)
        at = models.DateTimeField(null=True)
        clock = models.TimeField(null=True)
        taken = models.DurationField(null=True)
        amount = models.DecimalField(max_digits=12, decimal_places=4, null=True)
        level = models.FloatField(null=True)
        done = models.BooleanField(default=False)
        data = models.JSONField(null=True)
        key = models.UUIDField(null=True)
        sealed = models.BinaryField(null=True)
        words = models.TextField(default="")
        rank = models.PositiveIntegerField(null=True)

        class Meta:
            app_label = "diary"

    with connection.schema_editor() as editor:
        editor.create_model(Sitting)
        editor.create_model(Entry)
    return Sitting, Entry


def types() -> None:
    _, entry_model = make_models()
    values = {
        "day": NOON.date(),
        "at": NOON,
        "clock": NOON.time(),
        "taken": dt.timedelta(minutes=50, microseconds=7),
        "amount": decimal.Decimal("1234.5670"),
        "level": 0.1,
        "done": True,
        "data": {"kind": "helpful", "times": [1, 2.5], "none": None, "é": "ü"},
        "key": uuid.UUID(int=7),
        "sealed": os.urandom(300),
        "words": "100 % 'quoted' %s ?",
        "rank": 3,
    }
    made = entry_model.objects.create(**values)
    entry_model.objects.create()
    read = entry_model.objects.get(pk=made.pk)
    for name, value in values.items():
        assert getattr(read, name) == value, name
        assert type(getattr(read, name)) is type(value), name
        assert entry_model.objects.filter(**{name: value}).count() == 1, name
    empty = entry_model.objects.exclude(pk=made.pk).get()
    assert (empty.at, empty.data, empty.done) == (None, None, False)


def lookups() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    sitting_model, entry_model = make_models()
    sitting = sitting_model.objects.create(name="first")
    entry_model.objects.bulk_create(
        entry_model(sitting=sitting, rank=i, words=f"Word {i} 10%", data={"i": i, "deep": {"list": [i, {"x": "y"}]}})
        for i in range(3000)
    )
    entries = entry_model.objects
    assert entries.filter(pk__in=list(range(2500))).count() == 2499
    assert entries.filter(words__regex=r"^Word 29\d\d ").count() == 100
    assert entries.filter(words__icontains="WORD 299").count() == 11
    assert entries.filter(words__endswith="10%").count() == 3000
    assert entries.filter(data__deep__list__0=7).get().rank == 7
    assert entries.filter(data__deep__list__1__x="y", data__i__lt=5).count() == 5
    assert entries.filter(data__has_key="deep").count() == 3000
    assert sum(1 for _ in entries.all().iterator(chunk_size=100)) == 3000
    with CaptureQueriesContext(connection) as queries:
        assert entries.filter(words="Word 5 10%", rank__in=[5, 6]).exists()
    assert len(queries) == 1
    assert "'Word 5 10%'" in queries.captured_queries[0]["sql"]
    entry, made = entries.update_or_create(rank=5, defaults={"words": "new"})
    assert (made, entry.words) == (False, "new")
    changed = [entry_model(pk=e.pk, words="bulk") for e in entries.filter(rank__lt=400)]
    assert entry_model.objects.bulk_update(changed, ["words"]) == 400
    assert entries.filter(sitting=sitting).delete()[0] == 3000
    assert not entries.exists()


def functions() -> None:
    from django.db.models import Avg, Count, F, Max, StdDev, StringAgg, Sum, TextField, Value, Variance
    from django.db.models.functions import Concat, ExtractHour, Lower, Now, Power, Sqrt, TruncMonth

    _, entry_model = make_models()
    for i in range(1, 5):
        entry_model.objects.create(level=float(i), rank=i, at=NOON + dt.timedelta(days=20 * i), words=f"W{i}")
    entries = entry_model.objects
    found = entries.aggregate(Avg("level"), Sum("rank"), Max("at"), Count("pk"), StdDev("level"), Variance("level"))
    assert found["level__avg"] == 2.5
    assert (found["rank__sum"], found["pk__count"], found["at__max"]) == (10, 4, NOON + dt.timedelta(days=80))
    assert abs(found["level__stddev"] ** 2 - found["level__variance"]) < 1e-12
    assert abs(found["level__variance"] - 1.25) < 1e-12
    months = entries.annotate(month=TruncMonth("at")).values("month").annotate(n=Count("pk")).order_by("month")
    assert [(row["month"].month, row["n"]) for row in months] == [(4, 1), (5, 2), (6, 1)]
    row = entries.annotate(
        hour=ExtractHour("at"),
        root=Sqrt(Power("level", 2)),
        both=Concat(Lower("words"), Value("!"), output_field=TextField()),
        later=Now(),
    ).get(rank=3)
    assert (row.hour, row.root, row.both) == (12, 3.0, "w3!")
    assert row.later.tzinfo is not None
    assert entries.aggregate(all=StringAgg("words", Value(","), order_by="-rank"))["all"] == "W4,W3,W2,W1"
    assert entries.filter(at__gt=F("at") - dt.timedelta(days=1)).count() == 4


def schema_changes() -> None:
    from django.db import IntegrityError, connection, migrations, models, transaction
    from django.db.migrations.state import ProjectState

    state = ProjectState()
    steps: list[Any] = [
        migrations.CreateModel("Dyad", [("id", models.BigAutoField(primary_key=True)), ("code", models.TextField())]),
        migrations.CreateModel(
            "Meeting",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("dyad", models.ForeignKey("diary.Dyad", models.CASCADE)),
            ],
        ),
        migrations.AddField("Meeting", "number", models.IntegerField(default=7)),
        migrations.AlterField("Dyad", "code", models.CharField(max_length=40, unique=True)),
        migrations.RenameField("Dyad", "code", "lab_code"),
        migrations.AddConstraint(
            "Meeting", models.CheckConstraint(condition=models.Q(number__gt=0), name="number_positive")
        ),
        migrations.AddIndex("Meeting", models.Index(fields=["number"], name="by_number")),
        migrations.RenameModel("Meeting", "Session"),
    ]
    for number, step in enumerate(steps):
        before, state = state, state.clone()
        step.state_forwards("diary", state)
        with connection.schema_editor(atomic=True) as editor:
            step.database_forwards("diary", editor, before, state)
        if number == 1:
            dyad = state.apps.get_model("diary", "Dyad").objects.create(code="A-17")
            state.apps.get_model("diary", "Meeting").objects.create(dyad=dyad)
    session = state.apps.get_model("diary", "Session")
    assert [(s.number, s.dyad.lab_code) for s in session.objects.all()] == [(7, "A-17")]
    for wrong in ({"dyad_id": 1, "number": 0}, {"dyad_id": 99, "number": 1}):
        try:
            with transaction.atomic():
                session.objects.create(**wrong)
        except IntegrityError:
            continue
        raise AssertionError(wrong)
    connection.check_constraints()


def nested_transactions() -> None:
    from django.db import DatabaseError, IntegrityError, connection, transaction

    sitting_model, _ = make_models()

    def names() -> list[str]:
        return list(sitting_model.objects.order_by("name").values_list("name", flat=True))

    after: list[str] = []
    with transaction.atomic():
        sitting_model.objects.create(name="kept")
        transaction.on_commit(lambda: after.append("committed"))
        try:
            with transaction.atomic():
                sitting_model.objects.create(name="undone")
                sitting_model.objects.create(name="kept")
        except IntegrityError:
            after.append("refused")
        with transaction.atomic():
            sitting_model.objects.create(name="kept too")
        assert connection.in_atomic_block
    assert (names(), after) == (["kept", "kept too"], ["refused", "committed"])
    try:
        with transaction.atomic():
            sitting_model.objects.create(name="gone")
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert names() == ["kept", "kept too"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM absent")
    except DatabaseError as error:
        assert type(error).__name__ == "OperationalError"  # noqa: PT017  # no pytest in this process
    connection.close()
    assert names() == ["kept", "kept too"]  # and they are there when opened anew


def test_database() -> None:
    from django.contrib.auth.models import User
    from django.db import connection

    before = connection.settings_dict["NAME"]
    for name in (None, f"{before}.test"):
        connection.settings_dict["TEST"]["NAME"] = name
        made = connection.creation.create_test_db(verbosity=0, autoclobber=True)
        User.objects.create_user("zk9", password=None)
        assert User.objects.count() == 1
        if name:
            assert made == name
            assert b"SQLite format 3" not in Path(name).read_bytes()[:32]
        connection.creation.destroy_test_db(before, verbosity=0)
        assert name is None or not Path(name).exists()


CHECKS = (migrations, types, lookups, functions, schema_changes, nested_transactions, test_database)


def main(path: str, name: str) -> None:
    database = {
        "ENGINE": "dialogram.server.config.sqlcipher",
        "NAME": path,
        "OPTIONS": {"key": lambda: bytes(range(32))},
        "TEST": {},
    }
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
    )
    django.setup()
    {check.__name__: check for check in CHECKS}[name]()
    head = Path(path).read_bytes()[:16] if Path(path).exists() else b""
    assert not head.startswith(b"SQLite format 3")
    print(f"{name}: done")  # noqa: T201  # the test reads it


if __name__ == "__main__":
    main(*sys.argv[1:])
