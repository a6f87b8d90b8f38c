import math
from pathlib import Path

import numpy as np
import pytest
from pyarrow import csv, parquet

from dialogram import CohortColumns, TableError, read_cohort

COLUMNS = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial")


def write(folder: Path, rows: list[str], name: str = "cohort.csv", header: str = "dyad,who,s,dial") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def rows_of(dyad: str, who: str, times: list[float], value: float = 50) -> list[str]:
    return [f"{dyad},{who},{time:g},{value + index % 7}" for index, time in enumerate(times)]


def test_rows_may_stand_in_any_order_and_gaps_stay_in_place(tmp_path: Path) -> None:
    rows = ["b,t,4,1", "a,c,6,13", "b,c,0,2", "a,t,0,20", "a,t,6,23", "a,c,0,10", "a,t,2,NA", "a,c,2,11", "b,t,0,3"]
    first, second = read_cohort(write(tmp_path, [*rows, "b,c,4,5", "b,observer,2,9"]), COLUMNS)
    assert (first.name, second.name) == ("b", "a")
    np.testing.assert_array_equal(second.judge.values, [20, np.nan, np.nan, 23])
    np.testing.assert_array_equal(second.truth.values, [10, 11, np.nan, 13])
    assert (second.judge.step_s, first.judge.step_s) == (2.0, 4.0)


def test_a_rater_who_came_late_begins_late(tmp_path: Path) -> None:
    rows = rows_of("a", "c", [0, 1, 2, 3, 4]) + rows_of("a", "t", [2, 3, 4])
    (dyad,) = read_cohort(write(tmp_path, rows), COLUMNS)
    assert np.isnan(dyad.judge.values[:2]).all()
    assert dyad.judge.present.sum() == 3


def test_rounded_times_lie_on_the_grid_they_were_rounded_from(tmp_path: Path) -> None:
    times = [round(index * 6.5517, 1) for index in range(400)]
    (dyad,) = read_cohort(write(tmp_path, rows_of("a", "c", times) + rows_of("a", "t", times)), COLUMNS)
    assert len(dyad.judge) == 400
    assert dyad.judge.step_s == pytest.approx(6.5517, abs=1e-3)


def test_an_absent_rater_is_all_missing(tmp_path: Path) -> None:
    rows = rows_of("a", "c", [0, 1, 2]) + rows_of("b", "t", [0, 1, 2])
    first, _ = read_cohort(write(tmp_path, rows), COLUMNS)
    assert not first.judge.present.any()


def test_moderators_are_the_judge_s_where_roles_are_told(tmp_path: Path) -> None:
    table = write(tmp_path, rows_of("a", "c", [0, 1, 2]) + rows_of("a", "t", [0, 1, 2]))
    of_each = write(tmp_path, ["a,c,5,1", "a,t,3,1"], "each.csv", "dyad,who,alliance,sessions")
    of_dyad = write(tmp_path, ["a,5", "a,", "a,5"], "dyads.csv", "dyad,alliance")
    (dyad,) = read_cohort(table, COLUMNS, moderators_path=of_each, moderators=["alliance", "sessions"])
    assert dict(dyad.moderators) == {"alliance": 3.0, "sessions": 1.0}
    (dyad,) = read_cohort(table, COLUMNS, moderators_path=of_dyad, moderators=["alliance"])
    assert dict(dyad.moderators) == {"alliance": 5.0}


def test_moderators_and_therapists_may_stand_in_the_long_table(tmp_path: Path) -> None:
    rows = [
        f"{dyad},{who},{s},{s * 3},T1,{alliance}"
        for dyad, alliance in (("a", 5), ("b", ""))
        for who in "ct"
        for s in (0, 1)
    ]
    path = write(tmp_path, rows, header="dyad,who,s,dial,therapist,alliance")
    columns = CohortColumns(
        dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial", therapist="therapist"
    )
    first, second = read_cohort(path, columns, moderators=["alliance"])
    assert (first.therapist, second.therapist) == ("T1", "T1")
    assert (dict(first.moderators), dict(second.moderators)) == ({"alliance": 5.0}, {})


