import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyarrow.csv import read_csv
from pyarrow.parquet import read_table, write_table
from typer.testing import CliRunner, Result

from dialogram import (
    CohortColumns,
    JudgedDyad,
    Trace,
    read_cohort,
    read_guesses,
    study_cohort,
    study_guesses,
    write_traces,
)
from dialogram.cli.program import program

NAMES = ("--dyad", "dyad", "--role", "who", "--judge", "t", "--truth", "c", "--time", "s", "--value", "dial")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["cohort", *map(str, arguments)])


def refused(done: Result, *words: str) -> None:
    """Bad input: exit code 3, nothing on stdout, one line on stderr with these words."""
    assert done.exit_code == 3, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    for word in words:
        assert word in line


def write(path: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]) -> Path:
    rows = ["dyad,who,s,dial,by"]
    for name, pair in dyads.items():
        for who, values in zip("ct", pair, strict=True):
            rows += [f"{name},{who},{2 * at},{value:.3f},T{ord(name[-1]) % 3}" for at, value in enumerate(values)]
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def dyads() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    found = {}
    for name in "abcdefgh":
        truth = 50 + 5 * rng.normal(size=90)
        found[name] = (truth, truth + rng.normal() + 4 * rng.normal(size=90))
    return found


@pytest.fixture
def table(tmp_path: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]) -> Path:
    return write(tmp_path / "cohort.csv", dyads)


@pytest.fixture
def known(tmp_path: Path) -> Path:
    path = tmp_path / "known.csv"
    path.write_text("dyad,alliance,flat\n" + "".join(f"{name},{ord(name) % 5},4\n" for name in "abcdefgh"))
    return path


