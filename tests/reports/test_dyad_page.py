import math
from dataclasses import replace

import pytest

from dialogram.analysis import resample
from dialogram.reports import DyadReport, lay_out
from dialogram.reports.page import Page, Paragraph, Table
from dialogram.reports.text import plain, share


def _tables(page: Page, heading: str) -> list[Table]:
    (section,) = (section for section in page.sections if section.heading == heading)
    return [block for block in section.blocks if isinstance(block, Table)]


@pytest.mark.parametrize("p", [0.05, 0.0001, 0.051])
def test_a_p_of_level_that_cannot_be_believed_is_labelled_where_it_stands_alone(bare: DyadReport, p: float) -> None:
    level = replace(bare.result.level, p_effective=p)
    page = lay_out(replace(bare, result=replace(bare.result, level=level)))
    (fact,) = (fact for fact in page.facts if fact.label == "Level")
    assert plain(fact.words).endswith("too small too often") == (p <= 0.05)


def test_a_level_that_cannot_be_tested_is_nowhere_tested(bare: DyadReport) -> None:
    level = replace(bare.result.level, t_effective=math.nan, p_effective=math.nan)
    page = lay_out(replace(bare, result=replace(bare.result, level=level)))
    (fact,) = (fact for fact in page.facts if fact.label == "Level")
    assert plain(fact.words).endswith("cannot be tested")
    assert "cannot be tested" in page.finding
    assert "too evenly to say" in "".join(
        plain(block.text) for section in page.sections for block in section.blocks if isinstance(block, Paragraph)
    )


@pytest.mark.parametrize("heading", ["Highest and lowest moments", "Where they part"])
def test_what_stands_out_is_told_when_it_was_looked_for_and_only_then(bare: DyadReport, heading: str) -> None:
    drawn = resample(bare.a, bare.b, bare.result)
    without, with_p = (lay_out(replace(bare, resampled=each)) for each in (None, drawn))
    for table, wider in zip(_tables(without, heading), _tables(with_p, heading), strict=True):
        names = [[plain(column.name) for column in each.columns] for each in (table, wider)]
        assert "p" not in names[0]
        at = names[1].index("p")
        printed = [plain(row[at]).replace("\N{NO-BREAK SPACE}", " ") for row in wider.rows]
        extremes = (*drawn.extremes.a, *drawn.extremes.b)
        every = [*(one.p for one in extremes), *(one.p for one in drawn.discrepancies)]
        assert set(printed) <= {share(p, 3) for p in every}
        assert len(wider.rows) == len(table.rows)


def test_a_frozen_extreme_that_was_not_weighed_has_a_dash(bare: DyadReport) -> None:
    drawn = resample(bare.a, bare.b, bare.result)
    moment = bare.moments[0][0]
    moved = replace(moment, extreme=replace(moment.extreme, start_s=moment.extreme.start_s + 1))
    (table, _) = _tables(lay_out(replace(bare, resampled=drawn, moments_a=(moved,))), "Highest and lowest moments")
    assert [plain(cell) for cell in table.rows[0]].count("–") == 2
