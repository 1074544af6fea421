"""What is written in and under a drawn graph: counts, times, shares, and its alt text."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from asctools.eventlog.layout import Arc, all_arcs

if TYPE_CHECKING:
    from asctools.eventlog.dfg import DFG

# Up to how many seconds a unit is used, how many seconds it has, and its sign.
_UNITS = (
    (1e-3, 1e-6, "µs"),
    (1.0, 1e-3, "ms"),
    (120.0, 1.0, "s"),
    (7200.0, 60.0, "min"),
    (172_800.0, 3600.0, "h"),
    (float("inf"), 86_400.0, "d"),
)
_LONGEST_LIST = 12  # names in an alt text


def duration(seconds: float) -> str:
    """Return a time with two or three digits and its unit: ``"1.2 ms"``."""
    unit, sign = next((unit, sign) for limit, unit, sign in _UNITS if not seconds >= limit)
    value = seconds / unit
    return f"{value:.1f} {sign}" if 0.05 <= value < 9.95 else f"{value:,.0f} {sign}"


def share(part: float) -> str:
    """Return a share in per cent; what is there but rounds to nothing is ``"< 1 %"``."""
    percent = 100.0 * part
    return "< 1 %" if 0.0 < percent < 0.5 else f"{percent:.0f} %"


def node_notes(dfg: "DFG") -> dict[str, str]:
    """Return what stands below each name: how often, and its share of the time if times are known.

    The time of an activity is the time from the event before to it. One that only begins cases
    has none.
    """
    whole = sum(dfg.into.values())
    notes = {name: f"{count:,} ×" for name, count in dfg.activities.items()}
    for name, seconds in dfg.into.items():
        if seconds > 0.0:
            notes[name] += f" · {share(seconds / whole)}"
    return notes


def arc_labels(dfg: "DFG", show: str) -> dict[Arc, str]:
    """Return what stands beside each arc: its count, or the mean time it took."""
    if show == "count":
        return {arc: f"{count:,}" for arc, count in all_arcs(dfg).items()}
    return {arc: duration(dfg.seconds.get(arc, 0.0) / n) for arc, n in dfg.arcs.items()}


def left_out(whole: "DFG", drawn: "DFG") -> str:
    """Say what is not in the drawing; "" if nothing is missing."""
    arcs, kept = all_arcs(whole), all_arcs(drawn)
    missing = [count for arc, count in arcs.items() if arc not in kept]
    if not missing:
        return ""
    activities = len(whole.activities) - len(drawn.activities)
    also = f" and {activities} of {len(whole.activities)} activities" if activities else ""
    most = f"each at most {max(missing):,} ×"
    return f"Left out: {len(missing)} of {len(arcs)} arcs{also}, {most}."


def alt_text(dfg: "DFG", back: list[Arc], missing: str) -> str:
    """Say what the drawing shows: where cases begin and end, the main way, the ways back."""
    cases = sum(dfg.starts.values())
    said = [
        f"A directly-follows graph of {number(len(dfg.activities), 'activity', 'activities')}.",
        f"{number(cases, 'case')} begin{'s' if cases == 1 else ''} with {listed(dfg.starts)}",
        f"and end{'s' if cases == 1 else ''} with {listed(dfg.ends)}.",
        _main_way(dfg),
    ]
    if back:
        ways = {f"{a} to {b}": dfg.arcs[a, b] for a, b in back}
        said.append(f"Ways back: {listed(ways)}.")
    return " ".join([*said, missing] if missing else said)


def _main_way(dfg: "DFG") -> str:
    """Follow the most frequent arcs from the most frequent activity until one comes again."""
    onwards: dict[str, tuple[int, str]] = {}
    for (a, b), count in dfg.arcs.items():
        if a not in onwards or count > onwards[a][0]:
            onwards[a] = count, b
    name = max(dfg.activities, key=lambda each: dfg.activities[each])
    way, seen = [name], {name}
    while way[-1] in onwards and onwards[way[-1]][1] not in seen:
        way.append(onwards[way[-1]][1])
        seen.add(way[-1])
    if len(way) == 1:
        return f"The most frequent activity is {name}, {dfg.activities[name]:,} times."
    again = onwards.get(way[-1], (0, ""))[1]
    steps = [onwards[each][0] for each in way[:-1]]
    loop = f", and back to {again}" if again else ""
    return f"The most frequent way leads through {listed(way)}{loop}, {min(steps):,} times or more."


def listed(names: Mapping[str, int] | list[str]) -> str:
    """Join names with commas, most frequent first where counts are given; many are cut short."""
    if isinstance(names, Mapping):
        ordered = sorted(names.items(), key=lambda each: -each[1])
        said = [f"{name} ({count:,})" for name, count in ordered]
    else:
        said = list(names)
    if len(said) > _LONGEST_LIST:
        said = [*said[: _LONGEST_LIST - 1], f"{len(said) - _LONGEST_LIST + 1} more"]
    return (
        ", ".join(said[:-1]) + f" and {said[-1]}" if len(said) > 1 else "".join(said) or "nothing"
    )


def number(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun: ``"1 case"``, ``"1,200 cases"``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