def test_json_is_one_object_and_that_of_the_library(table: Path, known: Path) -> None:
    done = run(table, *NAMES, "--moderators", known, "--moderator", "alliance", "--therapist", "by", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    columns = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial", therapist="by")
    dyads = read_cohort(table, columns, moderators_path=known, moderators=["alliance"])
    expected = study_cohort(dyads, moderators=["alliance"], within_therapists=True).to_dict()
    assert json.loads(done.stdout) == json.loads(json.dumps(expected)) | {"guesses": None}


@pytest.fixture
def told(tmp_path: Path) -> Path:
    """What both say of each session, in one table: the truth's rows count for what is asked of the truth."""
    path = tmp_path / "told.csv"
    rows = [f"{name},{who},{at + (7 if who == 't' else at % 3)}" for at, name in enumerate("abcdefgh") for who in "ct"]
    path.write_text("dyad,who,rating\n" + "\n".join(rows) + "\n")
    return path


def test_what_is_told_of_sessions_is_held_against_both_ratings(table: Path, told: Path, parquet: Path) -> None:
    asked = ("--moderators", told, "--whole-rating", "rating", "--outcome", "rating", "--json")
    done = run(table, *NAMES, *asked)
    assert (done.exit_code, done.stderr) == (0, "")
    columns = CohortColumns(dyad="dyad", role="who", judge="t", truth="c", time="s", value="dial", of_truth=("rating",))
    dyads = read_cohort(table, columns, moderators_path=told, moderators=["rating"])
    assert [dyad.moderators["rating"] for dyad in dyads] == [at + at % 3 for at in range(8)]
    expected = study_cohort(dyads, whole_rating="rating", outcome="rating").to_dict()
    printed = json.loads(done.stdout)
    assert printed == json.loads(json.dumps(expected)) | {"guesses": None}
    assert (printed["whole_rating"]["n"], printed["outcome_surface"]["outcome"]) == (8, "rating")
    assert run(parquet, *NAMES, *asked, "--workers", "2").stdout == done.stdout
    of_judge = study_cohort(
        read_cohort(table, replace(columns, of_truth=()), moderators_path=told, moderators=["rating"]), outcome="rating"
    )
    assert of_judge.to_dict()["outcome_surface"] != expected["outcome_surface"], "the control reads the judge's rows"


def unanswered(done: Result, *words: str) -> dict[str, Any]:
    """Done all the same, but for one question that a line on stderr and the JSON name with these words."""
    assert done.exit_code == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    (asked,) = printed["unanswered"]
    (line,) = [line for line in done.stderr.splitlines() if "not answered" in line]
    for word in words:
        assert word in line
    assert asked["reason"] in line
    assert printed["meta"]["k"] == printed["dyads"] == 8
    return printed


def test_what_is_told_of_sessions_is_refused_in_one_line(table: Path, told: Path) -> None:
    asked = (*NAMES, "--moderators", told)
    refused(run(table, *asked, "--outcome", "rating", "--moderator", "rating"), "none that is also", "'rating'")
    refused(run(table, *asked, "--outcome", "change"), "told.csv, line 1", "a column 'change'")
    told.write_text(told.read_text().replace("h,c,", "x,c,"))
    seven = run(table, *asked, "--whole-rating", "rating", "--json")
    assert unanswered(seven, "What “rating” goes with", "at least 8", "got 7")["whole_rating"] is None
    assert run(table, *asked, "--outcome", "rating").exit_code == 0, "seven are enough for a surface"


def test_the_bootstrap_stands_beside_the_models(table: Path, known: Path) -> None:
    done = run(table, *NAMES, "--moderators", known, "--moderator", "alliance", "--json")
    for model in json.loads(done.stdout)["truth_and_bias"].values():
        drawn = model["bootstrap"]
        assert [drawn[key] for key in ("drawn", "units", "replicates", "seed")] == ["dyads", 8, 1000, 1]
        bias, tracking, standardised = drawn["coefficients"]
        assert (bias["b"], tracking["b"]) == pytest.approx((model["bias"], model["tracking"]))
        assert standardised["name"] == "tracking in units of SD"
        assert tracking["ci95"][0] < tracking["b"] < tracking["ci95"][1]
        moderated = [each["name"] for each in model["moderated_bootstrap"]["coefficients"]]
        assert moderated[2:4] == [each["name"] for each in model["moderators"]]


def test_four_dyads_are_too_few_to_draw_from(tmp_path: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    few = write(tmp_path / "few.csv", {name: dyads[name] for name in "abcd"})
    printed = json.loads(run(few, *NAMES, "--json").stdout)
    assert printed["truth_and_bias"]["iid"]["bootstrap"] is None


def test_the_words_say_what_the_two_slopes_are(table: Path) -> None:
    done = run(table, *NAMES)
    assert done.exit_code == 0
    words = " ".join(done.stdout.split())
    assert "Over 8 dyads the two raters correlate r = 0." in words
    assert "Neither corrects the other." in words


def test_who_is_left_out_is_told(tmp_path: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    truth, _ = dyads["a"]
    table = write(tmp_path / "cohort.csv", {**dyads, "flat": (truth + 1, np.full(90, 50)), "twin": dyads["b"]})
    done = run(table, *NAMES, "--json")
    assert done.stderr.splitlines() == [
        "dialogram: left out: dyad flat, the judge's rating does not vary over the 90 bins that both rated",
        "dialogram: left out: dyad twin, the judge's rating is also that of the judge of dyad 'b'",
    ]
    printed = json.loads(done.stdout)
    assert (printed["dyads"], [each["dyad"] for each in printed["excluded"]]) == (8, ["flat", "twin"])


def test_hostile_tables_get_one_line(
    tmp_path: Path, table: Path, known: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]
) -> None:
    refused(run(tmp_path / "none.csv", *NAMES), "none.csv", "can be opened")
    one = write(tmp_path / "one.csv", {"a": dyads["a"]})
    refused(run(one, *NAMES, "--json"), "at least two dyads", "found 1")
    flat = write(tmp_path / "flat.csv", {name: (truth, np.full(90, 50)) for name, (truth, _) in dyads.items()})
    refused(run(flat, *NAMES, "--json"), "found 0", "does not vary")
    refused(run(table, *NAMES, "--moderators", known, "--moderator", "bond"), "known.csv, line 1", "a column 'bond'")
    known.write_text("dyad,alliance\na,5\nb,good\n")
    refused(run(table, *NAMES, "--moderators", known, "--moderator", "alliance"), "known.csv, line 3", "'good'")
    table.write_text(table.read_text().replace("a,t,4,", "a,t,4,high"))
    refused(run(table, *NAMES, "--json"), "cohort.csv, line", "a number", "'high")


def test_a_moderator_that_says_nothing_is_named_and_the_rest_is_told(tmp_path: Path, table: Path, known: Path) -> None:
    asked = (*NAMES, "--moderators", known, "--json")
    printed = unanswered(run(table, *asked, "--moderator", "flat"), "What goes with “flat”", "is 4 in every dyad")
    assert (printed["meta_regression"], "moderators" in printed["truth_and_bias"]["iid"]) == ([], False)
    both = unanswered(run(table, *asked, "--moderator", "flat", "--moderator", "alliance"), "'flat' is 4")
    assert [each["name"] for each in both["meta_regression"]] == ["intercept", "alliance"]
    report = tmp_path / "cohort.html"
    assert run(table, *asked, "--moderator", "flat", "--report", report).exit_code == 0
    assert "What cannot be said" in report.read_text()
    known.write_text("dyad,alliance\nx,5\ny,6\n")
    unanswered(run(table, *asked, "--moderator", "alliance"), "a number of 'alliance', found 0")


def test_therapists_with_one_dyad_each_are_no_level(table: Path) -> None:
    printed = unanswered(run(table, *NAMES, "--therapist", "dyad", "--json"), "How therapists differ", "with one each")
    assert "between_therapists" not in printed["truth_and_bias"]["iid"]
    several = json.loads(run(table, *NAMES, "--therapist", "by", "--json").stdout)
    assert "between_therapists" in several["truth_and_bias"]["iid"], "the control has several dyads a therapist"
    assert several["unanswered"] == []


def test_sessions_of_a_client_are_told_from_clients(
    tmp_path: Path, table: Path, parquet: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]
) -> None:
    done = run(table, *NAMES, "--client", "by", "--json", "--report", tmp_path / "cohort.html")
    printed = json.loads(done.stdout)
    assert printed["units"] == {"what": "clients", "count": 3}
    assert (printed["meta"]["clusters"], printed["truth_and_bias"]["iid"]["bootstrap"]) == (3, None)
    assert "between_clients" in printed["truth_and_bias"]["ar1"]
    assert "3 clients, 8 dyads" in (tmp_path / "cohort.html").read_text()
    assert run(parquet, *NAMES, "--client", "by", "--json", "--workers", "2").stdout == done.stdout
    folder, known = write_files(tmp_path / "dyads", dyads), tmp_path / "whose.csv"
    known.write_text("dyad,by\n" + "".join(f"{name},T{ord(name) % 3}\n" for name in dyads))
    files = run(folder, "--judge", "t", "--truth", "c", "--moderators", known, "--client", "by", "--json")
    assert json.loads(files.stdout)["units"] == printed["units"]
    known.write_text("dyad,by\na,T1\n")
    refused(
        run(folder, "--judge", "t", "--truth", "c", "--moderators", known, "--client", "by"), "a client of dyad 'b'"
    )


@pytest.fixture
def guessed(tmp_path: Path) -> Path:
    path = tmp_path / "guesses.csv"
    rows = [f"{name},T{at % 3},{(4, 6, 2)[at % 3]},6,{('yes', 'no')[at % 2]}" for at, name in enumerate("abcdefgh")]
    path.write_text("dyad,therapist,right,of,told\n" + "\n".join(rows) + "\n")
    return path


def test_guesses_are_pooled_and_modelled(tmp_path: Path, table: Path, guessed: Path) -> None:
    report = tmp_path / "cohort.html"
    done = run(table, *NAMES, "--guesses", guessed, "--json", "--report", report)
    assert done.exit_code == 0, done.stderr
    printed = json.loads(done.stdout)["guesses"]
    scores, therapists = read_guesses(guessed)
    assert printed == json.loads(json.dumps(study_guesses(scores, therapists).to_dict()))
    assert [printed["pool"][key] for key in ("dyads", "shown", "right", "expected")] == [8, 48, 34, pytest.approx(24)]
    assert "Do they guess better than chance?" in report.read_text()
    assert "34 of 48 segments" in " ".join(run(table, *NAMES, "--guesses", guessed).stdout.split())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,T0,4,6,yes", ("line 10", "one row of dyad 'a'")),
        ("z,T0,5,6,yes", ("line 10", "sorted into as many of each kind, got 5 of 6")),
        ("z,T0,7,6,no", ("line 10", "expected 0 to 6", "got 7")),
        ("z,T0,4.5,6,no", ("line 10", "whole numbers", "4.5")),
        ("z,T0,,6,no", ("line 10", "whole numbers")),
        ("z,T0,4,6,perhaps", ("line 10", "'perhaps'")),
        ("z,,4,6,no", ("line 10", "a name in 'therapist'")),
        ("z,T0,four,6,no", ("line 10", "a number in 'right'", "'four'")),
    ],
)
def test_guesses_that_cannot_be_get_one_line(table: Path, guessed: Path, row: str, words: tuple[str, ...]) -> None:
    guessed.write_text(guessed.read_text() + row + "\n")
    refused(run(table, *NAMES, "--guesses", guessed, "--json"), "guesses.csv", *words)


