import re
from collections.abc import Mapping
from typing import Any

from dialogram.study.design_keys import TABLES
from dialogram.study.design_reader import DesignReader
from dialogram.study.practice import PracticeRule
from dialogram.study.questionnaire import Questionnaire, Subscale
from dialogram.study.rule import DialKind, Display, Pause, RateRule
from dialogram.study.sampling import Part, SamplingRule, Sessions
from dialogram.study.task import Role, Task
from dialogram.study.texts import TEXT_KEYS, Texts, needed_texts, placeholders_of
from dialogram.timeline import Scale

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
LEAST_TARGET_S = 10.0
_EXPORT_KEY = re.compile(r"[a-z][a-z0-9_]*")


def check_language(reader: DesignReader, path: tuple[str | int, ...], language: str) -> None:
    """Refuse what is no language code."""
    if not _LANGUAGE.fullmatch(language):
        raise reader.refusal(path, 'a language code like "en" or "de-AT"', language)


def read_scales(reader: DesignReader, default: str) -> dict[str, tuple[Scale, ...]]:
    """Read the scales, once for each language that labels them."""
    rows = reader.tables(("scales",))
    if not rows:
        raise reader.refusal(("scales",), "at least one table [[scales]]", None)
    by_language: dict[str, list[Scale]] = {}
    names: list[str] = []
    for row in rows:
        reader.refuse_unknown(row, [*(key.name for key in TABLES["scales"]), "labels"])
        values = reader.read(row, TABLES["scales"])
        if values["name"] in names:
            raise reader.refusal((*row, "name"), "a name not used before", values["name"])
        names.append(values["name"])
        labels = reader.table((*row, "labels"), required=True)
        if default not in labels:
            raise reader.refusal((*row, "labels", default), "labels in the default language", None)
        for language in labels:
            path = (*row, "labels", language)
            check_language(reader, path, language)
            reader.refuse_unknown(path, [key.name for key in TABLES["scales.labels.LANGUAGE"]])
            words = reader.read(path, TABLES["scales.labels.LANGUAGE"], required=True)
            try:
                scale = Scale(**values, **{f"{end}_label": word for end, word in words.items()})
            except ValueError as error:
                ends = f"{values['low']:g}, {values['neutral']:g}, {values['high']:g}, step {values['step']:g}"
                raise reader.refusal(row, "low < neutral < high and a step within", f"{ends}") from error
            by_language.setdefault(language, []).append(scale)
    for language, scales in by_language.items():
        if len(scales) < len(rows):
            raise reader.refusal(("scales",), f"labels in {language} for every scale or for none", len(scales))
    return {language: tuple(scales) for language, scales in by_language.items()}


def read_tasks(reader: DesignReader, values: Mapping[str, tuple[str, ...]]) -> dict[Role, tuple[Task, ...]]:
    """Read who does what, in an order that can be kept to."""
    tasks = {role: tuple(Task(task) for task in values[role]) for role in Role}
    order = list(Task)
    for role, of_role in tasks.items():
        path = ("tasks", role.value)
        if of_role and (of_role[0] is not Task.RATE or list(of_role) != sorted(of_role, key=order.index)):
            raise reader.refusal(path, '"rate" first, then "recall", then "guess"', ", ".join(of_role))
    if not any(tasks.values()):
        raise reader.refusal(("tasks",), "a task for at least one role", None)
    if Task.GUESS in tasks[Role.THERAPIST] and Task.RATE not in tasks[Role.CLIENT]:
        raise reader.refusal(("tasks", "client"), '"rate", since the therapist guesses', ", ".join(tasks[Role.CLIENT]))
    return tasks


def read_sampling(reader: DesignReader, values: Mapping[str, Any]) -> SamplingRule:
    """Read what of a course is rated; which sessions are meant must be known before they are held."""
    sessions, course, count = Sessions(values["sessions"]), values["course_sessions"], values["count"]
    if sessions is Sessions.NUMBERS and not values["numbers"]:
        raise reader.refusal(("sampling", "numbers"), "the numbers of the sessions that are rated", None)
    if sessions in {Sessions.MIDDLE, Sessions.LAST} and course == 0:
        raise reader.refusal(("sampling", "course_sessions"), f"how many there are, to know the {sessions}", course)
    farthest = {Sessions.NUMBERS: max(values["numbers"], default=0), Sessions.EVERY: 0}.get(sessions, count)
    if 0 < course < farthest:
        raise reader.refusal(("sampling", "course_sessions"), f"at least {farthest}", course)
    return SamplingRule(**{**values, "sessions": sessions, "part": Part(values["part"])})


