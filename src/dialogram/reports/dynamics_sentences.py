"""What changes over the session, and in which rhythms two go together, in sentences."""

import math

import numpy as np

from dialogram.analysis import Coherence, WindowedCorrelation
from dialogram.analysis.coherence import AGAINST_DEGREES, LEAST_SEGMENTS
from dialogram.reports.sentences import BELIEVED_AT
from dialogram.reports.text import P, Text, number, p_value, percent, say, share, the


def say_windows(windows: WindowedCorrelation) -> list[Text]:
    """Say how closely the two go together in windows, and how little one window is worth."""
    here = windows.r[:, windows.lags_s.size // 2]
    mean = number(math.nan) if np.isnan(here).all() else share(float(np.nanmean(here)))
    told = f"Looked at in windows of {windows.window_s:g} s, the two correlate {mean} on average without a lag"
    peaked = windows.peak_lags_s[~np.isnan(windows.peak_lags_s)]
    if peaked.size:
        late_s = float(np.median(peaked))
        name = the(windows.name_b if late_s > 0 else windows.name_a)
        who = f"{name} is {abs(late_s):.2g} s later" if late_s else "neither is later"
        told += f"; {percent(peaked.size / here.size)} of the windows have a peak, at which, by the median, {who}"
    caution = (
        ". Hands are slow: a window holds few moments that are new, and unrelated ratings give strong colours too. Look"
        " where it changes; whether it is more than chance the section on shape says."
    )
    return [[told + caution]]


def say_coherence(found: Coherence) -> list[Text]:
    """Say what the two share of their rhythms, and who is behind."""
    if math.isnan(found.mean_coherence):
        return [
            say(
                f"Nothing can be told of rhythms: that takes {LEAST_SEGMENTS} stretches of {found.segment_s:g} s that"
                " both rated without a gap, and two ratings that move in them."
            )
        ]
    gaps = f"; {found.segments_left_out} have a gap and were left out" if found.segments_left_out else ""
    told = (
        f"Taken apart into rhythms of {found.segment_s:g} s a cycle and quicker, in {found.segments} overlapping"
        f" stretches{gaps}, the two have a coherence of {share(found.mean_coherence)} (0 nothing in common, 1 all)"
    )
    if math.isnan(found.p_shift):
        return [[f"{told}. Too little was rated to say what chance gives."]]
    chance = say(f"{told}; by chance {share(found.mean_coherence_by_chance)}, ", P, f" {p_value(found.p_shift)}.")
    return [[*chance, _say_phase(found)]]


def _say_phase(found: Coherence) -> str:
    if found.p_shift > BELIEVED_AT:
        return " That is no more than chance may give, so who is behind in them cannot be told."
    where = f" They share most in cycles of {found.period_s:.0f} s; in these"
    if abs(found.phase_degrees) > AGAINST_DEGREES:
        return f"{where} they swing against each other."
    if not abs(found.phase_s) > 2 * found.phase_se_s:
        return f"{where} neither is clearly behind."
    first, second = (found.name_a, found.name_b) if found.phase_s > 0 else (found.name_b, found.name_a)
    degrees = number(abs(found.phase_degrees), 0)
    return (
        f"{where} {the(second)} is {abs(found.phase_s):.1f} s ({degrees}°) behind {the(first)}, with a standard error"
        f" of {found.phase_se_s:.1f} s."
    )