def test_each_figure_can_be_had(tmp_path: Path, table: Path, told: Path, guessed: Path) -> None:
    asked = (*NAMES, "--moderators", told, "--whole-rating", "rating", "--outcome", "rating")
    drawn = {}
    for of in ("forest", "tracking", "profile", "parts", "surface", "guesses"):
        path = tmp_path / f"{of}.svg"
        also = ("--profile", "--guesses", guessed) if of in {"profile", "guesses"} else ()
        done = run(table, *asked, *also, "--of", of, "--figure", path)
        assert done.exit_code == 0, done.stderr
        drawn[of] = path.read_text()
    assert len(set(drawn.values())) == 6
    refused(run(table, *NAMES, "--of", "profile", "--figure", tmp_path / "no.svg"), "nothing to draw of 'profile'")
    assert run(table, *NAMES, "--of", "everything").exit_code == 2


def test_tracking_is_told_at_other_lags_and_widths(tmp_path: Path, table: Path, parquet: Path) -> None:
    report = tmp_path / "cohort.html"
    done = run(table, *NAMES, "--profile", "--therapist", "by", "--json", "--report", report)
    printed = json.loads(done.stdout)
    profile, model = printed["tracking_profile"], printed["truth_and_bias"]
    for residuals in ("iid", "ar1"):
        lags = {at["lag_s"]: at["tracking"]["b"] for at in profile[residuals]["by_lag"]}
        assert list(lags) == [-30, -20, -10, -4, 0, 4, 10, 20, 30]
        assert lags[0] == pytest.approx(model[residuals]["tracking"])
        assert max(lags, key=lambda lag_s: lags[lag_s]) == 0
        assert [at["bin_s"] for at in profile[residuals]["by_width"]] == [2, 4, 8, 16]
    assert "Quick moves, or the course of the session?" in report.read_text()
    shared = run(parquet, *NAMES, "--profile", "--therapist", "by", "--json", "--workers", "2")
    assert shared.stdout == done.stdout
    assert json.loads(run(table, *NAMES, "--json").stdout)["tracking_profile"] is None