def read_rate(reader: DesignReader, values: Mapping[str, Any]) -> RateRule:
    """Read what a rating is like; letting go of the dial cannot both pause and not pause."""
    pause, dials = Pause(values["pause"]), tuple(DialKind(name) for name in values["dials"])
    if DialKind.SCREEN not in dials:
        raise reader.refusal(("rate", "dials"), '"screen" among them, since it is always there', ", ".join(dials))
    if values["hold_to_play"] and dials != (DialKind.SCREEN,):
        raise reader.refusal(("rate", "dials"), '"screen" alone, since no other dial can be held', ", ".join(dials))
    if values["hold_to_play"] and pause is Pause.NONE:
        raise reader.refusal(("rate", "pause"), "allowed or rewind, since hold_to_play pauses", values["pause"])
    if pause is Pause.NONE and reader.table(("rate",)).get("break_after_min"):
        raise reader.refusal(("rate", "break_after_min"), '0, since pause = "none"', values["break_after_min"])
    return RateRule(**{**values, "pause": pause, "display": Display(values["display"]), "dials": dials})


def read_practice(reader: DesignReader, values: Mapping[str, Any]) -> PracticeRule:
    """Read what the practice asks; a target too short to be followed measures nothing."""
    if 0 < values["target_s"] < LEAST_TARGET_S:
        raise reader.refusal(("practice", "target_s"), f"0, or at least {LEAST_TARGET_S:g}", values["target_s"])
    return PracticeRule(**values)


def read_texts(reader: DesignReader, default: str, tasks: Mapping[Role, tuple[Task, ...]]) -> Texts:
    """Read the texts of all languages; in the default one all that the tasks need must be there."""
    entries: dict[tuple[str, Role | None, str], str] = {}
    for language in reader.table(("texts",), required=True):
        check_language(reader, ("texts", language), language)
        reader.refuse_unknown(("texts", language), [*TEXT_KEYS, *Role])
        for role in (None, *Role):
            path = ("texts", language) if role is None else ("texts", language, role.value)
            if role is not None:
                reader.refuse_unknown(path, TEXT_KEYS)
            for key, text in reader.table(path).items():
                if key in TEXT_KEYS:
                    entries[language, role, key] = _checked_text(reader, (*path, key), text)
    texts = Texts(entries, default)
    for role, needed in needed_texts(tasks):
        if texts.find(needed.name, role=role) is None:
            raise reader.refusal(("texts", default, role.value, needed.name), "a text that is not empty", None)
    return texts


def _checked_text(reader: DesignReader, path: tuple[str, ...], text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise reader.refusal(path, "a text that is not empty", text)
    allowed = TEXT_KEYS[path[-1]].placeholders
    expected = f"no placeholder but {', '.join(f'{{{one}}}' for one in allowed)}" if allowed else "no placeholder"
    try:
        used = placeholders_of(text)
    except ValueError:
        raise reader.refusal(path, f"{expected} (a brace is written {{{{ or }}}})", text.strip()) from None
    if unknown := sorted(used.difference(allowed)):
        raise reader.refusal(path, expected, f"{{{unknown[0]}}}")
    return text.strip()


def read_questionnaires(reader: DesignReader) -> tuple[Questionnaire, ...]:
    """Read the questionnaires and their subscales."""
    read: dict[str, Questionnaire] = {}
    for row in reader.tables(("questionnaires",)):
        reader.refuse_unknown(row, [*(key.name for key in TABLES["questionnaires"]), "subscales"])
        values = reader.read(row, TABLES["questionnaires"])
        _check_range(reader, row, values, read)
        subscales: dict[str, Subscale] = {}
        for path in reader.tables((*row, "subscales")):
            reader.refuse_unknown(path, [key.name for key in TABLES["questionnaires.subscales"]])
            part = reader.read(path, TABLES["questionnaires.subscales"])
            _check_range(reader, path, part, subscales)
            subscales[part["key"]] = Subscale(key=part["key"], name=part["name"], low=part["min"], high=part["max"])
        read[values["key"]] = Questionnaire(
            key=values["key"],
            name=values["name"],
            low=values["min"],
            high=values["max"],
            roles=tuple(Role(role) for role in values["roles"]),
            subscales=tuple(subscales.values()),
        )
    return tuple(read.values())


def _check_range(
    reader: DesignReader, path: tuple[str | int, ...], values: Mapping[str, object], taken: Mapping[str, object]
) -> None:
    key, low, high = values["key"], values["min"], values["max"]
    if not _EXPORT_KEY.fullmatch(str(key)):
        raise reader.refusal((*path, "key"), "lower case letters, digits and _", key)
    if key in taken:
        raise reader.refusal((*path, "key"), "a key not used before", key)
    if not (isinstance(low, float) and isinstance(high, float) and low < high):
        raise reader.refusal((*path, "max"), f"more than min, {low}", high)
