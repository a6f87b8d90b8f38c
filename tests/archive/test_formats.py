"""The page of the formats is the program's: each of its files is recognised and read, whole or spoiled."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dialogram.archive import FORMATS, TableError, read_traces, recognise
from dialogram.timeline import Trace

PAGE = (Path(__file__).parents[2] / "docs/reference/formats.md").read_text()
NAMES = [format_.name for format_ in FORMATS]
SECTIONS = {part.split("`")[1]: part for part in PAGE.split("\n## ")[1:] if part.startswith("`")}
EXAMPLES = {name: re.findall(r"```\w+\n(.*?)```", SECTIONS[name], re.DOTALL) for name in SECTIONS}
TEXT_EXAMPLES = {name: blocks[0] for name, blocks in EXAMPLES.items() if len(blocks) == 1}


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def put_example(folder: Path, name: str) -> Path:
    """Write the page's file of a format, NOVA's samples beside it."""
    if name == "nova":
        put(folder, "client.annotation~", EXAMPLES[name][1])
        return put(folder, "client.annotation", EXAMPLES[name][0])
    return put(folder, "client.csv", EXAMPLES[name][0])


def test_the_page_of_the_commands_names_every_format() -> None:
    commands = (Path(__file__).parents[2] / "docs/reference/commands.md").read_text()
    sentence = commands.partition("`--to` is one of ")[2].partition(";")[0]
    assert sorted(re.findall(r"`(.+?)`", sentence)) == sorted(NAMES)


def test_bins_beyond_number_are_refused(tmp_path: Path) -> None:
    path = put_example(tmp_path, "carma-dump")
    with pytest.raises(ValueError, match="step_s: expected at most 10000000 bins in 2 s, got a step of 1e-09 s"):
        read_traces(path, step_s=1e-9)


def test_every_format_has_its_section_and_its_row() -> None:
    assert sorted(SECTIONS) == sorted(NAMES)
    rows = re.findall(r"^\| `([\w.-]+)` \| ((?:`\.\w+` ?)+)\|", PAGE, re.MULTILINE)
    assert {name: tuple(re.findall(r"`(.+?)`", cell)) for name, cell in rows} == {
        format_.name: format_.suffixes for format_ in FORMATS
    }


@pytest.mark.parametrize("name", [name for name in NAMES if name != "parquet"])
def test_the_page_s_file_is_recognised(tmp_path: Path, name: str) -> None:
    assert recognise(put_example(tmp_path, name)) == name


def values(trace: Trace) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 6) for value in trace.values]


def ends(trace: Trace) -> tuple[float, float, float, str, str]:
    scale = trace.scale
    return scale.low, scale.neutral, scale.high, scale.low_label, scale.high_label


HELPFUL = (0.0, 50.0, 100.0, "hindering", "helpful")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("wide", {"client": (0, 6.5, [50, 61, None], HELPFUL), "therapist": (0, 6.5, [48.5, None, 52], HELPFUL)}),
        ("long", {"client": (0, 1, [50, 61.5], HELPFUL), "therapist": (0.5, 2, [40, None], HELPFUL)}),
        ("carma", {"client": (0, 1, [0, 12.5, None], (-100, 0, 100, "very hindering", "very helpful"))}),
        ("carma-14.00", {"client": (0, 0.25, [0, 12.34], (-100, 0, 100, "very hindering", "very helpful"))}),
        ("carma-12", {"client": (0, 1, [0, 1.875], (-10, 0, 10, "Negative", "Positive"))}),
        ("carma-dump", {"client": (0, 1, [11.675, 25], HELPFUL)}),
        (
            "darma",
            {
                "Communion": (0, 0.5, [-7.8, 12, None], (-1000, 0, 1000, "low Communion", "high Communion")),
                "Agency": (0, 0.5, [335.4, 340, None], (-1000, 0, 1000, "low Agency", "high Agency")),
                "Button": (0, 0.5, [0, 1, 0], (0, 0.5, 1, "up", "down")),
            },
        ),
        (
            "darma-log",
            {
                "X": (0, 1, [9.95], HELPFUL),
                "Y": (0, 1, [238.425], HELPFUL),
                "Button": (0, 1, [1], (0, 0.5, 1, "up", "down")),
            },
        ),
        ("pagan", {"p7": (0, 1, [None, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2], (-100, 0, 100, "low", "high"))}),
        ("nova", {"client": (0, 0.5, [0, 0.25, None], (-1, 0, 1, "low", "high"))}),
    ],
)
def test_the_page_s_file_is_read(tmp_path: Path, name: str, expected: dict[str, tuple[object, ...]]) -> None:
    found = read_traces(put_example(tmp_path, name))
    assert {trace.name: (trace.start_s, trace.step_s, values(trace), ends(trace)) for trace in found} == expected


def test_nova_is_read_by_either_of_its_two_files(tmp_path: Path) -> None:
    (one,) = read_traces(put_example(tmp_path, "nova"))
    (other,) = read_traces(tmp_path / "client.annotation~")
    assert (one.name, values(one)) == (other.name, values(other))


def saved_again(content: str) -> dict[str, bytes]:
    """Give the same file as spreadsheets and editors would save it."""
    return {
        "BOM": b"\xef\xbb\xbf" + content.encode(),
        "CRLF": content.replace("\n", "\r\n").encode(),
        "CR": content.replace("\n", "\r").encode(),
        "UTF-16": content.encode("utf-16"),
        "no last line end": content.rstrip("\n").encode(),
        "empty lines at the end": (content + "\n\n").encode(),
    }


@pytest.mark.parametrize("name", sorted(TEXT_EXAMPLES))
@pytest.mark.parametrize("how", sorted(saved_again("")))
def test_saved_again_it_reads_the_same(tmp_path: Path, name: str, how: str) -> None:
    before = read_traces(put(tmp_path, "client.csv", TEXT_EXAMPLES[name]))
    path = put(tmp_path, "client.csv", saved_again(TEXT_EXAMPLES[name])[how])
    assert recognise(path) == name
    assert [(t.name, values(t), ends(t)) for t in read_traces(path)] == [(t.name, values(t), ends(t)) for t in before]


@pytest.mark.parametrize("name", ["wide", "long", "carma", "carma-12", "carma-dump", "darma", "darma-log"])
def test_saved_again_where_the_decimal_mark_is_a_comma(tmp_path: Path, name: str) -> None:
    content = TEXT_EXAMPLES[name].replace("; ", " ")
    before = read_traces(put(tmp_path, "client.csv", content))
    path = put(tmp_path, "client.csv", re.sub(r"(?<=\d)\.(?=\d)", ",", content.replace(",", ";")))
    assert recognise(path) == name
    assert [(t.name, values(t), ends(t)) for t in read_traces(path)] == [(t.name, values(t), ends(t)) for t in before]


def read_or_refuse(path: Path) -> str | None:
    """Read; give the refusal, which is one line that begins with the file's name."""
    said = None
    try:
        read_traces(path)
    except TableError as error:
        said = str(error)
    assert said is None or (said.startswith(path.name) and "\n" not in said)
    return said