def write_files(folder: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]) -> Path:
    """A file a dyad, in three formats; of one dyad a folder with a file a rater."""
    folder.mkdir()
    for at, (name, pair) in enumerate(dyads.items()):
        raters = [Trace(values=values, step_s=2.0, name=who) for who, values in zip("ct", pair, strict=True)]
        if at == 3:
            (folder / name).mkdir()
            for trace in raters:
                write_traces(folder / name / f"{trace.name}.csv", [trace], format="carma")
        else:
            write_traces(folder / f"{name}{('.csv', '.parquet')[at % 2]}", raters, format=("long", "parquet")[at % 2])
    return folder


def test_a_file_a_dyad_gives_what_a_long_table_gives(
    tmp_path: Path, known: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]
) -> None:
    folder = write_files(tmp_path / "dyads", dyads)
    known.rename(folder / "known.csv")
    known = folder / "known.csv"
    (folder / ".DS_Store").write_bytes(b"\x00")
    done = run(folder, "--judge", "t", "--truth", "c", "--moderators", known, "--moderator", "alliance", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    judged = [
        JudgedDyad(
            name=name,
            judge=Trace(values=t, step_s=2.0, name="t"),
            truth=Trace(values=c, step_s=2.0, name="c"),
            moderators={"alliance": ord(name) % 5},
        )
        for name, (c, t) in dyads.items()
    ]
    expected = study_cohort(judged, moderators=["alliance"]).to_dict()
    printed = json.loads(done.stdout)
    assert printed["per_dyad"] == pytest.approx([pytest.approx(each) for each in expected["per_dyad"]])
    assert printed["truth_and_bias"]["ar1"]["moderators"][1]["b"] == pytest.approx(
        expected["truth_and_bias"]["ar1"]["moderators"][1]["b"]
    )
    known.write_text("dyad,by\n" + "".join(f"{name},T{ord(name) % 3}\n" for name in dyads))
    done = run(folder, "--judge", "t", "--truth", "c", "--moderators", known, "--therapist", "by", "--json")
    assert "between_therapists" in json.loads(done.stdout)["truth_and_bias"]["iid"]


def test_folders_that_hold_no_dyads_get_one_line(
    tmp_path: Path, known: Path, dyads: dict[str, tuple[np.ndarray, np.ndarray]]
) -> None:
    roles = ("--judge", "t", "--truth", "c")
    (tmp_path / "empty").mkdir()
    refused(run(tmp_path / "empty", *roles), "empty", "found none")
    folder = write_files(tmp_path / "dyads", dyads)
    refused(run(folder, "--judge", "she", "--truth", "c"), "a.csv", "'she'", "'c', 't'")
    (folder / "notes.docx").write_bytes(b"PK\x03\x04\x00\xff")
    refused(run(folder, *roles), "notes.docx")
    (folder / "notes.docx").unlink()
    (folder / "a.tsv").write_text("s\tc\tt\n0\t1\t2\n")
    refused(run(folder, *roles), "one dyad 'a'")
    (folder / "a.tsv").unlink()
    (folder / "d" / "t.csv").rename(folder / "d" / "she.csv")
    refused(run(folder, *roles), "d: expected one file called 't'", "'c.csv', 'she.csv'")
    (folder / "d" / "she.csv").rename(folder / "d" / "t.csv")
    known.write_text("dyad,by\na,T1\na,T2\n")
    refused(run(folder, *roles, "--moderators", known, "--therapist", "by"), "known.csv, line 3", "one row of dyad 'a'")
    known.write_text("dyad,by\na,T1\n")
    refused(run(folder, *roles, "--moderators", known, "--therapist", "by"), "a therapist of dyad 'b'")


def test_the_figure_and_the_report_are_written(tmp_path: Path, table: Path) -> None:
    done = run(table, *NAMES, "--figure", tmp_path / "forest.svg", "--report", tmp_path / "cohort.html")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "forest.svg").read_text().count("<svg") == 1
    assert "Congruence in 8 dyads" in (tmp_path / "cohort.html").read_text()


