"""The plots of the chapter on a language whose entropy is known: how near to it, where, how hot."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from asctools.errors import ShapeError, explain
from asctools.plots.labels import label_ends, write
from asctools.plots.models import looks, thinned
from asctools.plots.palette import MARKS, colour
from asctools.plots.style import new_figure, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_SYMBOLS = 48  # that stand side by side and can still be read
_VISIBLE = {"\n": "⏎", " ": "·"}
_FLOOR = (0, (9, 2))
_TICKS = (0.2, 0.5, 1.0, 2.0, 3.0)
_LOOKS: tuple[tuple[str, Any], ...] = (("baseline", (0, (3, 2))), ("lstm", "-"))
_MARKED = ("--", ":", "-")


@styled
def approach(
    curves: Sequence[Sequence[float]],
    levels: Mapping[str, float],
    floor: float,
    *,
    every: int,
    looks: Mapping[str, Sequence[Sequence[float]]],
    look_every: int,
    coin: float,
) -> "Figure":
    """Draw how trainings come down to the entropy, and below it what they pay at some places.

    Parameters
    ----------
    curves
        The losses of each network, in nats a character, one for every ``every`` iterations.
    levels
        Name → a loss to compare with.
    floor
        The true model's loss.
    every, look_every
        Iterations between two points of a curve, and between two looks.
    looks
        Name → for each network, what it paid there at each look, in nats. At most two names.
    coin
        What one pays there who does not know.
    """
    if not curves or not all(len(curve) for curve in curves) or len(looks) > len(_LOOKS):
        came = f"{len(curves)} trainings and {len(looks)} kinds of looks"
        raise ShapeError(explain(came, "one or more with losses, at most two kinds", "draw fewer"))
    figure, (top, bottom) = new_figure(6.2, 6.4, rows=2, sharex=True, height_ratios=(5, 4))
    top.set_yscale("log")
    top.set_yticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    top.set_yticks([], minor=True)
    top.set_ylim(0.8 * floor, 1.15 * max(levels.values(), default=3.0))
    end = every * max(len(curve) for curve in curves)
    for curve in curves:
        kept = thinned(len(curve))
        top.plot((kept + 0.5) * every, np.asarray(curve)[kept], color=colour("lstm"), lw=1.3)
    ends = [(end, level) for level in (*levels.values(), floor)]
    for level in levels.values():
        top.axhline(level, color=colour("rule"), linestyle=MARKS["rule"].line, linewidth=1.2)
    top.axhline(floor, color=colour("truth"), linestyle=_FLOOR, linewidth=1.8)
    label_ends(top, ends, [*levels, "true model"], ["rule"] * len(levels) + ["truth"])
    for (name, networks), (role, line) in zip(looks.items(), _LOOKS, strict=False):
        for number, paid in enumerate(networks):
            at = look_every * np.arange(1, len(paid) + 1)
            said = name if number == 0 else None
            bottom.plot(at, paid, color=colour(role), linestyle=line, lw=1.4, label=said)
    bottom.axhline(coin, color=colour("chance"), linestyle=MARKS["chance"].line)
    write(bottom, end, coin, "a coin", "chance")
    bottom.set(xlabel="iteration", ylabel="nats paid there", xlim=(0, end), ylim=(0, 2.2 * coin))
    bottom.legend(loc="upper right")
    top.set_ylabel("nats a character")
    return figure


@styled
def excess_by_kind(excess: Mapping[str, Mapping[str, float]]) -> "Figure":
    """Draw which kind of character the excess of each model comes from.

    Parameters
    ----------
    excess
        Model → kind → its part of the excess over the true model, in nats per character of the
        whole text. All models with the same kinds.
    """
    kinds = list(next(iter(excess.values()), {}))
    if not kinds or any(list(parts) != kinds for parts in excess.values()):
        came = f"kinds {[list(parts) for parts in excess.values()]}"
        raise ShapeError(explain(came, "the same kinds for each model", "measure all of them"))
    figure, panels = new_figure(6.4, 0.55 * len(kinds) + 1.2, cols=len(excess), sharey=True)
    look = looks(excess, default="rule")
    widest = max(max(parts.values()) for parts in excess.values())
    for axes, (name, parts) in zip(np.atleast_1d(panels), excess.items(), strict=True):
        role = look[name].role
        bars = axes.barh(range(len(kinds)), list(parts.values()), 0.6, color=colour(role))
        for bar, value in zip(bars, parts.values(), strict=True):
            bar.set(hatch=MARKS[role].hatch, edgecolor=colour("paper"))
            middle = bar.get_y() + bar.get_height() / 2
            said = f"{1000 * value:.1f}".replace("-", "−")
            write(axes, max(value, 0.0), middle, said, "ink", offset=(5, 0))
        axes.set(yticks=range(len(kinds)), yticklabels=kinds, ylim=(len(kinds) - 0.5, -0.5))
        axes.set(xlim=(0, 1.3 * widest), xticks=[], xlabel="thousandths of a nat")
        axes.set_title(f"{name}: {1000 * sum(parts.values()):.1f}", color=colour(role))
        axes.grid(visible=False)
    return figure


@styled
def along_a_sentence(text: str, losses: Mapping[str, Sequence[float]]) -> "Figure":
    """Draw how surprised each model is at each character of a sentence.

    Parameters
    ----------
    text
        At most 48 characters; they stand below.
    losses
        Model → the loss at each character, in nats. The true model's is drawn as a grey bar.
    """
    if not 1 <= len(text) <= MOST_SYMBOLS:
        came = f"a text of {len(text)} characters"
        raise ShapeError(explain(came, f"1 to {MOST_SYMBOLS}", "draw a part of it"))
    for name, values in losses.items():
        if len(values) != len(text):
            came = f"{len(values)} losses of {name!r} for {len(text)} characters"
            raise ShapeError(explain(came, "one for each", "pass those of this text"))
    figure, axes = new_figure(6.6, 3.4)
    places, look = np.arange(len(text)), looks(losses, default="rule")
    for name, values in losses.items():
        if look[name].role == "truth":
            axes.bar(places, values, 0.8, color=colour("truth"), alpha=0.28, label=name)
            continue
        hand = {**look[name].hand(), "linewidth": 1.2, "markersize": 4.5}
        axes.plot(places, values, label=name, **hand)
    axes.set(ylabel="surprise, nats", xlim=(-0.7, len(text) - 0.3), ylim=(0, None))
    axes.set(xticks=places, xticklabels=[_VISIBLE.get(symbol, symbol) for symbol in text])
    axes.tick_params(axis="x", length=0)
    for label in axes.get_xticklabels():
        label.set_family("DejaVu Sans Mono")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=3, borderaxespad=0.0)
    return figure


@styled
def temperatures(
    hot: Sequence[float], grammatical: Sequence[float], entropy: Sequence[float], floor: float
) -> "Figure":
    """Draw what heat does: the share of grammatical sentences, and the entropy of each draw.

    Parameters
    ----------
    hot
        The temperatures, rising.
    grammatical
        The share of grammatical sentences at each, 0 to 1.
    entropy
        The mean entropy of a draw at each, nats a character.
    floor
        The entropy rate of the language.
    """
    if not len(hot) == len(grammatical) == len(entropy) > 0:
        came = f"{len(hot)} temperatures, {len(grammatical)} shares, {len(entropy)} entropies"
        raise ShapeError(explain(came, "as many of each", "measure both at each temperature"))
    figure, (left, right) = new_figure(6.4, 3.2, cols=2)
    look = {"color": colour("lstm"), "marker": MARKS["lstm"].marker, "clip_on": False}
    left.plot(hot, [100.0 * share for share in grammatical], **look)
    left.set(title="grammatical sentences", ylabel="%", ylim=(0, 100))
    right.plot(hot, entropy, **look)
    right.axhline(floor, color=colour("truth"), linestyle=_FLOOR, linewidth=1.8)
    write(right, hot[-1], floor, "the language", "truth", ha="right", offset=(0, -10))
    right.set(title="entropy of a draw", ylabel="nats a character", ylim=(0, None))
    for axes in (left, right):
        axes.set(xlabel="temperature", xticks=[round(each, 2) for each in hot[1::2]])
    return figure


@styled
def watched_training(
    losses: Sequence[float],
    validations: Sequence[tuple[int, float]],
    learning_rates: Sequence[float] | None,
    marks: Mapping[str, Sequence[int]],
) -> "Figure":
    """Draw a training and when the loop told of something: both losses, and the learning rate.

    Parameters
    ----------
    losses
        Of each iteration, nats a character.
    validations
        (iteration, loss on the validation text).
    learning_rates
        η of each iteration; None leaves that panel out.
    marks
        Name of an event → the iterations at which it was told; at most three names.
    """
    rates = losses if learning_rates is None else learning_rates
    if not losses or not validations or len(losses) != len(rates) or len(marks) > len(_MARKED):
        came = f"{len(losses)} losses, {len(rates)} rates, {len(marks)} kinds of events"
        right = "as many rates as losses, some validations, at most three kinds"
        raise ShapeError(explain(came, right, "pass one training's history"))
    if learning_rates is None:
        figure, top = new_figure(6.2, 3.6)
        panels = (top,)
    else:
        figure, panels = new_figure(6.2, 4.6, rows=2, sharex=True, height_ratios=(5, 2))
        top = panels[0]
        _rates(panels[1], learning_rates)
    kept = thinned(len(losses))
    top.plot(kept + 1, np.asarray(losses)[kept], color=colour("baseline"), lw=1.0, label="training")
    at, seen = zip(*validations, strict=True)
    look = {"color": colour("loss"), "marker": MARKS["loss"].marker, "markersize": 4.5}
    top.plot(at, seen, label="validation", **look)
    for (name, places), line in zip(marks.items(), _MARKED, strict=False):
        ink = {"color": colour("ink"), "linestyle": line, "linewidth": 1.2}
        for axes in panels:
            for place in places:
                axes.axvline(place, **ink)
        top.plot([], [], label=name, **ink)
    top.set(ylabel="nats a character", xlim=(0, 1.01 * len(losses)))
    low = 0.95 * min(*losses, *seen)  # the first losses, which are high, leave through the top
    top.set_ylim(low, low + 3.5 * (float(np.median(seen)) - low))
    panels[-1].set_xlabel("iteration")
    top.legend(loc="lower left", bbox_to_anchor=(0.0, 1.02), ncols=4, borderaxespad=0.0)
    return figure


def _rates(axes: "Axes", learning_rates: Sequence[float]) -> None:
    """Draw the learning rate of each iteration."""
    iterations = range(1, len(learning_rates) + 1)
    axes.step(iterations, learning_rates, where="mid", color=colour("gradient"))
    axes.set(ylabel="rate η", ylim=(0, 1.15 * max(learning_rates)))
