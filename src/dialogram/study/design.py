from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from dialogram.study.design_keys import TABLES
from dialogram.study.design_reader import DesignError, DesignReader
from dialogram.study.design_sections import (
    check_language,
    read_practice,
    read_questionnaires,
    read_rate,
    read_sampling,
    read_scales,
    read_tasks,
    read_texts,
)
from dialogram.study.practice import PracticeRule
from dialogram.study.questionnaire import Questionnaire
from dialogram.study.rule import RateRule, RecallRule
from dialogram.study.sampling import SamplingRule
from dialogram.study.task import Role, Task
from dialogram.study.texts import Texts, placeholders_of
from dialogram.timeline import Scale

SHIPPED = ("helpfulness",)
"""The designs that come with the program."""

_SINGLE = ("extremes", "tasks", "sampling", "rate", "practice", "guess", "consent", "links")
_SUBTABLES = (*_SINGLE, "scales", "texts", "questionnaires")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What a study asks of its participants, read from its design file.

    Examples
    --------
    >>> design = shipped_design("helpfulness")
    >>> design.tasks[Role.THERAPIST]
    (<Task.RATE: 'rate'>, <Task.RECALL: 'recall'>, <Task.GUESS: 'guess'>)
    >>> design.text("recall_question_helpful", role="therapist")
    'You rated this moment as helpful. What was happening here?'
    >>> design.scale().high_label
    'helpful'
    """

    name: str
    title: str
    scales: Mapping[str, tuple[Scale, ...]]
    """By language."""
    extremes: RecallRule
    tasks: Mapping[Role, tuple[Task, ...]]
    sampling: SamplingRule
    rate: RateRule
    practice: PracticeRule
    guess_tells_numbers: bool
    consent_version: str
    link_expire_days: int
    texts: Texts
    questionnaires: tuple[Questionnaire, ...]

    @property
    def language(self) -> str:
        """The language used where a text has no translation."""
        return self.texts.language

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the texts, the default first."""
        return self.texts.languages

    @property
    def has_guess(self) -> bool:
        """Whether therapists guess their clients' segments."""
        return Task.GUESS in self.tasks[Role.THERAPIST]

    @property
    def most_clips(self) -> int:
        """How many clips of a client a therapist sees at most."""
        return 2 * self.extremes.per_kind

    def scale(self, *, language: str | None = None) -> Scale:
        """Give the scale that is rated, with its labels in a language or else in the default one."""
        asked = language or self.language
        for tongue in (asked, asked.partition("-")[0]):
            if tongue in self.scales:
                return self.scales[tongue][0]
        return self.scales[self.language][0]

    def text(self, key: str, *, role: Role | str, language: str | None = None, **open_places: object) -> str:
        """Give a participant's text, with its open places filled in.

        Parameters
        ----------
        key
            One of :data:`dialogram.study.texts.TEXT_KEYS`.
        role
            Whose page it is.
        language
            As the participant chose; falls back to the design's default.
        **open_places
            A value for each placeholder the text uses; more than it uses is no error.

        Raises
        ------
        ValueError
            When the design has no such text for this role, or a placeholder is left open.
        """
        found = self.texts.find(key, role=Role(role), language=language)
        if found is None:
            raise ValueError(f"key: the design {self.name!r} has no text {key!r} for the {Role(role)}")
        if missing := placeholders_of(found) - open_places.keys():
            raise ValueError(f"open_places: the text {key!r} needs {', '.join(sorted(missing))}")
        return found.format(**open_places)

    def has_text(self, key: str, *, role: Role | str) -> bool:
        """Whether the design offers an optional text."""
        return self.texts.find(key, role=Role(role)) is not None


def shipped_text(name: str) -> str:
    """Give a shipped design file as it stands, to be copied and changed.

    Raises
    ------
    ValueError
        When there is none of this name.
    """
    if name not in SHIPPED:
        raise ValueError(f"name: expected one of {', '.join(SHIPPED)}, got {name!r}")
    return resources.files("dialogram.study").joinpath("designs", f"{name}.toml").read_text(encoding="utf-8")


def shipped_design(name: str) -> Design:
    """Load a shipped design."""
    return load_design(shipped_text(name), name=f"{name}.toml")


def load_design(text: str, *, name: str) -> Design:
    r"""Read a design file.

    Parameters
    ----------
    text
        The TOML document; `docs/reference/design-file.md` lists its keys.
    name
        The file's name, for messages.

    Raises
    ------
    DesignError
        With one line that names file, line, key, what was expected and what was found. Unknown keys are refused.

    Examples
    --------
    >>> load_design('format = 1\nname = "mine"\ntitel = "Mine"', name="mine.toml")
    Traceback (most recent call last):
    dialogram.study.design_reader.DesignError: mine.toml, line 3, titel: expected one of consent, extremes, format,
    guess, language, links, name, practice, questionnaires, rate, sampling, scales, tasks, texts, title, found the
    unknown key "titel"; did you mean title?
    """
    reader = DesignReader(text, file=name)
    reader.refuse_unknown((), {*(key.name for key in TABLES[""]), *_SUBTABLES})
    top = reader.read((), TABLES[""])
    check_language(reader, ("language",), top["language"])
    single = {}
    for table in _SINGLE:
        reader.refuse_unknown((table,), [key.name for key in TABLES[table]])
        single[table] = reader.read((table,), TABLES[table], required=table in {"tasks", "consent"})
    tasks = read_tasks(reader, single["tasks"])
    return Design(
        name=top["name"],
        title=top["title"],
        scales=read_scales(reader, top["language"]),
        extremes=RecallRule(**single["extremes"]),
        tasks=tasks,
        sampling=read_sampling(reader, single["sampling"]),
        rate=read_rate(reader, single["rate"]),
        practice=read_practice(reader, single["practice"]),
        guess_tells_numbers=single["guess"]["tell_numbers"],
        consent_version=single["consent"]["version"],
        link_expire_days=single["links"]["expire_days"],
        texts=read_texts(reader, top["language"], tasks),
        questionnaires=read_questionnaires(reader),
    )


__all__ = [
    "SHIPPED",
    "Design",
    "DesignError",
    "load_design",
    "shipped_design",
    "shipped_text",
]
