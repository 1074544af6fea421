"""Readers' answers on draws, losses, pairs, transfers and pseudo-labels."""

import math

import numpy as np

from tests.book.mistakes.written import Ways, Written


def sample_stub(mean, log_variance, noise):
    raise NotImplementedError("Three numbers: z, d_mean, d_log_variance.")


def drawn(mean, log_variance, noise):
    root = math.sqrt(math.exp(log_variance))
    return mean + root * noise, 1, noise * root / 2


def with_slope(slope):
    def answer(mean, log_variance, noise):
        return (*drawn(mean, log_variance, noise)[:2], slope(log_variance, noise))

    return answer


SAMPLE = Written(
    "pretraining/sample",
    right=(drawn, lambda *given: np.array(drawn(*given))),
    mistakes={
        "the variance as the spread": lambda m, v, e: (m + np.exp(v) * e, 1, np.exp(v) * e),
        "never raised": lambda m, v, e: (m + v * e, 1, e),
        "the mean times the noise": lambda m, v, e: (m * e + np.exp(v / 2), e, np.exp(v / 2) / 2),
        "no half in the slope": Ways(
            with_slope(lambda v, e: math.exp(v / 2) * e), stage="gradient"
        ),
        "a slope without noise": Ways(
            with_slope(lambda v, e: math.exp(v / 2) / 2), stage="gradient"
        ),
        "no slope through the draw": Ways(with_slope(lambda v, e: 0), stage="gradient"),
        "the slope for the mean": Ways(
            lambda m, v, e: (drawn(m, v, e)[0], m, drawn(m, v, e)[2]), stage="gradient"
        ),
    },
    unlisted=(lambda m, v, e: (m, 1.0, 0.0),),
    misshapen=(lambda *given: 1.0, lambda *given: "many", lambda *given: (1.0, 2.0)),
    stub=sample_stub,
)


def loss_stub(x, x_hat, mean, log_variance, beta):
    raise NotImplementedError("Three numbers: reconstruction, kl, loss.")


def two_terms(x, x_hat, mean, log_variance):
    kl = (mean**2 + np.exp(log_variance) - 1 - log_variance) / 2
    return ((x - x_hat) ** 2) / 2, kl


def loss(x, x_hat, mean, log_variance, beta, one=np.sum, other=np.sum, how=None):
    squares, kl = two_terms(x, x_hat, mean, log_variance)
    first, second = one(squares), other(kl)
    together = how or (lambda r, k, b: r + b * k)
    return first, second, together(first, second, beta)


def losses(**how):
    return lambda *given: loss(*given, **how)


ONE_SCALE = Written(
    "pretraining/one-scale",
    right=(loss, lambda *given: [float(each) for each in loss(*given)]),
    mistakes={
        "a mean and a sum": Ways(
            losses(one=np.mean), losses(one=lambda squares: 2 * np.mean(squares))
        ),
        "two means": Ways(
            losses(one=np.mean, other=np.mean),
            losses(one=lambda squares: 2 * np.mean(squares), other=np.mean),
        ),
        "squares without a half": losses(one=lambda squares: 2 * squares.sum()),
        "divergence without a half": losses(other=lambda kl: 2 * kl.sum()),
        "a divergence below 0": losses(other=lambda kl: -kl.sum()),
        "the weight on the other term": losses(how=lambda r, k, b: b * r + k),
        "rewarded": losses(how=lambda r, k, b: r - b * k),
    },
    unlisted=(losses(how=lambda r, k, b: r + k),),
    misshapen=(lambda *given: 1.0, lambda *given: "dear", lambda *given: (1.0, 2.0)),
    stub=loss_stub,
)


def pair_stub(views, temperature):
    raise NotImplementedError("One number: the mean cross-entropy of all views.")


