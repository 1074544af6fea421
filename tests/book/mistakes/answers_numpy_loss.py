"""Readers' answers on a masked loss, and on a complex step along a direction."""

import numpy as np

from asctools.numpy_lstm import gradcheck, numerics
from tests.book.mistakes.written import Ways, Written


def loss_stub(scores, targets, mask):
    raise NotImplementedError("One number, and a slope for every score.")


def log_softmax(scores, axis=-1):
    z = scores - scores.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def hot(scores, targets):
    return np.equal(np.arange(scores.shape[-1]), targets[..., None]).astype(float)


def my_loss(scores, targets, mask):
    ln_p, right = log_softmax(scores), hot(scores, targets)
    share = (mask / mask.sum())[:, :, None]
    return -(ln_p * right * share).sum(), (np.exp(ln_p) - right) * share


def loss_by_library(scores, targets, mask):
    loss, slopes = numerics.softmax_cross_entropy(scores, targets, mask)
    return {"slopes": slopes, "loss": loss}


def loss_by_complex_steps(scores, targets, mask):
    """Measure the slopes; the loss takes only the letters that count."""
    counts = mask == 1

    def loss(v):
        z = v["z"][counts]
        z = z - z.real.max(axis=1, keepdims=True)
        right = z[np.arange(len(z)), targets[counts]]
        return (np.log(np.exp(z).sum(axis=1)) - right).mean()

    return loss({"z": scores}), gradcheck.complex_step(loss, {"z": scores})["z"]


def loss_letter_by_letter(scores, targets, mask):
    losses, slopes = [], np.zeros_like(scores)
    for b, t in np.argwhere(mask):
        ln_p = log_softmax(scores[b, t])
        losses.append(-ln_p[targets[b, t]])
        slopes[b, t] = np.exp(ln_p)
        slopes[b, t, targets[b, t]] -= 1
    return np.mean(losses), slopes / len(losses)


def softmax_as_it_stands(scores):
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


def of_probabilities(p, targets, mask, small=0.0):
    right = hot(p, targets)
    losses = -np.log((p * right).sum(axis=-1) + small)
    share = mask / mask.sum()
    return (losses * share).sum(), (p - right) * share[..., None]


def overflowing(scores, targets, mask):
    return of_probabilities(softmax_as_it_stands(scores), targets, mask)


def overflowing_in_the_sum(scores, targets, mask):
    """Take the logarithm apart as one should, and leave the large scores in the sum."""
    ln_p = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    right, share = hot(scores, targets), mask / mask.sum()
    return -((ln_p * right).sum(axis=-1) * share).sum(), (np.exp(ln_p) - right) * share[..., None]


def logarithm_of_nothing(scores, targets, mask):
    return of_probabilities(np.exp(log_softmax(scores)), targets, mask)


def logarithm_propped_up(scores, targets, mask):
    return of_probabilities(np.exp(log_softmax(scores)), targets, mask, small=1e-12)


def with_shares(of_loss, of_slopes):
    def loss(scores, targets, mask):
        ln_p, right = log_softmax(scores), hot(scores, targets)
        share, share_of_slopes = of_loss(mask), of_slopes(mask)
        value = -((ln_p * right).sum(axis=-1) * share).sum()
        return value, (np.exp(ln_p) - right) * share_of_slopes[..., None]

    return loss


def right_share(mask):
    return mask / np.count_nonzero(mask)


def all_alike(mask):
    return np.full(mask.shape, 1 / mask.size)


def mean_of_means(scores, targets, mask):
    parts = [
        my_loss(*(part[b : b + 1] for part in (scores, targets, mask))) for b in range(len(mask))
    ]
    slopes = np.concatenate([slope for _, slope in parts]) / len(parts)
    return np.mean([loss for loss, _ in parts]), slopes


def along_axis(axis):
    def loss(scores, targets, mask):
        ln_p, right = log_softmax(scores, axis), hot(scores, targets)
        share = (mask / mask.sum())[..., None]
        return -(ln_p * right * share).sum(), (np.exp(ln_p) - right) * share

    return loss


def with_slopes(make):
    def loss(scores, targets, mask):
        p, right = np.exp(log_softmax(scores)), hot(scores, targets)
        share = (mask / mask.sum())[..., None]
        return my_loss(scores, targets, mask)[0], make(p, right) * share

    return loss


