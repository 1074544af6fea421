"""A bell that has struck cannot strike again at once: which picks to keep.

Within a *refractory* period only one pick of a bell can be true. ``first_come`` keeps what came
first, ``greedy_by_score`` what looked surest, ``best_set`` the set that is worth most in all.
``RefractoryPeriodEnforcer`` applies the last to a recording that comes in calls,
``OnlineRefractory`` to a stream that must be answered after a stated delay.

A distance of exactly the period is legal everywhere. Times and periods are in samples.
"""

from asctools.events.refractory.enforcer import RefractoryPeriodEnforcer
from asctools.events.refractory.online import OnlineRefractory
from asctools.events.refractory.sets import (
    PERIOD,
    Worth,
    best_of_each_bell,
    best_set,
    first_come,
    greedy_by_score,
)
from asctools.events.refractory.suppression import smooth, suppress
from asctools.events.refractory.worth import log_odds

__all__ = [
    "PERIOD",
    "OnlineRefractory",
    "RefractoryPeriodEnforcer",
    "Worth",
    "best_of_each_bell",
    "best_set",
    "first_come",
    "greedy_by_score",
    "log_odds",
    "smooth",
    "suppress",
]
