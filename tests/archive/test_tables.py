from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dialogram.archive import TableError, read_traces
from dialogram.timeline import Scale

PLAIN = "second,client,therapist\n0,50,40\n6.5,61.5,NA\n13,70,\n"


def _write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "ratings.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _check_plain(path: Path) -> None:
    client, therapist = read_traces(path, ["client", "therapist"])
    assert client.values.tolist() == [50, 61.5, 70]
    assert (client.name, client.step_s, client.start_s) == ("client", 6.5, 0.0)
    assert therapist.present.tolist() == [True, False, False]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.rstrip(),
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", ";").replace(".", ","),
        PLAIN.replace(",", ", "),
        PLAIN.replace("second,client,therapist", '"second","client","therapist"').replace("61.5", '"61,5"'),
        "\n" + PLAIN + ",,\n\n",
        PLAIN.replace("second", "Time"),
        PLAIN.encode("utf-16"),
        PLAIN.replace("NA", "nan").replace("therapist", "therapist,Gespräch").encode("cp1252"),
    ],
)
def test_tables_as_people_save_them(tmp_path: Path, content: str | bytes) -> None:
    if isinstance(content, bytes) and b"Gespr" in content:
        content = content.replace(b"\n", b",\n").replace(b"ch,\n", b"ch\n")
    _check_plain(_write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("second,therapist\n0,1\n1,2\n", "line 1: expected a column 'client', found the columns 'second', 'therapist'"),
        ("second,client,client\n0,1,1\n1,2,2\n", "line 1: expected one column 'client', found 2 of that name"),
        ("second,client\n0,50\n1,inf\n", "line 3: expected a number or an empty cell in 'client', found 'inf'"),
        ("second,client\n0,50\n1,fifty\n", "line 3: expected a number or an empty cell in 'client', found 'fifty'"),
        ("second,client\n0,1_0\n1,2\n", "line 2: expected a number or an empty cell in 'client', found '1_0'"),
        ("second,client\n0,1.234.5\n1,2\n", "line 2: .* found '1.234.5'"),
        ("second,client\n0,50\n\n2,51\n1,52\n", "line 5: expected a time after 2 s in 'second' .* found 1 s"),
        ("second,client\n0,50\n0,51\n", "line 3: expected a time after 0 s"),
        ("second,client\n0,5\n1,5\n2,5\n4,5\n", "line 5: expected an even step of 1 s .* found 2 s followed by 4 s"),
        ("second,client\n0,5\n,5\n2,5\n", "line 3: expected a time in seconds in 'second', found none"),
        ("second,client\n0,5\nnow,5\n2,5\n", "line 3: expected a time in seconds in 'second', found 'now'"),
        ("second,client\n0,5\n1\n", "line 3: expected 2 cells or more, found 1"),
        ("second,client\n0,5\n", "line 3: expected at least two rows, to know the step, found one"),
        ("second,client\n", "line 2: expected a row per bin, found the end of the file"),
        ("", "line 1: expected a header row and a row per bin, found an empty file"),
        ("minute,client\n0,5\n1,5\n", "line 1: expected a column of times .* found the columns 'minute', 'client'"),
        ("second,client,b\n0,50,5,61\n1,51,2,60\n", "line 2: expected 3 cells as in the header .* found 4"),
        ('second,client,note\n0,5,"ok\n1,6,ok\n2,7,ok\n', "line 4: expected cells of text, each quote closed"),
        ("second,client\n0,5e99\n1,6\n", "line 2: expected a number or an empty cell in 'client', found '5e99'"),
        ("second,client\n1e99,5\n2e99,6\n", "line 2: expected a time in seconds in 'second', found '1e99'"),
        ("person,second,client\n1,0,5\n1,1,5\n2,0,5\n", "line 4: .*raters stand beside each other, or below"),
        (b"\x00\x01\x02\xff", "line 1: expected a table of text, found bytes that are not text"),
    ],
)
def test_what_is_no_table_gets_one_line_with_file_line_expected_and_found(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(TableError, match=message) as caught:
        read_traces(_write(tmp_path, content), ["client"])
    assert str(caught.value).startswith("ratings.csv, line ")
    assert "\n" not in str(caught.value)


def test_all_columns_but_the_times_are_read_unless_named(tmp_path: Path) -> None:
    path = _write(tmp_path, PLAIN)
    assert [trace.name for trace in read_traces(path)] == ["client", "therapist"]
    with pytest.raises(TableError, match="column of ratings"):
        read_traces(_write(tmp_path, "second\n0\n1\n"))


def test_a_table_without_times_takes_a_step(tmp_path: Path) -> None:
    path = _write(tmp_path, "client\n50\n\n60\n")
    (trace,) = read_traces(path, step_s=0.5, scale=Scale(name="warmth"))
    assert (trace.step_s, trace.start_s, trace.scale.name) == (0.5, 0.0, "warmth")
    with pytest.raises(ValueError, match="step_s"):
        read_traces(path, step_s=-1)
    with pytest.raises(ValueError, match="one of the two"):
        read_traces(path, step_s=1, time_column="second")


def test_a_named_time_column_and_a_later_start(tmp_path: Path) -> None:
    path = _write(tmp_path, "second,clock,client\n9,30.0,1\n9,30.5,2\n9,31.0,3\n")
    (trace,) = read_traces(path, ["client"], time_column="clock")
    assert (trace.start_s, trace.step_s) == (30.0, 0.5)


@pytest.mark.parametrize(
    "content",
    [
        "client,therapist\n50,40\n,\n,\n60,45\n,\n",
        "client\n50\n\n\n60\n\n",
        "\nclient;therapist\n50;40\n;\n\n;\n60;45\n",
    ],
)
def test_a_row_of_empty_cells_keeps_its_place_where_only_the_place_tells_the_time(tmp_path: Path, content: str) -> None:
    for trace in read_traces(_write(tmp_path, content), step_s=1.0):
        assert trace.present.tolist() == [True, False, False, True]


def test_one_name_is_no_list_of_names(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"write \['client'\]"):
        read_traces(_write(tmp_path, PLAIN), "client")


@given(st.sampled_from([1 / 30, 1 / 3, 0.04, 6.5]), st.integers(2, 2000), st.floats(0, 500))
def test_rounded_stamps_of_a_regular_grid_are_regular(step_s: float, n: int, start_s: float) -> None:
    import tempfile

    stamps = np.round(start_s + step_s * np.arange(n), 3)
    text = "time,client\n" + "".join(f"{stamp:.3f},50\n" for stamp in stamps)
    with tempfile.TemporaryDirectory() as folder:
        (trace,) = read_traces(_write(Path(folder), text))
    assert len(trace) == n
    assert trace.step_s * n == pytest.approx(step_s * n, abs=0.002 + 0.002 * n / (n - 1))


@pytest.mark.shared_data
def test_the_published_dyad_keeps_its_step(shared_data: Path) -> None:
    client, therapist = read_traces(shared_data / "published-dyad/dyad.csv", ["client", "therapist"])
    assert (len(client), client.step_s, client.duration_s) == (458, 6.5, 2977.0)
    assert therapist.present.all()
