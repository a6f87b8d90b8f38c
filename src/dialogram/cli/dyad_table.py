import math
from typing import TYPE_CHECKING

from rich.markup import escape

if TYPE_CHECKING:
    from rich.table import Table

    from dialogram.analysis import DyadResult, Dynamics, Resampled


def print_dyad(result: "DyadResult", dynamics: "Dynamics", drawn: "Resampled | None") -> None:
    """Print a dyad's numbers as tables, and in plain words which p to believe."""
    from rich.console import Console

    console = Console()
    console.print(f"{result.n} bins of {result.step_s:g} s that both rated", highlight=False)
    console.print(_raters(result))
    console.print(_tests(result))
    console.print(_agreement(result))
    worst = [one for one in result.discrepancies if not one.relative]
    console.print(_where(result, len(worst)), highlight=False, markup=False)
    console.print()
    console.print(result.summary(), highlight=False, markup=False)
    for one in (result.without_warm_up, dynamics.windowed, dynamics.coherence):
        if one is not None:
            console.print(one.summary(), highlight=False, markup=False)
    if drawn is not None:
        console.print(drawn.summary(), highlight=False, markup=False)


def _raters(result: "DyadResult") -> "Table":
    table = _table("", escape(result.a.name), escape(result.b.name))
    for label, field in (("mean", "mean"), ("SD", "sd"), ("lowest", "min"), ("highest", "max"), ("acf 1", "acf1")):
        table.add_row(label, *(_number(getattr(rater, field)) for rater in (result.a, result.b)))
    for state in ("hindering", "neutral", "helpful"):
        table.add_row(state, *(_share(getattr(rater, f"share_{state}")) for rater in (result.a, result.b)))
    table.add_row("rated", _share(result.quality.a.coverage), _share(result.quality.b.coverage))
    return table


def _tests(result: "DyadResult") -> "Table":
    level, shape, lag = result.level, result.shape, result.lag
    table = _table("", "value", "p")
    table.add_row("difference in level", _number(level.difference), "")
    table.add_row(f"  paired t({level.df}) = {_number(level.t)}, as published", "", _number(level.p, 3))
    table.add_row(
        f"  with an effective n of {_number(level.n_effective, 0)}: still too small", "", _number(level.p_effective, 3)
    )
    table.add_row("correlation r", _number(shape.r), "")
    table.add_row("  as published: do not believe it", "", _number(shape.p, 3))
    table.add_row(f"  with an effective n of {_number(shape.n_effective, 0)}", "", _number(shape.p_effective, 3))
    table.add_row(f"  all {shape.shifts} circular shifts", "", _number(shape.p_shift, 3))
    table.add_row("  truncated shifts", "", _number(shape.p_truncated, 3))
    table.add_row("  [bold]signs of swings: believe this one[/bold]", "", f"[bold]{_number(shape.p_swings, 3)}[/bold]")
    table.add_row("Spearman's rank correlation", _number(shape.spearman), "")
    table.add_row(f"best r within ± {lag.window_s:g} s", _number(lag.r), _number(lag.p_shift, 3))
    table.add_row(f"  at a lag of {_number(lag.seconds, 1)} s (positive: {escape(result.b.name)} follows)", "", "")
    reaction = result.reaction_lag
    low, high = reaction.ci95
    table.add_row(
        f"reaction lag {_number(reaction.seconds, 1)} s, 95 % {_number(low, 1)} to {_number(high, 1)}; r without it",
        _number(reaction.r_corrected),
        "",
    )
    return table


def _agreement(result: "DyadResult") -> "Table":
    agreement, states = result.agreement, result.states
    low, high = states.kappa_of_shifts
    table = _table("agreement", "value")
    table.add_row("Lin's concordance", _number(agreement.ccc))
    table.add_row("ICC(A,1)", _number(agreement.icc_a1))
    table.add_row("root mean square difference", _number(agreement.rmse))
    parts = (agreement.level_part, agreement.scatter_part, agreement.shape_part)
    total = sum(parts)
    if total > 0:
        table.add_row("of it level, scatter, shape", ", ".join(_share(part / total) for part in parts))
    table.add_row("κ of states", _number(states.kappa))
    table.add_row("κ that chance gives (middle 95 %)", f"{_number(low)} to {_number(high)}")
    return table


def _where(result: "DyadResult", count: int) -> str:
    from dialogram.cli.extremes import clock

    if count == 0:
        return "No discrepancy lasts long enough to be named."
    worst = next(one for one in result.discrepancies if not one.relative)
    return (
        f"{count} discrepancies; the worst from {clock(worst.start_s)} to {clock(worst.end_s)}:"
        f" {result.a.name} {worst.mean_a:.0f}, {result.b.name} {worst.mean_b:.0f}."
    )


def _table(*headings: str) -> "Table":
    from rich.table import Table

    table = Table()
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left")
    return table


def _number(value: float, places: int = 2) -> str:
    return "–" if math.isnan(value) else f"{value:.{places}f}"


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.0%}"
