from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from dialogram.study.task import Role, Task

ALL_ROLES = frozenset(Role)


@dataclass(frozen=True, kw_only=True)
class TextKey:
    """One text of a design: where it is shown, to whom, and what it may leave open."""

    name: str
    meaning: str
    task: Task | None = None
    """The task it belongs to; None for the pages every participant meets."""
    roles: frozenset[Role] = ALL_ROLES
    placeholders: tuple[str, ...] = ()
    for_guess: bool = False
    """Needed only where the design has a guess."""


def recall_question(side: str, *, relative: bool) -> str:
    """Return the key of the question after a replayed segment.

    Examples
    --------
    >>> recall_question("helpful", relative=True)
    'recall_question_relative_helpful'
    """
    return f"recall_question_{'relative_' if relative else ''}{side}"


def _recall_question(side: str, *, relative: bool) -> TextKey:
    which = "not beyond neutral on its side, so it is only so beside other moments" if relative else f"rated {side}"
    return TextKey(
        name=recall_question(side, relative=relative),
        task=Task.RECALL,
        meaning=f"The question after a {side} segment that is {which}.",
    )


_TOLD_COUNTS = ("helpful", "hindering")

TEXT_KEYS: dict[str, TextKey] = {
    key.name: key
    for key in (
        TextKey(name="consent", meaning="What taking part is, and that it is free."),
        TextKey(
            name="consent_who_sees",
            placeholders=("clips",),
            meaning="Who will see what. Every sentence must be true of the study. `{clips}`: how many clips there are.",
        ),
        TextKey(name="consent_agree", meaning="The sentence one agrees to."),
        TextKey(
            name="consent_clips",
            roles=frozenset({Role.CLIENT}),
            for_guess=True,
            placeholders=("clips",),
            meaning="A second sentence to agree to or not: that the therapist sees the clips. `{clips}`: how many.",
        ),
        TextKey(name="sound_check", meaning="Beside the controls for picture and sound."),
        TextKey(name="instructions", task=Task.RATE, meaning="The one instruction for rating."),
        TextKey(name="practice", task=Task.RATE, meaning="Before the practice."),
        TextKey(name="practice_done", task=Task.RATE, meaning="After the practice."),
        TextKey(name="break", task=Task.RATE, meaning="When a break is offered."),
        TextKey(name="recall_instructions", task=Task.RECALL, meaning="Before the first segment."),
        TextKey(name="recall_moment", task=Task.RECALL, meaning="Was this the moment?"),
        *(_recall_question(side, relative=relative) for relative in (False, True) for side in ("helpful", "hindering")),
        TextKey(
            name="recall_veto",
            task=Task.RECALL,
            roles=frozenset({Role.CLIENT}),
            for_guess=True,
            meaning="The choice to keep a clip from the therapist.",
        ),
        TextKey(
            name="guess_instructions",
            task=Task.GUESS,
            placeholders=("shown",),
            meaning="Above the cards. `{shown}`: how many clips there are.",
        ),
        TextKey(
            name="guess_numbers",
            task=Task.GUESS,
            placeholders=_TOLD_COUNTS,
            meaning="Added when the numbers are told. `{helpful}`, `{hindering}`: how many belong on each side.",
        ),
        TextKey(name="guess_no_numbers", task=Task.GUESS, meaning="Added when the numbers are not told."),
        TextKey(
            name="debrief",
            task=Task.GUESS,
            placeholders=("shown", "one_in"),
            meaning="After the guess: what chance is. `{one_in}`: of how many pure guesses one has all right.",
        ),
        TextKey(name="stop", meaning="The calm page behind the stop button."),
        TextKey(name="help", meaning="Below it: whom to speak to."),
        TextKey(name="thanks", meaning="The last page."),
    )
}
"""Every text of a design, in the order participants meet them."""


def needed_texts(tasks: Mapping[Role, tuple[Task, ...]]) -> list[tuple[Role, TextKey]]:
    """List the texts a design with these tasks cannot do without, for each role that has any task."""
    has_guess = any(Task.GUESS in of_role for of_role in tasks.values())
    return [
        (role, key)
        for role, of_role in tasks.items()
        if of_role
        for key in TEXT_KEYS.values()
        if role in key.roles and (key.task is None or key.task in of_role)
        if has_guess or not key.for_guess
    ]


def placeholders_of(text: str) -> set[str]:
    """Find the placeholders of a text.

    Raises
    ------
    ValueError
        When a brace is open, empty or formatted: ``{``, ``{}``, ``{shown:d}``, ``{shown!r}``.
    """
    found = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if form or conversion or not name.isidentifier():
            raise ValueError(f"text: expected placeholders like {{shown}}, got {{{name}{form}}}")
        found.add(name)
    return found


@dataclass(frozen=True)
class Texts:
    """The texts of a design by language, role (None: everybody) and key."""

    entries: Mapping[tuple[str, Role | None, str], str]
    language: str
    """Where a text has no translation, it is given in this language."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have any text, the default first."""
        return tuple(dict.fromkeys((self.language, *sorted({language for language, _, _ in self.entries}))))

    def find(self, key: str, *, role: Role, language: str | None = None) -> str | None:
        """Give a text as it stands in the design, or None where the design has none.

        The role's own text comes before everybody's; ``de-AT`` falls back to ``de`` and then to the default language.

        Raises
        ------
        ValueError
            When no design could have such a text.
        """
        if key not in TEXT_KEYS:
            raise ValueError(f"key: expected one of {', '.join(TEXT_KEYS)}, got {key!r}")
        asked = language or self.language
        for tongue in (asked, asked.partition("-")[0], self.language):
            for whose in (role, None):
                if (text := self.entries.get((tongue, whose, key))) is not None:
                    return text
        return None
