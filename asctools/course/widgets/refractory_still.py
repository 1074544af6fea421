"""The refractory bench where no scripts run: one bell, and what each rule makes of its picks."""

from html import escape

import numpy as np
from numpy.typing import NDArray

from asctools.bells import RATE
from asctools.course.widgets.refractory_trace import RULES, Settled, Trace, settle
from asctools.plots import COLOURS, Picture

_WIDTH, _PANEL = 620.0, 84.0
_LEFT, _TOP, _FOOT = 6.0, 20.0, 62.0
_POINTS_PER_INCH = 100.0
# Drawn from the top of a pick's stem
_DOT = "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"
_SQUARE = "m-3.5-3.5h7v7h-7z"
_CROSS = "m-4-4l8 8m0-8l-8 8"
_LEGEND = "● kept, right   ■ kept, false alarm   ✕ deleted   ▲ strike, found   △ not found"


def still_picture(trace: Trace, threshold: float, dead_time: float, rule: str) -> Picture:
    """Draw the bell of which a rule deletes most, once for each rule."""
    every = {name: settle(trace, threshold, dead_time, name) for name in RULES}
    gone = [int((~each.kept).sum()) for each in every[rule]]
    bell = gone.index(max(gone))
    settled = {RULES[name]: bells[bell] for name, bells in every.items()}
    one = every[rule][bell]
    told = [
        f"“{name}” keeps {each.kept.sum()} and finds {each.found.sum()}"
        for name, each in settled.items()
    ]
    said = (
        f"Bell {trace.bells[bell]} over {trace.seconds:g} s: {len(one.times)} picks at or above "
        f"{threshold:g}, {len(one.strikes)} strikes. With a dead time of {dead_time:g} s, "
        f"{', '.join(told)}."
    )
    panels = [
        f'<g transform="translate(0 {n * _PANEL:g})">{_panel(name, each, trace.seconds)}</g>'
        for n, (name, each) in enumerate(settled.items())
    ]
    foot = len(settled) * _PANEL
    legend = _text(_LEFT, foot + 6.0, _LEGEND)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH:g} {foot + 14:g}" '
        f'role="img" aria-label="{escape(said)}" width="100%" '
        f'font-family="Arial, Helvetica, sans-serif" '
        f'font-size="12">{"".join(panels)}{legend}</svg>'
    )
    return Picture(said, svg, _WIDTH / _POINTS_PER_INCH)


def _panel(name: str, each: Settled, seconds: float) -> str:
    def x(times: NDArray[np.float64]) -> list[float]:
        return (_LEFT + (_WIDTH - 2 * _LEFT) * times / (seconds * RATE)).tolist()

    def picks(which: NDArray[np.bool_], role: str, mark: str) -> str:
        tops = _FOOT - (_FOOT - _TOP) * each.scores[which]
        drawn = "".join(
            f"M{at:.1f} {_FOOT:g}V{top:.1f}{mark}"
            for at, top in zip(x(each.times[which]), tops, strict=True)
        )
        return _path(drawn, role, filled=mark in (_DOT, _SQUARE))

    def strikes(which: NDArray[np.bool_], filled: bool) -> str:
        drawn = "".join(f"M{at:.1f} {_FOOT + 3:g}l4 8h-8z" for at in x(each.strikes[which]))
        return _path(drawn, "truth", filled)

    title = f"{name}: {each.kept.sum()} of {len(each.times)} picks kept, {each.found.sum()} right"
    return "".join(
        (
            _text(_LEFT, 11.0, title),
            _path(f"M{_LEFT:g} {_FOOT:g}H{_WIDTH - _LEFT:g}", "muted", filled=False),
            picks(~each.kept, "muted", _CROSS),
            picks(each.kept & ~each.right, "loss", _SQUARE),
            picks(each.kept & each.right, "lstm", _DOT),
            strikes(each.found, filled=True),
            strikes(~each.found, filled=False),
        )
    )


def _path(drawn: str, role: str, filled: bool) -> str:
    fill = _role(role) if filled else "none"
    return f'<path d="{drawn}" stroke="{_role(role)}" fill="{fill}"/>' if drawn else ""


def _role(name: str) -> str:
    return f"var({COLOURS[name].variable},{COLOURS[name].fallback})"


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{_role("ink")}">{escape(words)}</text>'
