import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dialogram.study import DesignError, Role, Task, load_design, shipped_design, shipped_text
from dialogram.study.design_keys import TABLES, Key
from dialogram.study.practice import PracticeRule
from dialogram.study.rule import DialKind, Display, Pause, RateRule, RecallRule
from dialogram.study.texts import TEXT_KEYS, TextKey, needed_texts, placeholders_of

SHIPPED = shipped_text("helpfulness")
DOCS = Path(__file__).parents[2] / "docs/reference/design-file.md"


def changed(old: str, new: str) -> str:
    assert SHIPPED.count(old) >= 1, old
    return SHIPPED.replace(old, new, 1)


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


def refusal(text: str) -> DesignError:
    with pytest.raises(DesignError) as caught:
        load_design(text, name="mine.toml")
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_shipped_design_follows_the_published_study() -> None:
    design = shipped_design("helpfulness")
    scale = design.scale()
    assert (scale.low, scale.neutral, scale.high) == (0, 50, 100)
    assert (scale.low_label, scale.neutral_label, scale.high_label) == ("hindering", "neutral", "helpful")
    assert design.extremes == RecallRule(
        rule="extremes/1",
        window_s=30,
        per_kind=3,
        warm_up_s=60,
        lead_in_s=15,
        least_coverage=0.9,
        same_kind_gap_s=60,
    )
    assert design.tasks[Role.CLIENT] == (Task.RATE, Task.RECALL)
    assert design.tasks[Role.THERAPIST] == (Task.RATE, Task.RECALL, Task.GUESS)
    assert design.tasks[Role.OBSERVER] == ()
    assert design.rate == RateRule(
        pause=Pause.ALLOWED,
        rewind_s=5,
        hold_to_play=False,
        break_after_min=25,
        display=Display.DIAL,
        show_number=True,
        show_labels=True,
        show_ticks=True,
        show_colours=True,
        show_trace_s=0,
        dials=(DialKind.SCREEN,),
    )
    assert design.practice == PracticeRule(
        asked=True, recording_s=60, target_s=0, tolerance=0.1, least_share=0.7, tries=3
    )
    assert design.guess_tells_numbers
    assert design.has_guess
    assert [one.key for one in design.questionnaires] == ["alliance", "session", "outcome"]
    assert design.questionnaires[0].accepts(20, subscale="bond")
    assert not design.questionnaires[0].accepts(21, subscale="bond")
    assert design.languages == ("en",)


def test_a_design_names_the_dials_that_may_be_turned() -> None:
    assert shipped_design("helpfulness").rate.dials == (DialKind.SCREEN,)
    design = load_design(changed("show_number = true", 'dials = ["screen", "serial", "mouse-lock"]'), name="mine.toml")
    assert design.rate.dials == (DialKind.SCREEN, DialKind.SERIAL, DialKind.MOUSE_LOCK)
    with_phone = load_design(changed("show_number = true", 'dials = ["screen", "phone"]'), name="mine.toml")
    assert with_phone.rate.dials == (DialKind.SCREEN, DialKind.PHONE)
    assert with_phone.rate.devices == ()  # it is taken on the rating page, and set up on none of its own


def test_the_shipped_comments_say_what_is_ours() -> None:
    for key in ("window_s", "warm_up_s", "lead_in_s", "same_kind_gap_s"):
        assert "# ours" in SHIPPED.splitlines()[line_of(SHIPPED, key) - 1]
    assert "# ours" not in SHIPPED.splitlines()[line_of(SHIPPED, "per_kind") - 1]


def test_the_shipped_texts_keep_their_promises() -> None:
    design = shipped_design("helpfulness")
    client = design.text("consent_who_sees", role=Role.CLIENT, clips=design.most_clips)
    assert "Your therapist sees neither your ratings nor your words." in client
    assert "If you agree, your therapist will see up to 6 short clips" in client
    assert load_design(changed("per_kind = 3", "per_kind = 2"), name="mine.toml").most_clips == 4
    assert "why" in design.text("recall_question_hindering", role=Role.CLIENT).lower()
    assert "what was happening" in design.text("recall_question_hindering", role=Role.THERAPIST).lower()
    assert "less helpful than other moments" in design.text("recall_question_relative_hindering", role="client")
    assert "emergency number" in design.text("help", role=Role.CLIENT)


@pytest.mark.parametrize(
    ("role", "key"), [(role, key.name) for role, key in needed_texts(shipped_design("helpfulness").tasks)]
)
def test_every_shipped_text_is_short_and_plain(role: Role, key: str) -> None:
    places: dict[str, Any] = {"shown": 6, "helpful": 3, "hindering": 3, "one_in": 20, "clips": 6}
    text = shipped_design("helpfulness").text(key, role=role, **places)
    sentences = [part for part in text.replace("?", ".").replace(":", ".").split(".") if part.strip()]
    assert max(len(sentence.split()) for sentence in sentences) <= 32
    assert len(text.split()) <= 160
    assert not any(word in text for word in ("{", "  ", "segment", "trace", "blind", "pseudonym"))