@pytest.mark.parametrize("name", sorted(TEXT_EXAMPLES))
def test_cut_off_anywhere_it_is_read_or_refused(tmp_path: Path, name: str) -> None:
    content = TEXT_EXAMPLES[name].encode()
    said = [read_or_refuse(put(tmp_path, "client.csv", content[:length])) for length in range(len(content))]
    assert said[0] == "client.csv, line 1: expected a header row and a row per bin, found an empty file"
    assert read_or_refuse(put(tmp_path, "client.csv", content)) is None


@given(
    st.sampled_from(sorted(TEXT_EXAMPLES)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(min_size=0, max_size=3)), min_size=1, max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_spoiled_anywhere_it_is_read_or_refused(name: str, spoils: list[tuple[float, int, bytes]]) -> None:
    content = TEXT_EXAMPLES[name].encode()
    for place, lost, put_in in spoils:
        at = int(place * len(content))
        content = content[:at] + put_in + content[at + lost :]
    with tempfile.TemporaryDirectory() as folder:
        read_or_refuse(put(Path(folder), "client.csv", content))


@given(st.binary(max_size=200), st.sampled_from(["", "PAR1", "<annotation>", "second,client\n", "0,1\n"]))
@settings(max_examples=200, deadline=None)
def test_bytes_of_anything_are_read_or_refused(noise: bytes, before: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read_or_refuse(put(Path(folder), "client.csv", before.encode() + noise))


@pytest.mark.parametrize("half", ["client.annotation", "client.annotation~"])
def test_either_half_of_nova_cut_off_is_read_or_refused(tmp_path: Path, half: str) -> None:
    path = put_example(tmp_path, "nova")
    content = (tmp_path / half).read_bytes()
    said = []
    for length in range(1, len(content)):
        put(tmp_path, half, content[:length])
        said.append(read_or_refuse(path))
    assert None not in said[: len(content) // 2]


CARMA, DARMA, NOVA = EXAMPLES["carma"][0], EXAMPLES["darma"][0], EXAMPLES["nova"][0]
OLD, PAGAN = EXAMPLES["carma-12"][0], EXAMPLES["pagan"][0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (CARMA.replace('",-100', '",low'), "line 5: expected a number behind 'Minimum Value', found 'low'"),
        (CARMA.replace('",-100', '",'), "line 5: expected a number behind 'Minimum Value', found none"),
        (CARMA.replace('",-100', '",100'), "line 5: expected a minimum below the middle below the maximum, found 100,"),
        (CARMA.replace('"Maximum Value",100\n', ""), "line 1: expected a row 'Maximum Value' above the ratings"),
        (CARMA.replace("2,12.5", "2,good"), "line 11: expected a number or an empty cell in 'Rating', found 'good'"),
        (CARMA.replace("2,12.5", "2,12,5"), "line 11: expected 2 cells as in the header"),
        (CARMA.replace("2,12.5", "2"), "line 11: expected 2 cells or more, found 1"),
        (CARMA.replace("3,NaN", "4,NaN"), "line 11: expected an even step of 1.5 s"),
        (CARMA.replace("2,12.5", "2;12.5"), "line 11: expected a time in seconds in 'Second', found '2;12.5'"),
        (CARMA[: CARMA.index("1,0")], "line 10: expected a row per bin, found the end of the file"),
        (OLD.replace("5,2,1.875", "6,2,1.875"), "line 3: expected one rating a file, with '5' in 'Number of Steps'"),
        (DARMA.replace('"Magnitude",1000', '"Magnitude",-1'), "line 3: expected a magnitude above 0, found -1"),
        (DARMA.replace("Agency", "Communion"), "line 4: expected labels that tell the axes and the button apart"),
        (DARMA.replace("335.4", "up"), "line 6: expected a number or an empty cell in 'Y', found 'up'"),
        ("0,50\n60,51\n1,52\n", "line 3: expected a time from 60 s on .*too far ahead.*, found 1 s"),
        ("0,50\n1,51,52\n", "line 2: expected 2 numbers, found 3 cells"),
        ("0,50\n0,51\n", "line 2: expected samples of more than one moment, found only 0 s"),
        ("0,50\n1e9,51\n", "line 2: expected a time in seconds, 604800 at most, found 1e"),
        ("0,50,40,30\n1,51,40,30\n", "line 1: expected 0 or 1 for the button of a log of DARMA, or a header, found 30"),
        ("-5,50\n1,51\n", "line 1: expected a time from 0 s on"),
        (PAGAN.replace(",1500,1\n", ",1500,\n"), "line 3: expected a value, found none"),
        (PAGAN.replace(",1500,1\n", ",1500,high\n"), "line 3: expected a number, found 'high'"),
        (PAGAN.replace(",4000,2\n", ",400,2\n"), "line 4: expected a time from 1.5 s on"),
        (PAGAN[: PAGAN.index("hope")], "line 2: expected a row per change, found the end of the file"),
        ("\n".join(PAGAN.split("\n")[:2]), "line 2: expected a row of 'p7' after 0 s, to know when"),
        ("rater,second,value\nclient,0,5\n,1,6\n", "line 3: expected who rated in 'rater', found an empty cell"),
        ("rater,second,value\na,0,5\na,1,6\nb,0,1\n", "line 5: expected at least two rows, to know the step"),
        ("rater,second,value\na,0,5\na,1,6\na,0,1\na,1,1\n", "line 4: expected a time after 1 s in 'second'"),
        ("<annotation", "line 1: expected XML, found unclosed token"),
        ('<!DOCTYPE a [<!ENTITY x "y">]>\n<annotation/>', "line 1: expected XML without a document type"),
        ("<tier/>", "line 1: expected an <annotation>, found <tier>"),
        ("<annotation/>", "line 1: expected a <info> in the <annotation>, found none"),
        (NOVA.replace("CONTINUOUS", "DISCRETE"), "line 1: expected a scheme of type CONTINUOUS, found 'DISCRETE'"),
        (NOVA.replace('sr="2"', 'sr="0"'), "line 1: expected sr above 0 and min below max, found sr 0"),
        (NOVA.replace('sr="2"', 'sr="fast"'), "line 1: expected a number as 'sr' of the <scheme>, found 'fast'"),
        (NOVA.replace('sr="2"', ""), "line 1: expected a number as 'sr' of the <scheme>, found none"),
        (b"PAR1 and no more", "expected a whole file of Parquet, found: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableError, match=message) as caught:
        read_traces(put(tmp_path, "client.csv", content))
    assert str(caught.value).startswith("client.csv")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ("0;1\n0,25;0,5\n", "line 3: expected 3 samples, found 2"),
        ("0;1\n0,25\nNaN;0\n", "line 2: expected a score and a confidence, found 1 cells"),
        ("0;1\n0,25;0,5\nhigh;0\n", "line 3: expected a number as score, found 'high'"),
        ("", "line 1: expected 3 samples, found 0"),
    ],
)
def test_what_is_wrong_with_samples_of_nova_is_said_with_their_line(tmp_path: Path, samples: str, message: str) -> None:
    path = put_example(tmp_path, "nova")
    put(tmp_path, "client.annotation~", samples)
    with pytest.raises(TableError, match=f"client.annotation~, {message}"):
        read_traces(path)


def test_samples_of_nova_in_binary(tmp_path: Path) -> None:
    path = put(tmp_path, "client.annotation", NOVA.replace("ASCII", "BINARY"))
    samples = np.array([[0, 1], [0.25, 0.5], [np.nan, 0]], dtype="<f4").tobytes()
    put(tmp_path, "client.annotation~", samples)
    assert values(read_traces(path)[0]) == [0, 0.25, None]
    for spoiled, message in (
        (samples[:-1], "pairs of 8 bytes, found 23 bytes"),
        (samples[:-8], "3 samples, found 2"),
        (np.array([[0, 1], [np.inf, 1], [0, 0]], dtype="<f4").tobytes(), "line 2: expected a number as score"),
    ):
        put(tmp_path, "client.annotation~", spoiled)
        with pytest.raises(TableError, match=message):
            read_traces(path)


def test_samples_of_nova_are_looked_for_beside_the_scheme(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"client\.csv~"):
        read_traces(put(tmp_path, "client.csv", NOVA))


def test_several_sessions_of_one_person_are_told_apart(tmp_path: Path) -> None:
    again = PAGAN + PAGAN.split("\n", 1)[1].replace("s1", "s2") + PAGAN.split("\n", 1)[1].replace("p7", "p8")
    path = put(tmp_path, "log.csv", again)
    assert [trace.name for trace in read_traces(path)] == ["p7 project_1 s1", "p7 project_1 s2", "p8"]
    (trace,) = read_traces(path, ["p8"], step_s=6.0)
    assert values(trace) == [pytest.approx((2.5 * 1 + 2 * 2) / 4.5, abs=1e-6), 2]
    with pytest.raises(TableError, match="expected a session 'p9', found only 'p7 project_1 s1', "):
        read_traces(path, ["p9"])


def test_a_session_broken_off_at_once_stands_in_the_way_of_no_other(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", PAGAN + "hope, at last - 12,project_1,p8,s1,1700000000000,0,0\n")
    assert [trace.name for trace in read_traces(path, ["p7"])] == ["p7"]


def test_what_the_test_mode_of_pagan_downloads(tmp_path: Path) -> None:
    path = put(tmp_path, "trial.csv", "Timestamp,VideoTime,Value\r\n5,0,0\r\n6,1000,-3\r\n9,3000,0\r\n")
    (trace,) = read_traces(path)
    assert (trace.name, values(trace)) == ("trial", [None, -3, -3])


def test_several_ratings_of_darma_in_one_table(tmp_path: Path) -> None:
    header = "AnnotationFile,MultimediaFile,Magnitude,XLabel,YLabel,Second,X,Y,Button\n"
    row = "{file},clip.mp4,{magnitude},Communion,Agency,{second},{x},5,0\n"
    rows = [
        row.format(file=file, magnitude=100, second=second, x=x)
        for file, x in (("one", 1), ("two", 2))
        for second in (1, 2)
    ]
    path = put(tmp_path, "all.csv", header + "".join(rows))
    found = {trace.name: values(trace) for trace in read_traces(path, ["two Communion", "one Agency"])}
    assert found == {"two Communion": [2, 2], "one Agency": [5, 5]}
    rows[1] = row.format(file="one", magnitude=50, second=2, x=1)
    with pytest.raises(TableError, match=r"line 3: expected the axes .* of 'one' all the way"):
        read_traces(put(tmp_path, "all.csv", header + "".join(rows)))


def test_an_additional_first_row_of_older_matlab_does_no_harm(tmp_path: Path) -> None:
    old = EXAMPLES["carma-14.00"][0]
    path = put(tmp_path, "client.csv", "output1,output2\n" + old.replace("very hindering", "bad, very, bad"))
    (trace,) = read_traces(path)
    assert (values(trace), trace.scale.low_label) == ([0, 12.34], "bad, very, bad")


def test_one_bin_of_carma_tells_its_step_and_a_file_cut_at_its_begin_its_start(tmp_path: Path) -> None:
    one = CARMA.replace("2,12.5\n3,NaN\n", "")
    (trace,) = read_traces(put(tmp_path, "client.csv", one))
    assert (trace.start_s, trace.step_s, values(trace)) == (0, 1, [0])
    (trace,) = read_traces(put(tmp_path, "client.csv", CARMA.replace("\n1,0\n", "\n")))
    assert (trace.start_s, trace.step_s, values(trace)) == (1, 1, [12.5, None])


def test_a_long_table_gives_its_columns_when_they_are_named(tmp_path: Path) -> None:
    path = put(tmp_path, "one.csv", "participant,second,rating\n7,0,50\n7,1,61\n")
    assert [trace.name for trace in read_traces(path)] == ["7"]
    assert values(read_traces(path, ["rating"])[0]) == [50, 61]
    (trace,) = read_traces(put(tmp_path, "two.csv", "rater,value\na,5\nb,1\na,\na,7\n"), ["a"], step_s=0.5)
    assert (trace.step_s, values(trace)) == (0.5, [5, None, 7])


@pytest.mark.parametrize(
    ("name", "step_s", "time_column"), [("carma", 1.0, None), ("darma", None, "Second"), ("pagan", None, "VideoTime")]
)
def test_what_a_file_tells_itself_is_not_to_be_told(
    tmp_path: Path, name: str, step_s: float | None, time_column: str | None
) -> None:
    path = put_example(tmp_path, name)
    with pytest.raises(ValueError, match=f"is of the format '{name}' and tells its times itself"):
        read_traces(path, step_s=step_s, time_column=time_column)
