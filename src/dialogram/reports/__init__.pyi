from .cohort_file import write_cohort_report as write_cohort_report
from .cohort_page import lay_out_cohort as lay_out_cohort
from .cohort_report import CohortReport as CohortReport
from .dyad_file import write_dyad_report as write_dyad_report
from .dyad_page import lay_out as lay_out
from .dyad_report import (
    DyadReport as DyadReport,
    Guess as Guess,
    GuessCard as GuessCard,
    Moment as Moment,
    SessionRating as SessionRating,
)
from .html import render_html as render_html, render_sections as render_sections
from .page import Page as Page, Section as Section
from .pdf import render_pdf as render_pdf