GOOD = rows_of("a", "c", [0, 1, 2]) + rows_of("a", "t", [0, 1, 2])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([*GOOD, "a,t,3,high"], ["line 8", "a number", "'high'"]),
        ([*GOOD, "a,t,soon,50"], ["line 8", "a time in seconds", "'soon'"]),
        ([*GOOD, "a,t,,50"], ["line 8", "a time in seconds in 's'", "found none"]),
        ([*GOOD, ",t,3,50"], ["line 8", "the name of a dyad in 'dyad'", "found none"]),
        ([*GOOD, "a,,3,50"], ["line 8", "who rated", "found none"]),
        ([*GOOD, "a,t,2,50"], ["line 8", "one row of 't' in dyad 'a' for each bin of 1 s", "found 2 s"]),
        ([*GOOD, "a,t,2.6,50"], ["dyad 'a'", "a time every"]),
        ([*GOOD, "a,t,1e12,50"], ["times of one session in dyad 'a'", "1e+12 s"]),
        (rows_of("a", "c", [0, 1, 2]), ["the judge 't' somewhere in 'who'", "found 'c'"]),
        (rows_of("a", "t", [0, 1, 2]), ["the truth 'c' somewhere in 'who'", "found 't'"]),
        (
            rows_of("a", "c", list(range(20))) + rows_of("a", "t", list(range(0, 40, 2))),
            ["line 2", "both raters of dyad 'a' at one step", "2 s and 1 s"],
        ),
    ],
)
def test_bad_tables_get_one_line(tmp_path: Path, rows: list[str], words: list[str]) -> None:
    read_cohort(write(tmp_path, GOOD), COLUMNS)
    with pytest.raises(TableError, match=r"^cohort\.csv, line") as refused:
        read_cohort(write(tmp_path, rows), COLUMNS)
    for word in words:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("rows", "header", "words"),
    [
        (["a,good"], "dyad,alliance", ["line 2", "a number or an empty cell in 'alliance'", "'good'"]),
        (["a,5", "a,6"], "dyad,alliance", ["line 3", "one 'alliance' of dyad 'a', 5", "found 6"]),
        (["a,5"], "dyad,bond", ["a column 'alliance'"]),
        (["a,5"], "pair,alliance", ["a column 'dyad'"]),
    ],
)
def test_bad_moderators_get_one_line(tmp_path: Path, rows: list[str], header: str, words: list[str]) -> None:
    with pytest.raises(TableError, match=r"^known\.csv, line") as refused:
        read_cohort(
            write(tmp_path, GOOD),
            COLUMNS,
            moderators_path=write(tmp_path, rows, "known.csv", header),
            moderators=["alliance"],
        )
    for word in words:
        assert word in str(refused.value)


def test_a_dyad_with_two_therapists_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, ["a,t,0,1,T1", "a,c,0,1,T2"], header="dyad,who,s,dial,by")
    columns = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial", therapist="by")
    with pytest.raises(TableError, match=r"line 3: expected the therapist 'T1' of dyad 'a', found 'T2'"):
        read_cohort(path, columns)


@pytest.mark.shared_data
def test_the_couples(shared_data: Path) -> None:
    columns = CohortColumns(dyad="couple", role="female", judge="1", truth="0", time="time", value="dial")
    couples = read_cohort(
        shared_data / "couples-dial/dial.csv",
        columns,
        moderators_path=shared_data / "couples-dial/persons.csv",
        moderators=["reltime"],
    )
    assert len(couples) == 20
    assert all(math.isfinite(couple.moderators["reltime"]) for couple in couples)
    assert {couple.judge.step_s for couple in couples} == {1.0}


def test_parquet_says_the_same_as_text(tmp_path: Path) -> None:
    path = write(tmp_path, rows_of("a", "c", [0, 1, 2]) + rows_of("b", "t", [0, 2, 3]) + rows_of("b", "c", [0, 1, 3]))
    table = csv.read_csv(path)
    parquet.write_table(table, tmp_path / "cohort.parquet")
    for text, same in zip(read_cohort(path, COLUMNS), read_cohort(tmp_path / "cohort.parquet", COLUMNS), strict=True):
        assert (text.name, text.judge.step_s) == (same.name, same.judge.step_s)
        np.testing.assert_array_equal(text.judge.values, same.judge.values)
        np.testing.assert_array_equal(text.truth.values, same.truth.values)
    parquet.write_table(table.rename_columns(["pair", "who", "s", "dial"]), tmp_path / "cohort.parquet")
    with pytest.raises(TableError, match=r"^cohort\.parquet, row 1: expected a column 'dyad'"):
        read_cohort(tmp_path / "cohort.parquet", COLUMNS)
