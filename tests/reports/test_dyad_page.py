from dataclasses import replace

import pytest

from dialogram.reports import DyadReport, lay_out
from dialogram.reports.page import Paragraph
from dialogram.reports.text import plain


@pytest.mark.parametrize("p", [0.05, 0.0001, 0.051])
def test_a_p_of_level_that_cannot_be_believed_is_labelled_where_it_stands_alone(bare: DyadReport, p: float) -> None:
    level = replace(bare.result.level, p_effective=p)
    page = lay_out(replace(bare, result=replace(bare.result, level=level)))
    (fact,) = (fact for fact in page.facts if fact.label == "Level")
    assert plain(fact.words).endswith("too small too often") == (p <= 0.05)


def test_a_level_that_cannot_be_tested_is_nowhere_tested(bare: DyadReport) -> None:
    level = replace(bare.result.level, n_effective=float(bare.result.n), acf1=0.99, p_effective=0.0001)
    page = lay_out(replace(bare, result=replace(bare.result, level=level)))
    (fact,) = (fact for fact in page.facts if fact.label == "Level")
    assert plain(fact.words).endswith("cannot be tested")
    assert "cannot be tested" in page.finding
    assert "cannot be told" in "".join(
        plain(block.text) for section in page.sections for block in section.blocks if isinstance(block, Paragraph)
    )
