from .actor_partner import (
    ActorPartner as ActorPartner,
    fit_actor_partner as fit_actor_partner,
    fit_actor_partner_by_role as fit_actor_partner_by_role,
)
from .agreement import Agreement as Agreement
from .block_bootstrap import (
    BootstrappedAgreement as BootstrappedAgreement,
    Interval as Interval,
    bootstrap_agreement as bootstrap_agreement,
)
from .bouts import Bouts as Bouts, Stay as Stay, describe_bouts as describe_bouts
from .coefficient import Coefficient as Coefficient
from .coherence import Coherence as Coherence, measure_coherence as measure_coherence
from .cohort import (
    COHORT_RULES as COHORT_RULES,
    pool_congruences as pool_congruences,
    study_blocks as study_blocks,
    study_cohort as study_cohort,
)
from .cohort_block import (
    CohortBlock as CohortBlock,
    DyadCongruence as DyadCongruence,
    MeasuredDyad as MeasuredDyad,
    measure_block as measure_block,
    measure_congruence as measure_congruence,
)
from .cohort_guesses import CohortGuesses as CohortGuesses, study_guesses as study_guesses
from .cohort_outcomes import OutcomeSurface as OutcomeSurface, WholeRating as WholeRating
from .cohort_result import CohortResult as CohortResult, Units as Units
from .cohort_screening import Exclusion as Exclusion, Unanswered as Unanswered
from .consensus import Consensus as Consensus, build_consensus as build_consensus
from .delay import take_out_delay as take_out_delay
from .description import Description as Description
from .detection import (
    Detected as Detected,
    Detection as Detection,
    StateDetection as StateDetection,
    detect_states as detect_states,
)
from .discrepancies import (
    Discrepancy as Discrepancy,
    DiscrepancyRule as DiscrepancyRule,
    find_discrepancies as find_discrepancies,
)
from .discrepancy_chance import (
    DiscrepancyChance as DiscrepancyChance,
    weigh_discrepancies as weigh_discrepancies,
)
from .dyad import DyadResult as DyadResult, compare as compare
from .dyad_bootstrap import (
    BootstrapCoefficient as BootstrapCoefficient,
    DyadBootstrap as DyadBootstrap,
)
from .dyad_sums import DyadSums as DyadSums
from .dynamics import Dynamics as Dynamics, describe_dynamics as describe_dynamics
from .effective_n import (
    effective_n_of_mean as effective_n_of_mean,
    effective_n_of_pairs as effective_n_of_pairs,
    effective_n_of_pairs_ar1 as effective_n_of_pairs_ar1,
)
from .extreme_chance import ExtremeChance as ExtremeChance, weigh_extremes as weigh_extremes
from .extremes import (
    Extreme as Extreme,
    Extremes as Extremes,
    ExtremesRule as ExtremesRule,
    pick_extremes as pick_extremes,
)
from .guess import (
    GuessScore as GuessScore,
    OwnView as OwnView,
    score_counts as score_counts,
    score_guess as score_guess,
    view_own as view_own,
)
from .guess_model import (
    FEW_THERAPISTS as FEW_THERAPISTS,
    GuessModel as GuessModel,
    model_guesses as model_guesses,
)
from .guess_pool import GuessPool as GuessPool, pool_guesses as pool_guesses
from .intraclass import (
    Intraclass as Intraclass,
    IntraclassForm as IntraclassForm,
    correlate_intraclass as correlate_intraclass,
)
from .intraclass_bootstrap import bootstrap_intraclass as bootstrap_intraclass
from .judged_dyad import JudgedDyad as JudgedDyad
from .kappa import Kappa as Kappa, measure_fleiss_kappa as measure_fleiss_kappa, measure_kappa as measure_kappa
from .krippendorff import Alpha as Alpha, measure_alpha as measure_alpha
from .lag import Lag as Lag
from .lag_curve import LagCurve as LagCurve, correlate_at_lags as correlate_at_lags
from .level import Level as Level
from .meta_analysis import (
    MetaAnalysis as MetaAnalysis,
    MetaRegression as MetaRegression,
    meta_analyse as meta_analyse,
    meta_regress as meta_regress,
)
from .mixed_model import Products as Products
from .power import (
    DyadsNeeded as DyadsNeeded,
    PowerAt as PowerAt,
    PowerPlan as PowerPlan,
    StudyOutcomes as StudyOutcomes,
    SupposedCohort as SupposedCohort,
    weigh_power as weigh_power,
)
from .pseudo_dyads import (
    PseudoDyads as PseudoDyads,
    compare_with_pseudo_dyads as compare_with_pseudo_dyads,
    part_into_blocks as part_into_blocks,
)
from .quality import Quality as Quality
from .rater_lags import estimate_rater_lags as estimate_rater_lags
from .rater_screening import (
    RaterFinding as RaterFinding,
    RaterScreening as RaterScreening,
    screen_raters as screen_raters,
)
from .reaction import Following as Following, measure_following as measure_following
from .reaction_lag import (
    ReactionLag as ReactionLag,
    estimate_reaction_lag as estimate_reaction_lag,
    take_out_reaction_lag as take_out_reaction_lag,
)
from .reliability import (
    Reliability as Reliability,
    measure_reliability as measure_reliability,
    measure_unit_reliability as measure_unit_reliability,
)
from .repeated_measures import RepeatedMeasures as RepeatedMeasures, correlate_within as correlate_within
from .resampled import Resampled as Resampled, resample as resample
from .response_surface import ResponseSurface as ResponseSurface, fit_response_surface as fit_response_surface
from .segment_mean import mean_over as mean_over
from .session_parts import (
    COLLINEAR as COLLINEAR,
    LEAST_SESSIONS as LEAST_SESSIONS,
    PartOfSession as PartOfSession,
    PeakEnd as PeakEnd,
    regress_on_parts as regress_on_parts,
)
from .shape import Shape as Shape
from .split_half import SplitHalf as SplitHalf, SplitsOf as SplitsOf, split_observers as split_observers
from .states import States as States
from .tracking_profile import (
    TrackingAt as TrackingAt,
    TrackingProfile as TrackingProfile,
    profile_tracking as profile_tracking,
)
from .truth_and_bias import (
    DyadLine as DyadLine,
    RandomEffects as RandomEffects,
    TruthAndBias as TruthAndBias,
    fit_truth_and_bias as fit_truth_and_bias,
)
from .variance_split import VarianceSplit as VarianceSplit, split_variance as split_variance
from .warm_up import WithoutWarmUp as WithoutWarmUp
from .windowed import WindowedCorrelation as WindowedCorrelation, correlate_windows as correlate_windows
