import math
from dataclasses import replace

import numpy as np
import pytest

from dialogram.analysis import DyadResult, bootstrap_agreement, compare
from dialogram.reports import DyadReport
from dialogram.reports.dyad_report import WithoutDelays
from dialogram.reports.sentences import (
    say_agreement,
    say_finding,
    say_intervals,
    say_lag,
    say_level,
    say_shape,
    say_states,
    say_which_p,
    say_without_delays,
)
from dialogram.reports.text import Text, number, plain, share
from dialogram.timeline import HELPFULNESS, Trace


def _words(texts: list[Text]) -> str:
    return " ".join(plain(text) for text in texts).replace("\N{NO-BREAK SPACE}", " ")


def _every_sentence(result: DyadResult) -> str:
    return " ".join(
        [
            say_finding(result, HELPFULNESS),
            _words(say_level(result, HELPFULNESS)),
            _words(say_shape(result)),
            _words(say_which_p(result)),
            _words(say_lag(result)),
            _words(say_agreement(result, HELPFULNESS)),
            _words(say_states(result, HELPFULNESS)),
        ]
    )


def test_level_gives_both_tests_and_says_which_to_believe(bare: DyadReport) -> None:
    level = bare.result.level
    words = _words(say_level(bare.result, HELPFULNESS))
    assert f"t({level.df}) = {number(level.t, 2)}" in words
    assert f"t({number(level.n_effective - 1, 0)}) = {number(level.t_effective, 2)}" in words
    side = "higher" if level.difference > 0 else "lower"
    assert f"the therapist rated {number(abs(level.difference))} points {side} than the client" in words
    assert words.index("Believe this one" if level.p_effective > 0.05 else "Do not lean on this one") > words.index(
        number(level.t_effective, 2)
    )


@pytest.mark.parametrize(
    ("p", "verdict"),
    [
        (0.05, "Do not lean on this one either."),
        (0.0001, "Do not lean on this one either."),
        (0.051, "Believe this one: the difference is no more than chance may give."),
    ],
)
def test_the_verdict_on_level_follows_the_effective_p_alone(bare: DyadReport, p: float, verdict: str) -> None:
    level = replace(bare.result.level, p=1.05 - p, p_effective=p)
    words = _words(say_level(replace(bare.result, level=level), HELPFULNESS))
    assert verdict in words
    assert ("Believe" in words) == (p > 0.05)


@pytest.mark.parametrize(
    ("p", "r", "finding"),
    [
        (0.01, 0.4, "they rise and fall together"),
        (0.01, -0.4, "one falls where the other rises"),
        (0.4, 0.4, "go together no more than chance may give"),
    ],
)
def test_the_verdict_on_shape_follows_the_signs_of_swings_alone(
    bare: DyadReport, p: float, r: float, finding: str
) -> None:
    shape = replace(bare.result.shape, r=r, p=0.0001, p_effective=0.0001, p_shift=0.0001, p_swings=p)
    result = replace(bare.result, shape=shape)
    assert finding in say_finding(result, HELPFULNESS)
    assert f"Believe the last: p = {share(p, 3)}." in _words(say_which_p(result))


def test_lag_names_who_follows(bare: DyadReport) -> None:
    for seconds, words in (
        (12.0, "the therapist 12 s behind the client"),
        (-3.0, "the client 3 s behind the therapist"),
    ):
        lag = replace(bare.result.lag, seconds=seconds)
        assert words in _words(say_lag(replace(bare.result, lag=lag)))
    assert "best without one" in _words(say_lag(replace(bare.result, lag=replace(bare.result.lag, seconds=0.0))))


def test_the_parts_of_the_difference_add_up(bare: DyadReport) -> None:
    words = _words(say_agreement(bare.result, HELPFULNESS))
    shares = [int(each.split()[-1]) for each in words.split(" %")[:-1]]
    assert abs(sum(shares) - 100) <= 1


def test_states_count_the_time_in_the_same_state() -> None:
    a = Trace(values=[80.0] * 60 + [20.0] * 60, step_s=1.0, name="client")
    b = Trace(values=[80.0] * 90 + [20.0] * 30, step_s=1.0, name="therapist")
    words = _words(say_states(compare(a, b), HELPFULNESS))
    assert "the same state for 1:30 of 2:00 minutes (75 %)" in words
    assert "is .50" in words


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([50.0] * 300, list(np.linspace(10, 90, 300))),
        ([50.0] * 300, [50.0] * 300),
        ([math.nan] * 300, [50.0] * 300),
        ([50.0], [60.0]),
        ([50.0, 60, 40], [50.0, 60, 41]),
    ],
)
def test_whatever_is_not_defined_is_said_and_never_printed_as_a_number(a: list[float], b: list[float]) -> None:
    result = compare(Trace(values=a, step_s=1.0, name="client"), Trace(values=b, step_s=1.0, name="therapist"))
    words = _every_sentence(result)
    assert "nan" not in words
    assert "inf" not in words
    assert words.count("not defined") <= 1


def test_no_rating_is_called_an_error(bare: DyadReport) -> None:
    assert "error" not in _every_sentence(bare.result)


def test_a_lag_of_a_short_recording_is_labelled(bare: DyadReport) -> None:
    lag = replace(bare.result.lag, seconds=3.0, r=0.5, p_shift=0.01, window_s=30.0)
    long = replace(bare.result, lag=lag, n=1200, step_s=1.0)
    assert "Do not believe" not in _words(say_lag(long))
    assert "Do not believe this one" in _words(say_lag(replace(long, n=1199)))


def test_what_is_told_without_delays_is_offered_beside_the_rest(bare: DyadReport) -> None:
    words = _words(say_without_delays(bare.result, WithoutDelays(a_s=0.6, b_s=1.04, r=0.4321)))
    assert words.startswith("The client’s hand was 0.6 s late in the practice, the therapist’s 1.0 s.")
    assert "r = .43" in words
    assert "as they were made" in words
    assert say_without_delays(bare.result, WithoutDelays(a_s=0.6, b_s=1.0, r=math.nan)) == []


def test_intervals_are_told_or_why_there_are_none() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 400))
    sure = bootstrap_agreement(a, a + b, step_s=1.0, rng=rng)
    words = _words(say_intervals(sure))
    assert f"correlation {share(sure.r.ci95[0])} to {share(sure.r.ci95[1])}" in words
    assert f"stretches of {sure.block_s:g} s" in words
    flat = bootstrap_agreement(a, np.full(400, 50.0), step_s=1.0, rng=rng)
    assert _words(say_intervals(flat)).startswith("There is no interval of these: a trace does not vary")
