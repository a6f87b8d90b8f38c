from dataclasses import replace

import pytest

from dialogram.reports import DyadReport, lay_out
from dialogram.reports.text import plain


@pytest.mark.parametrize("p", [0.05, 0.0001, 0.051])
def test_a_p_of_level_that_cannot_be_believed_is_labelled_where_it_stands_alone(bare: DyadReport, p: float) -> None:
    level = replace(bare.result.level, p_effective=p)
    page = lay_out(replace(bare, result=replace(bare.result, level=level)))
    (fact,) = (fact for fact in page.facts if fact.label == "Level")
    assert plain(fact.words).endswith("too small too often") == (p <= 0.05)
