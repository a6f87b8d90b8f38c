import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.alive import alive_in
from typer.testing import CliRunner, Result

from dialogram import SupposedCohort, plan_study
from dialogram.cli.program import program

SMALL = ("--tracking", "0.3", "--dyads", "3,6", "--minutes", "5,10", "--studies", "12")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["plan", *map(str, arguments)])


def test_json_is_one_object_and_that_of_the_library_with_any_number_of_workers() -> None:
    more = ("--between-sd", "0.2", "--memory", "10", "--lag", "2", "--power", "0.9", "--seed", "5", "--json")
    done = run(*SMALL, *more)
    assert (done.exit_code, done.stderr) == (0, "")
    supposed = SupposedCohort(tracking=0.3, between_sd=0.2, memory_s=10, lag_s=2)
    plan = plan_study(supposed, dyads=[3, 6], minutes=[5, 10], wanted=0.9, studies=12, seed=5)
    assert json.loads(done.stdout) == json.loads(json.dumps(plan.to_dict()))
    assert run(*SMALL, *more, "--workers", "2").stdout == done.stdout


def test_the_defaults_are_those_of_the_library() -> None:
    printed = json.loads(run("--tracking", "0.3", "--studies", "1", "--json").stdout)
    assert (
        printed["supposed"]
        == plan_study(SupposedCohort(tracking=0.3), dyads=[2], minutes=[1], studies=1).to_dict()["supposed"]
    )
    assert [size["dyads"] for size in printed["sizes"]] == [5, 10, 20, 40] * 2


def test_the_words_say_what_each_size_gives_and_how_many_are_enough() -> None:
    done = run(*SMALL)
    assert done.exit_code == 0
    plan = plan_study(SupposedCohort(tracking=0.3), dyads=[3, 6], minutes=[5, 10], studies=12)
    words = " ".join(done.stdout.split())
    assert plan.summary() in words
    assert f"{plan.sizes[-1].width:.2f} wide" in words


def test_the_figure_is_written(tmp_path: Path) -> None:
    done = run(*SMALL, "--figure", tmp_path / "power.svg")
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "power.svg").read_text().count("<svg") == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--dyads", "10,many"), "--dyads: expected whole numbers with commas between, got '10,many'"),
        (("--dyads", ""), "--dyads: expected whole numbers"),
        (("--dyads", "1"), "dyads: expected numbers from 2 on, got 1"),
        (("--minutes", "50;20"), "--minutes: expected numbers with commas between, got '50;20'"),
        (("--minutes", "nan"), "minutes: expected lengths from 1 minute on, got nan"),
        (("--tracking", "1.2"), "tracking: expected a correlation between -1 and 1, got 1.2"),
        (("--between-sd", "-1"), "between_sd: expected an SD"),
        (("--lag", "0.5"), "lag_s: expected whole seconds"),
        (("--power", "80"), "wanted: expected a power between 0 and 1, got 80"),
        (("--studies", "0"), "studies: expected one or more, got 0"),
        (("--figure", "power.gif"), "--figure ends in .svg, .png, .pdf"),
    ],
)
def test_wrong_use_is_told(wrong: tuple[str, ...], words: str) -> None:
    done = run(*SMALL, *wrong)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_a_folder_that_is_not_there_is_told_before_the_work(tmp_path: Path) -> None:
    done = run(*SMALL, "--studies", "1000000", "--figure", tmp_path / "none" / "power.svg")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "no folder" in done.stderr


def deaf_in(group: int) -> int:
    """How many of a process group leave Ctrl-C to another, as workers do once they are ready."""
    found = 0
    for pid in alive_in(group):
        with contextlib.suppress(OSError):  # gone meanwhile
            ignored = re.search(r"^SigIgn:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
            found += ignored is not None and bool(int(ignored[1], 16) >> (signal.SIGINT - 1) & 1)
    return found


def test_ctrl_c_stops_the_workers() -> None:
    command = [sys.executable, "-m", "dialogram", "plan", *SMALL, "--studies", "20000", "--workers", "2", "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as working:
        while deaf_in(working.pid) < 3:  # two workers, and who watches their resources
            assert working.poll() is None
            time.sleep(0.01)
        os.killpg(working.pid, signal.SIGINT)
        printed, said = working.communicate()
    assert (working.returncode, printed) == (130, "")
    assert "Traceback" not in said
    while alive_in(working.pid):  # the last of them closes its door
        time.sleep(0.01)
