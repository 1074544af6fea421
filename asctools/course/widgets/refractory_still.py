"""The refractory bench where no scripts run: one bell, and what each rule makes of its picks."""

from html import escape

from asctools.bells import RATE
from asctools.course.widgets.refractory_trace import RULES, Settled, Trace, settle
from asctools.plots import COLOURS, Picture

_WIDTH, _PANEL = 620.0, 84.0
_LEFT, _TOP, _FOOT = 6.0, 20.0, 62.0
_POINTS_PER_INCH = 100.0
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
    def x(time: float) -> float:
        return _LEFT + (_WIDTH - 2 * _LEFT) * time / (seconds * RATE)

    title = f"{name}: {each.kept.sum()} of {len(each.times)} picks kept, {each.found.sum()} right"
    base = f'<path d="M{_LEFT:g} {_FOOT:g}H{_WIDTH - _LEFT:g}" stroke="{_role("muted")}"/>'
    picks = [
        _pick(x(time), _FOOT - (_FOOT - _TOP) * score, bool(kept), bool(right))
        for time, score, kept, right in zip(
            each.times, each.scores, each.kept, each.right, strict=True
        )
    ]
    strikes = [
        f'<path d="M{x(time):.1f} {_FOOT + 3:g}l4 8h-8z" stroke="{_role("truth")}" '
        f'fill="{_role("truth") if found else "none"}"/>'
        for time, found in zip(each.strikes, each.found, strict=True)
    ]
    return _text(_LEFT, 11.0, title) + base + "".join(picks + strikes)


def _pick(x: float, y: float, kept: bool, right: bool) -> str:
    role = "lstm" if kept and right else "loss" if kept else "muted"
    paint = f'stroke="{_role(role)}"'
    stem = f'<path d="M{x:.1f} {_FOOT:g}V{y:.1f}" {paint}/>'
    if kept and right:
        return f'{stem}<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{_role(role)}"/>'
    if kept:
        corner = f'x="{x - 3.5:.1f}" y="{y - 3.5:.1f}"'
        return f'{stem}<rect {corner} width="7" height="7" fill="{_role(role)}"/>'
    return f'{stem}<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8" {paint} stroke-width="2"/>'


def _role(name: str) -> str:
    return f"var({COLOURS[name].variable},{COLOURS[name].fallback})"


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{_role("ink")}">{escape(words)}</text>'
