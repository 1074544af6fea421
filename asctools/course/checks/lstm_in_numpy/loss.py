"""The exercise on a masked cross-entropy that survives any score, and its slope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from asctools.course.checks.lstm_in_numpy.draws import Array, field
from asctools.course.checks.spec import Case, Exercise, Mistake, Outcome, call
from asctools.numpy_lstm.numerics import softmax

Shares = Callable[[Array], Array]


class Loss(NamedTuple):
    """The mean cross-entropy of the letters that count, and its slopes, (B, T, V)."""

    loss: float
    slopes: Array


def _of_those_that_count(mask: Array) -> Array:
    return mask / mask.sum()


def _of_all_places(mask: Array) -> Array:
    return mask / mask.size


def _blind(mask: Array) -> Array:
    return np.ones(mask.shape) / mask.size


def _of_means(mask: Array) -> Array:
    """Take the mean of each sequence first, and then the mean of these."""
    return mask / mask.sum(axis=1, keepdims=True) / len(mask)


def _p_minus_one_hot(p: Array, one_hot: Array) -> Array:
    return p - one_hot


def _through_softmax(p: Array, one_hot: Array) -> Array:
    """Walk back through the softmax once more, though p − [k = y] has been through it."""
    slope = p - one_hot
    return p * (slope - (p * slope).sum(axis=-1, keepdims=True))


def _loss(
    shares: Shares = _of_those_that_count,
    shares_of_slopes: Shares | None = None,
    slope: Callable[[Array, Array], Array] = _p_minus_one_hot,
    axis: int = -1,
) -> Callable[[Array, Array, Array], Loss]:
    """Build a loss, right by default. ``axis`` is the one along which scores compete."""

    def loss(scores: Array, targets: Array, mask: Array) -> Loss:
        z = scores - scores.max(axis=axis, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
        one_hot = np.eye(scores.shape[-1])[targets]
        of_slopes = (shares_of_slopes or shares)(mask)[..., None]
        value = -(shares(mask)[..., None] * one_hot * log_p).sum()
        return Loss(float(value), of_slopes * slope(np.exp(log_p), one_hot))

    return loss


def _loss_of_probabilities(scores: Array, targets: Array, mask: Array) -> Loss:
    """Take the softmax of probabilities, as whoever has squashed the scores already."""
    return _loss()(softmax(scores), targets, mask)


def _measure(answer: Any, *arguments: Any) -> Any:
    """Call the answer; that something overflows is for the hint to say."""
    with np.errstate(all="ignore"):
        return call(answer, *arguments)


def _all_right_but(
    test: Callable[[Any, Array, Loss], bool],
) -> Callable[[Sequence[Outcome], Sequence[Loss]], bool]:
    """Recognise a mistake that shows only where scores lie far apart."""

    def made(outcomes: Sequence[Outcome], expected: Sequence[Loss]) -> bool:
        found = False
        for outcome, right in zip(outcomes, expected, strict=True):
            if outcome.error is not None:
                return False
            loss = np.asarray(field(outcome.value, Loss, "loss"), dtype=float)
            slopes = np.asarray(field(outcome.value, Loss, "slopes"), dtype=float)
            if np.allclose(loss, right.loss) and np.allclose(slopes, right.slopes):
                continue
            if not test(loss, slopes, right):
                return False
            found = True
        return found

    return made


def _overflow(loss: Any, slopes: Array, right: Loss) -> bool:
    return not (np.isfinite(loss) and np.isfinite(slopes).all())


def _log_of_zero(loss: Any, slopes: Array, right: Loss) -> bool:
    return bool(np.allclose(slopes, right.slopes)) and (
        not np.isfinite(loss) or float(loss) < 0.9 * right.loss
    )


def _cases(rng: np.random.Generator) -> list[Case]:
    kinds = [
        ("for one letter", 1, 1, 3, 0),
        ("for a batch without padding", 3, 4, 5, 0),
        ("with padding", 3, 4, 5, 2),
        ("with much padding", 2, 6, 4, 3),
    ]
    cases = []
    for when, B, T, V, longest in kinds:
        scores, targets = rng.normal(0.0, 2.0, (B, T, V)), rng.integers(V, size=(B, T))
        lengths = T - np.arange(B) * longest % T
        mask = (np.arange(T) < lengths[:, None]).astype(float)
        cases.append(Case(when, (scores, targets, mask)))
    far = rng.normal(0.0, 1.0, (2, 2, 4)) + 1000.0
    cases.append(
        Case("with scores near 1000", (far, rng.integers(4, size=(2, 2)), np.ones((2, 2))))
    )
    apart = np.array([[[0.0, -1000.0, *rng.normal(0.0, 1.0, 2)]]])
    cases.append(
        Case("with a thousand between two scores", (apart, np.array([[1]]), np.ones((1, 1))))
    )
    return cases


LOSS = Exercise(
    id="lstm-in-numpy/masked-loss",
    kind="Code",
    level=2,
    minutes=20,
    task="a function my_loss(scores, targets, mask) that returns the loss and its slopes",
    parameters=("scores", "targets", "mask"),
    cases=_cases,
    reference=_loss(),
    gradients=("slopes",),
    measure=_measure,
    mistakes=(
        Mistake(
            "mean over the padding",
            "Without padding all is right. With it you divide by the number of all places; the "
            "empty ones make the loss look better than it is.",
            _loss(_of_all_places),
        ),
        Mistake(
            "padding counted",
            "Without padding all is right. With it you count the empty places, too: the network "
            "would learn to predict them.",
            (_loss(_blind), _loss(_of_all_places, _blind)),
        ),
        Mistake(
            "slopes of the padding",
            "The loss is right. But the slopes at empty places are not 0, so training would pull "
            "at them.",
            (
                _loss(_of_those_that_count, _blind),
                _loss(
                    _of_those_that_count, lambda mask: np.broadcast_to(1.0 / mask.sum(), mask.shape)
                ),
            ),
        ),
        Mistake(
            "mean of means",
            "You take the mean of each sequence, and then the mean of those. A letter of a short "
            "sequence counts for more than one of a long sequence then. All should count alike.",
            _loss(_of_means),
        ),
        Mistake(
            "softmax along the wrong axis",
            "Your scores compete with those of other steps or other sequences. Along which axis "
            "must the probabilities add up to 1?",
            (_loss(axis=0), _loss(axis=1)),
        ),
        Mistake(
            "one-hot not subtracted",
            "The loss is right. Your slopes are the probabilities: they pull every score down, the "
            "right one too. What you said, minus what is true?",
            _loss(slope=lambda p, one_hot: p),
        ),
        Mistake(
            "other sign",
            "The loss is right and the slopes have the other sign: a step downhill would go up.",
            _loss(slope=lambda p, one_hot: one_hot - p),
        ),
        Mistake(
            "softmax twice on the way back",
            "The loss is right. `p − [k = y]` is the slope at the *scores* already; you walk back "
            "through the softmax a second time.",
            _loss(slope=_through_softmax),
        ),
        Mistake(
            "softmax twice on the way up",
            "Your scores go through the softmax twice. Probabilities lie close together, so the "
            "loss can hardly become small.",
            _loss_of_probabilities,
        ),
        Mistake(
            "slopes not divided",
            "The loss is a mean, and right. Your slopes are those of a sum.",
            _loss(shares_of_slopes=lambda mask: mask),
        ),
        Mistake(
            "sum instead of mean",
            "Your loss is a sum. With more letters it would grow, and with it every slope and "
            "every step.",
            _loss(lambda mask: mask),
        ),
        Mistake(
            "logarithm of 0",
            "The slopes are right everywhere. But where the right letter lies far below, its "
            "probability is rounded to 0, and you take the logarithm of that. Does the loss need p "
            "at all? Write ln p as a difference.",
            detect=_all_right_but(_log_of_zero),
        ),
        Mistake(
            "overflow",
            "Ordinary scores are right. At 1000 the exponential is larger than any float. The "
            "quotient stays the same when all scores of a letter move by the same amount.",
            detect=_all_right_but(_overflow),
        ),
    ),
    shape_hint="Two things: one number, and slopes with the shape of the scores.",
    value_hint="Take one letter and three scores, and compute both by hand.",
    closing="It holds at any score, and empty places cost nothing.",
)
