import pytest
from hypothesis import given, strategies as st

from dialogram.study.lab_code import code_warning


@pytest.mark.parametrize(
    "code", ["Anna", "anna", "Anna Meier", "meier_2", "Özlem", "Łukasz", "Jo-Ann 3", "ЖЕНЯ", "c-Bob", "test Anna"]
)
def test_names_are_warned_about(code: str) -> None:
    assert "looks like a name" in (code_warning(code) or "")


@pytest.mark.parametrize(
    "code",
    ["1987-03-12", "12.03.1987", "12.3.87", "3/12/1987", "19870312", "12031987", "120387", "870312", " 03121987 "],
)
def test_dates_are_warned_about(code: str) -> None:
    assert "looks like a date." in (code_warning(code) or "")


@pytest.mark.parametrize("code", ["AM120387", "am-12.03.1987", "AM1203", "AM 1987", "amk1231", "ÄM0312", "K12031987"])
def test_initials_with_a_birth_date_are_warned_about(code: str) -> None:
    assert "initials with a date of birth" in (code_warning(code) or "")


def test_an_address_is_warned_about() -> None:
    assert "e-mail" in (code_warning("am@clinic.example") or "")


@pytest.mark.parametrize(
    "code",
    [
        "K7-204",
        "C-0012",
        "P17",
        "client 12",
        "Client_03",
        "DYAD-7T",
        "004",
        "T9",
        "x41b",
        "991347",
        "pilot-2",
        "ID9988",
        "",
    ],
)
def test_codes_that_say_nothing_pass(code: str) -> None:
    assert code_warning(code) is None


@given(st.text(max_size=40))
def test_any_text_gets_an_answer_that_does_not_repeat_it(code: str) -> None:
    warning = code_warning(code)
    assert warning is None or warning.startswith("This code looks like ")


@given(st.dates())
def test_every_date_of_a_life_is_found_in_four_writings(day: object) -> None:
    for form in ("%Y%m%d", "%d%m%Y", "%d.%m.%Y", "XY%m/%d/%Y"):
        written = format(day, form)
        if "0" * 4 not in written and 1900 <= int(format(day, "%Y")) < 2100:
            assert code_warning(written) is not None
