import numpy as np
import pytest

from dialogram.analysis import compare
from dialogram.reports import DyadReport
from dialogram.reports.state_sentences import say_bouts, say_detection
from dialogram.reports.text import Text, plain, share
from dialogram.timeline import HELPFULNESS, Trace


def _words(texts: list[Text]) -> str:
    return " ".join(plain(text) for text in texts).replace("\N{NO-BREAK SPACE}", " ")


def _rated(values: list[float], name: str) -> Trace:
    return Trace(values=np.repeat(values, 30), step_s=1.0, name=name)


def test_bouts_and_what_was_seen_of_them_are_counted() -> None:
    a = _rated([50, 80, 50, 80, 50, 20, 50], "client")
    b = _rated([50, 80, 50, 50, 50, 50, 50], "therapist")
    result = compare(a, b)
    assert _words(say_bouts(result, HELPFULNESS)) == (
        "The client went helpful twice (median 0:30, longest 0:30) and hindering once (median 0:30, longest 0:30);"
        " the therapist went helpful once (median 0:30, longest 0:30)."
    )
    words = _words(say_detection(result, HELPFULNESS))
    assert "Of the client’s 2 helpful moments the therapist saw 1, by chance" in words
    assert f"(p = {share(result.detection.helpful.moments.p_shift, 3)})" in words
    assert "Of the client’s 1 hindering moment the therapist saw 0" in words
    assert "at most 5 s off" in words


@pytest.mark.parametrize("other", [[50.0, 80, 20], [50.0, 50, 50], [np.nan, np.nan, np.nan]])
def test_a_client_who_never_leaves_neutral_had_no_moment_to_see(other: list[float]) -> None:
    result = compare(_rated([50, 50, 50], "client"), _rated(other, "therapist"))
    assert _words(say_bouts(result, HELPFULNESS)).startswith("The client never left neutral; the therapist")
    assert _words(say_detection(result, HELPFULNESS)) == "The client had no moment beyond neutral."


def test_one_who_is_always_helpful_leaves_nothing_to_tell_apart() -> None:
    result = compare(_rated([80, 80, 90], "client"), _rated([50, 80, 20], "therapist"))
    words = _words(say_detection(result, HELPFULNESS))
    assert "nan" not in words
    assert "d′" not in words


def test_a_walk_is_told_without_a_number_that_is_not_defined(bare: DyadReport) -> None:
    words = _words([*say_bouts(bare.result, HELPFULNESS), *say_detection(bare.result, HELPFULNESS)])
    assert "nan" not in words
    assert "the therapist saw" in words
