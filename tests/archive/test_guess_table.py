from pathlib import Path

from pyarrow.csv import read_csv
from pyarrow.parquet import write_table

from dialogram import read_guesses, score_counts, score_guess
from dialogram.analysis.extremes import Kind


def test_text_and_parquet_give_the_same_scores(tmp_path: Path) -> None:
    path = tmp_path / "guesses.csv"
    path.write_text("told;dyad;of;right;therapist\nyes;1;6;4;A\nNo;2;5;3;B\n")
    comma = tmp_path / "comma.csv"
    comma.write_text(path.read_text().replace(";", ","))
    parquet = tmp_path / "guesses.parquet"
    write_table(read_csv(comma), parquet)
    for each in (path, comma, parquet):
        scores, therapists = read_guesses(each)
        assert scores == [score_counts(4, 6, numbers_told=True), score_counts(3, 5, numbers_told=False)]
        assert therapists == ["A", "B"]


def test_a_count_is_scored_as_the_cards_are() -> None:
    truth: tuple[Kind, ...] = ("helpful", "hindering") * 3
    guess: tuple[Kind, ...] = ("hindering", "helpful", *truth[2:])
    for told in (True, False):
        assert score_counts(4, 6, numbers_told=told) == score_guess(truth, guess, numbers_told=told)
