"""Real files of other people, as they lie in public."""

from pathlib import Path

import numpy as np
import pytest

from dialogram import TableError, read_traces, write_traces
from dialogram.archive import recognise


@pytest.mark.shared_data
@pytest.mark.parametrize("session", ["11", "32", "47"])
def test_three_raters_beside_each_other_are_read_as_they_stand_and_come_back_through_every_table(
    shared_data: Path, tmp_path: Path, session: str
) -> None:
    path = shared_data / f"arousal-raters/{session}.csv"
    traces = read_traces(path)
    cells = np.genfromtxt(path, delimiter=",", skip_header=1)
    assert (recognise(path), [trace.name for trace in traces]) == ("wide", ["1", "2", "3"])
    assert (traces[0].start_s, traces[0].step_s) == pytest.approx((cells[0, 0], np.diff(cells[:, 0]).mean()))
    for trace, column in zip(traces, cells[:, 1:].T, strict=True):
        np.testing.assert_array_equal(trace.values, column)
    for name, format_ in (("a.tsv", "wide"), ("a.csv", "long"), ("a.parquet", "parquet")):
        again = read_traces(write_traces(tmp_path / name, traces, format=format_))
        for trace, twin in zip(traces, again, strict=True):
            np.testing.assert_array_equal(trace.values, twin.values)
            assert (twin.start_s, twin.step_s) == pytest.approx((trace.start_s, trace.step_s))


@pytest.mark.shared_data
def test_many_sessions_below_each_other_are_a_trace_a_person(shared_data: Path) -> None:
    path = shared_data / "couples-dial/dial.csv"
    traces = read_traces(path)
    cells = np.genfromtxt(path, delimiter=",", skip_header=1)
    assert (recognise(path), len(traces)) == ("long", np.unique(cells[:, 1]).size)
    for trace in traces:
        np.testing.assert_array_equal(trace.values, cells[cells[:, 1] == float(trace.name), 4])


@pytest.mark.shared_data
@pytest.mark.parametrize("kind", ["decimal comma", "byte order mark", "carriage returns", "UTF-16"])
def test_a_real_file_saved_again_in_another_way_reads_the_same(shared_data: Path, tmp_path: Path, kind: str) -> None:
    text = (shared_data / "published-dyad/dyad.csv").read_text()
    expected = read_traces(shared_data / "published-dyad/dyad.csv")
    path = tmp_path / "dyad.csv"
    if kind == "decimal comma":
        path.write_text(text.replace(",", ";").replace(".", ","))
    elif kind == "carriage returns":
        path.write_bytes(text.replace("\n", "\r").encode())
    else:
        path.write_text(text, encoding="utf-16" if kind == "UTF-16" else "utf-8-sig")
    for trace, twin in zip(expected, read_traces(path), strict=True):
        np.testing.assert_array_equal(trace.values, twin.values)
        assert (trace.name, trace.step_s, trace.start_s) == (twin.name, twin.step_s, twin.start_s)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("film-observers/ao1o01.csv", "ao1o01.csv, line"),
        ("counselling-transcripts/annomi.csv", "annomi.csv, line"),
        ("couples-apim/acitelli.csv", "acitelli.csv, line 1: expected a column of times"),
        ("icc-anxiety/anxiety.csv", "anxiety.csv, line 1: expected a column of times"),
        ("response-surface/motcon.tab", "motcon.tab, line"),
    ],
)
def test_what_is_no_rating_of_one_session_is_refused_with_its_line(shared_data: Path, name: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_traces(shared_data / name)
