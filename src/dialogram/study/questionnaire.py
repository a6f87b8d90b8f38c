from dataclasses import dataclass

from dialogram.study.task import Role


@dataclass(frozen=True, kw_only=True)
class Subscale:
    """A part of a questionnaire that has a score of its own."""

    key: str
    name: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """An instrument filled in on paper, of which the researcher types in the total.

    Examples
    --------
    >>> alliance = Questionnaire(key="alliance", name="Alliance", low=12, high=60, roles=(Role.CLIENT,))
    >>> alliance.accepts(60.0), alliance.accepts(61.0)
    (True, False)
    """

    key: str
    name: str
    low: float
    high: float
    roles: tuple[Role, ...]
    subscales: tuple[Subscale, ...] = ()

    def accepts(self, total: float, *, subscale: str | None = None) -> bool:
        """Whether a total, or the score of the subscale with this key, is possible.

        Raises
        ------
        ValueError
            When the questionnaire has no such subscale.
        """
        part: Questionnaire | Subscale = self
        if subscale is not None:
            known = {one.key: one for one in self.subscales}
            if subscale not in known:
                raise ValueError(f"subscale: expected one of {', '.join(known) or 'none'}, got {subscale!r}")
            part = known[subscale]
        return part.low <= total <= part.high
