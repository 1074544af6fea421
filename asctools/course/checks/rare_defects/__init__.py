"""The exercises of the chapter "Rare defects", in the order of the book."""

from asctools.course.checks.rare_defects.bins import BINS
from asctools.course.checks.rare_defects.counts import COUNTS
from asctools.course.checks.rare_defects.inspectors import INSPECTORS
from asctools.course.checks.rare_defects.leaks import LEAKS
from asctools.course.checks.rare_defects.own_rule import OWN_RULE
from asctools.course.checks.rare_defects.ranking import RANKING
from asctools.course.checks.rare_defects.splitting import SPLITTING
from asctools.course.checks.rare_defects.threshold import THRESHOLD
from asctools.course.checks.rare_defects.undoing import UNDOING

EXERCISES = (
    COUNTS,
    RANKING,
    INSPECTORS,
    LEAKS,
    THRESHOLD,
    UNDOING,
    BINS,
    SPLITTING,
    OWN_RULE,
)
