"""Guesses of many dyads in a table, a row a dyad."""

from pathlib import Path

from dialogram.analysis import GuessScore, score_counts
from dialogram.archive.cohort_table import open_table
from dialogram.archive.source import TableError, listed

_TOLD = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_guesses(path: str | Path) -> tuple[list[GuessScore], list[str]]:
    r"""Read how many segments were guessed right in each dyad, and who guessed.

    Parameters
    ----------
    path
        A table of text or Parquet with the columns ``dyad``, ``therapist`` (who guessed), ``right`` of ``of`` segments,
        and ``told``: yes where the guesser sorted by known numbers, as many of either kind, else no.

    Returns
    -------
    tuple
        The score of each dyad, and the therapist of each.

    Raises
    ------
    TableError
        For a column that is not there, a dyad that is missing or comes twice, a missing therapist, and numbers that
        cannot be.
    OSError
        When the file cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "guesses.csv"
    ...     _ = path.write_text("dyad,therapist,right,of,told\n1,A,4,6,yes\n2,A,5,6,no\n")
    ...     scores, therapists = read_guesses(path)
    >>> [(score.right, score.chance) for score in scores], therapists
    ([(4, 'hypergeometric'), (5, 'binomial')], ['A', 'A'])
    """
    table = open_table(path)
    dyads, therapists, told = (table.texts(column) for column in ("dyad", "therapist", "told"))
    right, shown = (table.numbers(column, what=f"a number in {column!r}") for column in ("right", "of"))
    scores = []
    for at, line in enumerate(table.lines):
        for column, cell in (("dyad", dyads[at]), ("therapist", therapists[at])):
            if not cell:
                raise table.error(line, f"a name in {column!r}", "none")
        if dyads[at] in dyads[:at]:
            raise table.error(line, f"one row of dyad {dyads[at]!r}", "a second one")
        if (word := told[at].lower()) not in _TOLD:
            raise table.error(line, f"one of {listed(list(_TOLD))} in 'told'", repr(told[at]))
        counts = [float(right[at]), float(shown[at])]
        if not all(count.is_integer() for count in counts):
            raise table.error(line, "whole numbers in 'right' and 'of'", " and ".join(f"{count:g}" for count in counts))
        try:
            scores.append(score_counts(int(counts[0]), int(counts[1]), numbers_told=_TOLD[word]))
        except ValueError as error:
            raise TableError(f"{Path(path).name}, line {line}: {error}") from error
    return scores, list(therapists)
