from dataclasses import replace

import pytest

from dialogram.server.room.displays import at_display
from dialogram.server.room.texts import texts_of
from dialogram.study import shipped_design
from dialogram.study.rule import Display
from dialogram.study.sitting import Step

RULE = shipped_design("helpfulness").rate


@pytest.mark.parametrize("step", [Step.RATE, Step.PRACTICE])
@pytest.mark.parametrize("hold_to_play", [True, False])
def test_every_display_is_called_by_its_name(*, step: Step, hold_to_play: bool) -> None:
    said = {display: at_display(step, replace(RULE, display=display, hold_to_play=hold_to_play)) for display in Display}
    assert len({frozenset(texts) for texts in said.values()}) == 1, "no text is there for one and not for another"
    for display, texts in said.items():
        words = " ".join(texts.values()).lower()
        assert display in words
        assert not any(other in words for other in Display if other is not display)
        assert ("hold" in words) is hold_to_play
        assert not texts.keys() & texts_of(step).keys(), "a text has one place"


def test_other_pages_have_no_dial() -> None:
    assert at_display(Step.CHECK, RULE) == {}