def test_a_text_falls_back_from_dialect_to_language_to_default_and_from_role_to_everybody() -> None:
    more = '[texts.de]\nthanks = "Danke."\n[texts.de.client]\nhelp = "Hilfe."\n[texts.de-CH]\nthanks = "Merci."\n'
    design = load_design(SHIPPED + more, name="mine.toml")
    english = shipped_design("helpfulness")
    assert design.languages == ("en", "de", "de-CH")
    assert design.text("thanks", role="client", language="de-AT") == "Danke."
    assert design.text("thanks", role="client", language="de-CH") == "Merci."
    assert design.text("help", role="client", language="de-CH") == "Hilfe."
    assert design.text("help", role="therapist", language="de") == english.text("help", role="therapist")
    assert design.text("thanks", role="client", language="fr") == english.text("thanks", role="client")
    assert design.scale(language="de").high_label == "helpful"


def test_scale_labels_follow_the_language() -> None:
    labels = '[scales.labels.de]\nlow = "hinderlich"\nneutral = "weder noch"\nhigh = "hilfreich"\n\n[tasks]'
    design = load_design(changed("[tasks]", labels), name="mine.toml")
    assert design.scale(language="de-AT").high_label == "hilfreich"
    assert design.scale(language="fr").high_label == "helpful"


def test_open_places_are_filled_or_asked_for() -> None:
    design = shipped_design("helpfulness")
    assert "belong 3, on" in design.text("guess_numbers", role="therapist", helpful=3, hindering=3)
    with pytest.raises(ValueError, match="needs hindering"):
        design.text("guess_numbers", role="therapist", helpful=3)
    with pytest.raises(ValueError, match="no text 'debrief' for the client"):
        design.text("debrief", role="client", shown=6, one_in=20)
    with pytest.raises(ValueError, match="expected one of consent"):
        design.text("konsent", role="client")
    with pytest.raises(ValueError, match="expected one of helpfulness"):
        shipped_text("../helpfulness")