@pytest.mark.parametrize(
    "wrong",
    [
        NAMES[2:],
        (*NAMES[:5], "c", *NAMES[6:]),
        (*NAMES, "--moderators", "known.csv"),
        (*NAMES, "--moderator", "alliance", "--moderator", "alliance"),
        (*NAMES, "--workers", "0"),
        (*NAMES, "--workers", "2", "--scheduler", "tcp://localhost:8786"),
        ("--judge", "t", "--truth", "c"),
        (*NAMES, "--figure", "forest.gif"),
        (*NAMES, "--report", "cohort.doc"),
    ],
)
def test_wrong_use_is_told_from_bad_input(table: Path, wrong: tuple[str, ...]) -> None:
    done = run(table, *wrong)
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.fixture
def parquet(table: Path) -> Path:
    path = table.with_suffix(".parquet")
    write_table(read_csv(table), path)
    return path


def test_a_folder_of_parquet_is_one_cohort(tmp_path: Path, parquet: Path) -> None:
    folder = tmp_path / "sites"
    folder.mkdir()
    whole = read_table(parquet)
    write_table(whole.slice(0, 500), folder / "a.parquet")
    write_table(whole.slice(500), folder / "b.parquet")
    assert run(folder, *NAMES, "--json").stdout == run(parquet, *NAMES, "--json").stdout
    refused(run(tmp_path / "none", *NAMES, "--json"), "none", "can be opened")


def test_without_dask_one_line_says_what_to_install(parquet: Path) -> None:
    code = "import sys; sys.modules['distributed'] = None; from dialogram.cli import main; main()"
    command = [sys.executable, "-c", code, "cohort", str(parquet), *NAMES, "--json"]
    done = subprocess.run([*command, "--scheduler", "local"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == "dialogram: distributed is not installed; this needs the extra: pip install 'dialogram[cluster]'\n"
    )
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.shared_data
def test_the_couples(shared_data: Path) -> None:
    """Every printed check value, by the command itself; couple 19, one rating twice, is found and left out."""
    folder = shared_data / "couples-dial"
    names = ("--dyad", "couple", "--role", "female", "--judge", "1", "--truth", "0", "--time", "time")
    done = run(folder / "dial.csv", *names, "--value", "dial", "--json")
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    assert [each["dyad"] for each in printed["excluded"]] == ["19"]
    meta, iid, ar1 = printed["meta"], printed["truth_and_bias"]["iid"], printed["truth_and_bias"]["ar1"]
    assert [round(meta[key], 6) for key in ("z", "se", "tau2")] == [0.302554, 0.041686, 0.011737]
    assert (meta["k"], round(meta["i2"], 2), round(meta["q"], 4)) == (19, 35.15, 27.1248)
    assert [round(end, 4) for end in meta["prediction95"]] == [0.0587, 0.5464]
    assert (iid["n"], iid["dyads"]) == (8515, 19)
    assert [round(iid[key], 6) for key in ("bias", "bias_se", "tracking", "tracking_se")] == [
        -0.120971,
        0.113338,
        0.340177,
        0.042164,
    ]
    assert [round(iid[key], 6) for key in ("var_bias", "var_tracking", "cov", "residual")] == [
        0.242282,
        0.030625,
        -0.011474,
        0.722868,
    ]
    assert (round(ar1["loglik"], 2), round(ar1["tracking"], 4), round(ar1["rho"], 3)) == (-3877.29, 0.0698, 0.909)
