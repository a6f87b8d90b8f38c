import math

import pytest

from dialogram.reports.text import Span, clean, clock, number, p_value, plain, say, share


def test_clean_keeps_what_people_write_and_drops_what_no_page_holds() -> None:
    assert clean("naïve – 中文 😀 #panic() <b> $x$") == "naïve – 中文 😀 #panic() <b> $x$"
    assert clean("a\x00b\x1b[31mc\ud800d\ufffee\nf\u2028g") == "ab[31mcde f g"


@pytest.mark.parametrize(
    ("seconds", "written"), [(0.0, "0:00"), (59.94, "0:59"), (59.96, "1:00"), (734.5, "12:14"), (6000.0, "100:00")]
)
def test_clock(seconds: float, written: str) -> None:
    assert clock(seconds) == written


def test_numbers_follow_the_habits_of_articles() -> None:
    assert number(-0.04) == "0.0"
    assert number(math.inf) == "–"
    assert share(-0.004) == ".00"
    assert share(-1.0) == "−1.00"
    assert share(0.9999) == "1.00"
    assert p_value(0.0009) == "<\N{NO-BREAK SPACE}.001"
    assert p_value(1.0) == "=\N{NO-BREAK SPACE}1.000"


def test_only_our_own_sentences_are_bound_at_the_equals_sign() -> None:
    bound = say("r = .1", Span("x = y", "strong"))
    assert plain(bound) == "r\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.1x = y"