def through_the_jacobian(p, right):
    jacobian = p[..., :, None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
    return np.einsum("...kj,...j->...k", jacobian, p - right)


def of_squashed(scores, targets, mask):
    return my_loss(np.exp(log_softmax(scores)), targets, mask)


def times(of_loss, of_slopes):
    def loss(scores, targets, mask):
        value, slopes = my_loss(scores, targets, mask)
        return value * of_loss(mask), slopes * of_slopes(mask)

    return loss


LOSS = Written(
    "lstm-in-numpy/masked-loss",
    right=(my_loss, loss_by_library, loss_by_complex_steps, loss_letter_by_letter),
    mistakes={
        "mean over the padding": with_shares(lambda m: m / m.size, lambda m: m / m.size),
        "padding counted": Ways(
            with_shares(all_alike, all_alike), with_shares(lambda m: m / m.size, all_alike)
        ),
        "slopes of the padding": Ways(
            with_shares(right_share, all_alike),
            with_shares(right_share, lambda m: np.ones_like(m) / m.sum()),
            stage="gradient",
        ),
        "mean of means": mean_of_means,
        "softmax along the wrong axis": Ways(along_axis(0), along_axis(1)),
        "one-hot not subtracted": Ways(with_slopes(lambda p, right: p), stage="gradient"),
        "other sign": Ways(with_slopes(lambda p, right: right - p), stage="gradient"),
        "softmax twice on the way back": Ways(with_slopes(through_the_jacobian), stage="gradient"),
        "softmax twice on the way up": of_squashed,
        "slopes not divided": Ways(times(lambda m: 1, np.sum), stage="gradient"),
        "sum instead of mean": times(np.sum, np.sum),
        "logarithm of 0": Ways(logarithm_of_nothing, logarithm_propped_up),
        "overflow": Ways(overflowing, overflowing_in_the_sum),
    },
    unlisted=(
        times(lambda m: 2, lambda m: 2),
        times(lambda m: 1, lambda m: len(m)),
        with_slopes(lambda p, right: (p - right) ** 2),
        lambda scores, targets, mask: my_loss(np.clip(scores, -1, 1), targets, mask),
    ),
    misshapen=(
        lambda *given: my_loss(*given)[0],
        lambda *given: (my_loss(*given)[0], my_loss(*given)[1].sum(axis=-1)),
        lambda *given: my_loss(*given)[::-1],
        lambda scores, targets: None,
        0.5,
    ),
    stub=loss_stub,
)


def along_stub(loss, weights, direction):
    raise NotImplementedError("One complex step.")


def my_along(loss, weights, direction):
    return loss({k: weights[k] + 1e-30j * direction[k] for k in weights}).imag / 1e-30


def along_by_all_slopes(loss, weights, direction):
    slopes = gradcheck.complex_step(loss, weights)
    return sum((slopes[name] * direction[name]).sum() for name in slopes)


def along_with_another_step(loss, weights, direction):
    lifted = {name: part.astype(complex) for name, part in weights.items()}
    for name, part in lifted.items():
        part += 1e-100j * direction[name]
    return np.imag(loss(lifted)) / 1e-100


def read(how, change=lambda v: v, step=1e-30):
    def along(loss, weights, direction):
        v = change(direction)
        return how(loss({k: weights[k] + 1j * step * v[k] for k in weights}))

    return along


def central(loss, weights, direction, e=1e-5):
    above, below = ({k: weights[k] + s * direction[k] for k in weights} for s in (e, -e))
    return (loss(above) - loss(below)) / (2 * e)


def one_sided(loss, weights, direction):
    e = 1e-7
    return (loss({k: weights[k] + e * direction[k] for k in weights}) - loss(weights)) / e


def length_one(v):
    length = np.linalg.norm(np.concatenate([part.ravel() for part in v.values()]))
    return {name: part / length for name, part in v.items()}


def first_only(v):
    return {name: part * (name == next(iter(v))) for name, part in v.items()}


def slope_of(loss):
    return loss.imag / 1e-30


def in_place(loss, weights, direction):
    slope = my_along(loss, weights, direction)
    for name, part in weights.items():
        part += direction[name]
    return slope


ALONG = Written(
    "lstm-in-numpy/slope-along",
    right=(my_along, along_by_all_slopes, along_with_another_step),
    mistakes={
        "real part": Ways(read(lambda loss: loss.real / 1e-30), read(lambda loss: loss.real)),
        "step not divided": Ways(read(np.imag), read(np.imag, step=1e-20)),
        "no step upwards": Ways(
            lambda loss, w, v: np.imag(loss({k: w[k] + 1e-30 * v[k] for k in w})) / 1e-30,
            lambda loss, w, v: loss(w).imag,
        ),
        "abs()": Ways(
            read(lambda loss: abs(loss.imag) / 1e-30),
            read(lambda loss: abs(loss) / 1e-30),
            read(abs),
        ),
        "direction forgotten": read(
            slope_of, lambda v: {name: np.ones(part.shape) for name, part in v.items()}
        ),
        "direction made shorter": read(slope_of, length_one),
        "first array only": read(slope_of, first_only),
        "by differences": Ways(central, one_sided, lambda *given: central(*given, e=1e-4)),
    },
    unlisted=(
        lambda *given: 2 * my_along(*given),
        read(slope_of, lambda v: {name: part**2 for name, part in v.items()}),
        lambda *given: my_along(*given) + 1,
        in_place,
    ),
    misshapen=(
        lambda loss, weights, direction: gradcheck.complex_step(loss, weights),
        lambda *given: [my_along(*given)] * 2,
        read(lambda loss: loss / 1e-30),
        lambda loss, weights: None,
        0.5,
    ),
    stub=along_stub,
)

ALL = (LOSS, ALONG)