@pytest.mark.parametrize(
    ("old", "new", "start", "key", "words"),
    [
        ("window_s = 30", "windw_s = 30", "windw_s", "extremes.windw_s", "did you mean window_s?"),
        ("window_s = 30", 'window_s = "30"', "window_s", "extremes.window_s", 'a number from 5 to 600, found "30"'),
        ("window_s = 30", "window_s = true", "window_s", "extremes.window_s", "found true"),
        ("window_s = 30", "window_s = nan", "window_s", "extremes.window_s", "found nan"),
        ("window_s = 30", f"window_s = {'9' * 400}", "window_s", "extremes.window_s", "found 999"),
        ("high = 100", f"high = {'9' * 400}", "high", "scales[1].high", "a number, found 999"),
        ("window_s = 30", "window_s = 0", "window_s", "extremes.window_s", "from 5 to 600, found 0"),
        ("per_kind = 3", "per_kind = 3.0", "per_kind", "extremes.per_kind", "a whole number from 1 to 10, found 3.0"),
        ("extremes/1", "extremes/2", "rule", "extremes.rule", 'expected "extremes/1", found "extremes/2"'),
        ("format = 1", "format = 2", "format", "format", "expected 1, found 2"),
        ("format = 1", "format = true", "format", "format", "expected 1, found true"),
        ("[extremes]", "[extreems]", "[extreems]", "extreems", "did you mean extremes?"),
        ("show_number = true", 'show_number = "yes"', "show_number", "rate.show_number", "true or false"),
        ('"allowed"', '"maybe"', "pause", "rate.pause", 'expected "none" or "allowed" or "rewind", found "maybe"'),
        ('"allowed"', '"none"\nhold_to_play = true', "pause", "rate.pause", "allowed or rewind, since hold_to_play"),
        ('"allowed"', '"none"', "break_after_min", "rate.break_after_min", '0, since pause = "none", found 25'),
        ("recording_s = 60", "target_s = 5", "target_s", "practice.target_s", "0, or at least 10, found 5"),
        (
            "show_number = true",
            'hold_to_play = true\ndials = ["screen", "midi"]',
            "dials",
            "rate.dials",
            '"screen" alone, since no other dial can be held',
        ),
        ("show_number = true", 'display = "knob"', "display", "rate.display", '"dial" or "slider" or "meter"'),
        ("low = 0", "low = 60", "[[scales]]", "scales[1]", "low < neutral < high"),
        ('low = "hindering"', 'low = ""', 'low = "', "scales[1].labels.en.low", "not empty"),
        ("[scales.labels.en]", "[scales.labels.de]", "[scales.labels.de]", "scales[1].labels.en", "default language"),
        ("[scales.labels.en]", "[scales.lables.en]", "[scales.lables.en]", "scales[1].lables", "did you mean labels?"),
        ('"recall", "guess"]', '"recal", "guess"]', "therapist =", "tasks.therapist[2]", 'found "recal"'),
        ("show_number = true", 'dials = ["screen", "thoughts"]', "dials", "rate.dials[2]", 'found "thoughts"'),
        ("show_number = true", 'dials = ["midi", "midi"]', "dials", "rate.dials[2]", "each only once"),
        ("show_number = true", 'dials = ["midi"]', "dials", "rate.dials", 'expected "screen" among them'),
        ("show_number = true", "dials = []", "dials", "rate.dials", 'expected "screen" among them'),
        ('["rate", "recall"]', '["recall", "rate"]', "client =", "tasks.client", '"rate" first'),
        ('["rate", "recall"]', '["rate", "rate"]', "client =", "tasks.client[2]", "each only once"),
        ('["rate", "recall"]', '["rate", "guess"]', "client =", "tasks.client[2]", 'found "guess"'),
        ('["rate", "recall"]', "[]", "client =", "tasks.client", "since the therapist guesses"),
        ('["rate", "recall"]', '"rate"', "client =", "tasks.client", "a list of"),
        ('version = "1"', "version = 1", "version", "consent.version", "a text that is not empty, found 1"),
        ('language = "en"', 'language = "English"', "language", "language", "a language code"),
        ("[texts.en]", "[texts.English]", "[texts.English]", "texts.English", "a language code"),
        ("[texts.en.client]", "[texts.en.clint]", "[texts.en.clint]", "texts.en.clint", "did you mean client?"),
        ("recall_veto =", "recall_vetto =", "recall_vetto", "texts.en.client.recall_vetto", "mean recall_veto?"),
        ("{one_in}", "{one_of}", "debrief", "texts.en.therapist.debrief", 'found "{one_of}"'),
        ("{one_in}", "{0}", "debrief", "texts.en.therapist.debrief", "a brace is written"),
        ("I have read this", "I {have} read this", "consent_agree", "texts.en.consent_agree", "no placeholder, found"),
        ("Your answers are", "{Your answers", "thanks", "texts.en.thanks", "a brace is written"),
        ("max = 60", "max = 6", "max = 6", "questionnaires[1].max", "more than min, 12.0, found 6"),
        ('key = "session"', 'key = "alliance"', None, "questionnaires[2].key", "not used before"),
        ('key = "session"', 'key = "Session!"', 'key = "Session!"', "questionnaires[2].key", "lower case letters"),
        ('key = "goal", name', 'key = "goal", nam', "  { key", "questionnaires[1].subscales[1].nam", "mean name?"),
        ('roles = ["client"]', 'roles = ["clients"]', 'roles = ["clients"]', "questionnaires[3].roles[1]", "found"),
        ('name = "helpfulness"\ntitle', "name = 3\ntitle", "name", "name", "not empty, found 3"),
        ("[links]", "[[links]]", "[[links]]", "links", "a table [links]"),
        ("[[scales]]", "[scales]", "[scales]", "scales", "tables [[scales]], found a table"),
    ],
)
def test_a_wrong_design_file_is_refused_with_line_and_key(
    old: str, new: str, start: str | None, key: str, words: str
) -> None:
    text = changed(old, new)
    error = refusal(text)
    assert error.key == key
    assert words in str(error)
    if start is not None:
        assert error.line == line_of(text, start)
        assert str(error).startswith(f"mine.toml, line {error.line}, {key}: expected ")


def test_a_missing_key_names_the_table_it_is_missing_from() -> None:
    text = changed('version = "1"\n', "")
    error = refusal(text)
    assert (error.key, error.line, error.found) == ("consent.version", line_of(text, "[consent]"), "nothing")
    assert str(refusal(changed("format = 1\n", ""))) == "mine.toml, format: expected 1, found nothing"
    assert refusal("").key == "format"
    without = "\n".join(line for line in SHIPPED.splitlines() if not line.startswith("recall_veto"))
    assert refusal(without).key == "texts.en.client.recall_veto"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('format = 1\nname = "open\n', 2, "valid TOML, found illegal character"),
        ("format = 1\nformat = 2\n", 2, "cannot overwrite a value"),
        ("format = 1\nname", 2, "valid TOML"),
        ("x = " + "[" * 100_000, None, "too deep"),
        ("# " + "x" * 1_000_000, None, "at most 1000000 characters"),
        ("format = " + "1" * 5000, None, "thousands of digits"),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int | None, words: str) -> None:
    error = refusal(text)
    assert error.line == line
    assert words in str(error)


