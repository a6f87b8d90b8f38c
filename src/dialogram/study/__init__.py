"""Design file, sitting, blinding and assignment: pure decisions."""

from dialogram.study.decision import Decision
from dialogram.study.design import Design, DesignError, load_design, shipped_design, shipped_text
from dialogram.study.practice import PracticeRule
from dialogram.study.questionnaire import Questionnaire, Subscale
from dialogram.study.rule import RateRule, RecallRule
from dialogram.study.task import Role, Task

__all__ = [
    "Decision",
    "Design",
    "DesignError",
    "PracticeRule",
    "Questionnaire",
    "RateRule",
    "RecallRule",
    "Role",
    "Subscale",
    "Task",
    "load_design",
    "shipped_design",
    "shipped_text",
]