def contrast(views, temperature, **how):
    rows = [np.array(v) / (np.linalg.norm(v) if how.get("unit", True) else 1) for v in views]
    count, found = len(rows), []
    for i in range(count):
        right = how.get("right", lambda i: (i + count // 2) % count)(i)
        alike = [float(rows[i] @ other) for other in rows]
        alike = [a * temperature if how.get("times") else a / temperature for a in alike]
        others = [j for j in range(count) if j != i or how.get("itself")]
        others = [j for j in others if j != right or not how.get("without")]
        found.append(math.log(sum(math.exp(alike[j] - alike[right]) for j in others)))
    return found


NT_XENT = Written(
    "pretraining/nt-xent",
    right=(lambda *given: np.mean(contrast(*given)),),
    mistakes={
        "likes itself": lambda *given: np.mean(contrast(*given, itself=True)),
        "long and short": lambda *given: np.mean(contrast(*given, unit=False)),
        "the next row": lambda *given: np.mean(
            contrast(*given, right=lambda i: i + 1 if i % 2 == 0 else i - 1)
        ),
        "times the temperature": lambda *given: np.mean(contrast(*given, times=True)),
        "one direction": lambda *given: np.mean(contrast(*given)[: len(given[0]) // 2]),
        "the partner left out": lambda *given: np.mean(contrast(*given, without=True)),
        "a sum over views": lambda *given: sum(contrast(*given)),
    },
    unlisted=(lambda *given: 0.0, lambda *given: -np.mean(contrast(*given))),
    misshapen=(lambda *given: "alike", lambda *given: [1.0, 2.0], lambda views, t: views),
    stub=pair_stub,
)


def transfer_stub(source, target):
    raise NotImplementedError("A dictionary, or ValueError with all that does not fit.")


def unfit(source, target):
    return [n for n in source if n not in target or np.shape(target[n]) != np.shape(source[n])]


def transfer(source, target):
    if wrong := unfit(source, target):
        raise ValueError(" ".join(wrong))
    return {**target, **source}


def in_silence(source, target):
    new = dict(target)
    for name in source:
        if name not in unfit(source, target):
            new[name] = source[name]
    return new


def by_name(source, target):
    if wrong := set(source) - set(target):
        raise ValueError(" ".join(wrong))
    return {**target, **source}


def by_shape(source, target):
    if wrong := [n for n in unfit(source, target) if n in target]:
        raise ValueError(" ".join(wrong))
    return {name: source.get(name, own) for name, own in target.items()}


def the_first(source, target):
    if wrong := unfit(source, target):
        raise ValueError(wrong[0])
    return {**target, **source}


def on_the_way(source, target):
    wrong = unfit(source, target)
    for name in source:
        if name not in wrong:
            target[name] = source[name]
    if wrong:
        raise ValueError(" ".join(wrong))
    return target


def both_ways(source, target):
    if wrong := [*unfit(source, target), *(set(target) - set(source))]:
        raise ValueError(" ".join(wrong))
    return {**target, **source}


def headless(source, target):
    transfer(source, target)
    return dict(source)


TRANSFER = Written(
    "pretraining/transfer",
    right=(transfer,),
    mistakes={
        "skips in silence": in_silence,
        "names alone": by_name,
        "shapes alone": by_shape,
        "only the first": the_first,
        "half done": on_the_way,
        "wants too much": both_ways,
        "the head is lost": headless,
    },
    unlisted=(lambda source, target: dict(target),),
    misshapen=(lambda *given: 1, lambda *given: "done", lambda source, target: list(source)),
    stub=transfer_stub,
)


def threshold_stub(scores, right, share):
    raise NotImplementedError("One number: the lowest threshold that will do.")


def legal(scores, right, share):
    return [
        t
        for t in scores
        if np.mean([r for s, r in zip(scores, right, strict=True) if s >= t]) >= share
    ]


def threshold(scores, right, share):
    return min(legal(scores, right, share), default=math.inf)


def until_it_falls(scores, right, share):
    lowest = math.inf
    for score in sorted(scores, reverse=True):
        if score not in legal(scores, right, share):
            return lowest
        lowest = score
    return lowest


def only_above(scores, right, share):
    kept = []
    for t in scores:
        above = [r for s, r in zip(scores, right, strict=True) if s > t]
        if above and np.mean(above) >= share:
            kept.append(t)
    return min(kept, default=math.inf)


def found_share(scores, right, share):
    good = sorted(s for s, r in zip(scores, right, strict=True) if r)
    return good[len(good) - math.ceil(share * len(good))] if good else math.inf


SURE_ENOUGH = Written(
    "pretraining/sure-enough",
    right=(threshold, lambda *given: np.float64(threshold(*given))),
    mistakes={
        "too careful": lambda *given: max(legal(*given), default=math.inf),
        "stops at the first fall": until_it_falls,
        "strictly above": only_above,
        "the share that is found": found_share,
        "never refuses": lambda *given: min(legal(*given), default=max(given[0])),
        "a quantile of the scores": lambda scores, right, share: np.quantile(scores, share),
    },
    unlisted=(lambda scores, right, share: min(scores),),
    misshapen=(lambda *given: "sure", lambda *given: [1.0, 2.0]),
    stub=threshold_stub,
)

ALL = (SAMPLE, ONE_SCALE, NT_XENT, TRANSFER, SURE_ENOUGH)