def test_a_mark_that_an_editor_put_in_front_is_passed_over() -> None:
    assert load_design("\ufeff" + SHIPPED, name="mine.toml") == load_design(SHIPPED, name="mine.toml")


def test_an_error_stays_on_one_short_line_whatever_was_found() -> None:
    assert len(str(refusal(changed("per_kind = 3", 'per_kind = "' + "x" * 5000 + '"')))) < 200
    assert len(str(refusal(changed("per_kind = 3", "x" * 5000 + " = 1")))) < 300
    assert "\\n" in str(refusal(changed("per_kind = 3", 'per_kind = """a\nb"""')))
    refusal('"a\\nb" = 1\n' + SHIPPED)


@given(st.data())
def test_any_misspelt_key_is_refused_on_its_line(data: st.DataObject) -> None:
    lines = SHIPPED.splitlines()
    single = [n for n, line in enumerate(lines) if " = " in line and line[0].isalpha() and "text" not in line]
    number = data.draw(st.sampled_from(single))
    name = lines[number].split(" = ")[0]
    place = data.draw(st.integers(0, len(name)))
    misspelt = name[:place] + data.draw(st.sampled_from("xqz")) + name[place:]
    lines[number] = lines[number].replace(name, misspelt, 1)
    error = refusal("\n".join(lines))
    assert error.line == number + 1
    assert misspelt in error.found


def test_a_design_without_guess_needs_no_texts_for_it() -> None:
    text = changed('"recall", "guess"]', '"recall"]')
    kept, skipping = [], False
    for line in text.splitlines():
        if not skipping:
            skipping = line.startswith(("guess_", "debrief", "consent_clips", "recall_veto"))
            if skipping and not line.endswith('"""'):
                skipping = False
                continue
        elif line == '"""':
            skipping = False
            continue
        if not skipping:
            kept.append(line)
    design = load_design("\n".join(kept), name="mine.toml")
    assert not design.has_guess
    assert not design.has_text("debrief", role="therapist")
    guessing = "\n".join(kept).replace('therapist = ["rate", "recall"]', 'therapist = ["rate", "guess"]')
    assert refusal(guessing).key == "texts.en.client.consent_clips"


def test_defaults_are_those_of_the_key_table() -> None:
    data = tomllib.loads(SHIPPED)
    text = SHIPPED
    for table in ("extremes", "rate", "practice", "guess", "links"):
        for key in data[table]:
            number = line_of(text, f"{key} = ")
            text = "\n".join(line for n, line in enumerate(text.splitlines(), 1) if n != number)
    design = load_design(text, name="mine.toml")
    assert design.extremes == shipped_design("helpfulness").extremes
    assert design.rate == shipped_design("helpfulness").rate
    assert design.practice == shipped_design("helpfulness").practice
    assert design.link_expire_days == 14


def test_a_design_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        shipped_design("helpfulness").name = "x"  # type: ignore[misc]


def key_row(key: Key) -> str:
    match key.default:
        case bool():
            default = f"`{str(key.default).lower()}`"
        case str():
            default = f'`"{key.default}"`'
        case float() | int():
            default = f"`{key.default:g}`"
        case tuple():
            default = "`[" + ", ".join(f'"{one}"' for one in key.default) + "]`"
        case _:
            default = "required"
    return f"| `{key.name}` | {key.expected} | {default} | {key.meaning} |"


def text_row(text: TextKey) -> str:
    whose = "all" if text.roles == frozenset(Role) else ", ".join(sorted(text.roles))
    need = "with a guess" if text.for_guess else "required"
    return f"| `{text.name}` | {text.task or 'every task'} | {whose} | {need} | {text.meaning} |"


@pytest.mark.parametrize(("table", "key"), [(table, key) for table, keys in TABLES.items() for key in keys])
def test_every_key_is_documented(table: str, key: Key) -> None:
    sections = DOCS.read_text().split("\n## ")
    section = next(part for part in sections if part.splitlines()[0].strip("`[]") == (table or "Top of the file"))
    assert key_row(key) in section.splitlines()


@pytest.mark.parametrize("text", TEXT_KEYS.values(), ids=list(TEXT_KEYS))
def test_every_text_is_documented(text: TextKey) -> None:
    assert text_row(text) in DOCS.read_text().splitlines()


@pytest.mark.parametrize("text", ["{", "}", "{}", "{0}", "{a.b}", "{a[0]}", "{a!r}", "{a:d}"])
def test_placeholders_are_plain_names(text: str) -> None:
    with pytest.raises(ValueError, match=r"placeholders|brace|encountered|expected"):
        placeholders_of(text)
    assert placeholders_of("{{a}} {b}") == {"b"}
