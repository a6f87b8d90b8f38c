from tests.analysis.test_guess_model import _score

from dialogram import CohortGuesses, study_guesses
from dialogram.reports.cohort_guesses import tell_guesses
from dialogram.reports.page import Paragraph, Table
from dialogram.reports.text import plain, share


def _told(guesses: CohortGuesses) -> tuple[str, list[list[str]]]:
    section = tell_guesses(guesses)
    words = " ".join(plain(block.text) for block in section.blocks if isinstance(block, Paragraph))
    tables = [block for block in section.blocks if isinstance(block, Table)]
    rows = [[plain(cell) for cell in row] for table in tables for row in table.rows]
    return words.replace("\N{NO-BREAK SPACE}", " "), rows


def test_first_the_exact_pool_then_the_average_therapist() -> None:
    guesses = study_guesses([_score(5), _score(4), _score(6), _score(2)], ["a", "a", "b", "b"])
    assert guesses.model is not None
    words, rows = _told(guesses)
    assert "Over 4 sessions 17 of 24 segments were guessed right, where chance gives 12.0: p = .032, exact." in words
    assert rows[0][:2] == ["Guessed right", "71\N{NO-BREAK SPACE}%"]
    low, high = guesses.model.corrected_ci95
    assert rows[1] == ["The same, chance taken out", ".42", f"{share(low)} to {share(high)}"]
    assert rows[2] == ["Spread of therapists, SD in logits", "0.00", ""]
    assert "2 hardly say how much therapists in general differ. Do not believe their spread" in words
    assert "Each therapist guessed once" not in words


def test_what_the_model_does_not_know_is_said_where_it_matters() -> None:
    many = [f"T{at}" for at in range(12)]
    apart, _ = _told(study_guesses([_score(4 + at % 2) for at in range(12)], many))
    assert "Each therapist guessed once" in apart
    assert "Too few therapists" not in apart
    assert "the numbers of each kind were told" not in apart
    told, _ = _told(study_guesses([_score(2 * (2 + at % 2), told=True) for at in range(12)], many))
    assert "In 12 sessions the numbers of each kind were told" in told


def test_without_a_model_the_pool_and_the_reason_are_told() -> None:
    words, rows = _told(study_guesses([_score(5)], ["a"]))
    assert rows == []
    assert "Over 1 session 5 of 6" in words
    assert "cannot be modelled: therapists: expected at least two, got 1." in words
