"""Readers' answers on the stored logs: three faults, and how they can be missed."""

import numpy as np

from asctools.eventlog import dfg
from tests.book.mistakes.written import Ways, Written

NAME = "concept:name"


def one_stub(log):
    raise NotImplementedError("The iterations in which it goes wrong.")


def having(log, name):
    return set(log.loc[log[NAME] == name, "iteration"].dropna())


def my_finder(log):
    whole = log[log["iteration"] < log["iteration"].max()]
    return sorted(having(whole, "BackwardPass") - having(whole, "WeightsUpdate"))


def finder_in_a_loop(log):
    found, waiting = [], None
    for name, iteration in zip(log[NAME], log["iteration"], strict=True):
        if name == "BackwardPass":
            waiting = iteration
        elif name == "WeightsUpdate":
            waiting = None
        elif name == "ZeroGrad" and waiting is not None:
            found.append(int(waiting))
            waiting = None
    return found


def before_a_mode_change(*names):
    def finder(log):
        follows = log[NAME].shift(-1) == "ModeChange"
        return log.loc[log[NAME].isin(names) & follows, "iteration"].tolist()

    return finder


def by_epoch(log):
    """Ask whether an epoch ends without an update after its last backward pass."""
    variants = dfg.variants(log, case="epoch")
    return [0] if any(v[-1] == "BackwardPass" for v in variants if "EpochEnd" in v) else []


ONE = Written(
    "mining/mystery-one",
    right=(my_finder, finder_in_a_loop, lambda log: set(my_finder(log))),
    mistakes={
        "nothing found": Ways(by_epoch, lambda log: (), stage="shape"),
        "only the first": Ways(lambda log: my_finder(log)[:1], stage="shape"),
        "one iteration late": lambda log: [i + 1 for i in my_finder(log)],
        "looks accused": Ways(lambda log: having(log, "Validation"), stage="shape"),
        "one arrow of two": Ways(
            before_a_mode_change("BackwardPass"),
            before_a_mode_change("GradientClipping"),
            stage="shape",
        ),
        "a log that was cut off": Ways(
            lambda log: having(log, "BackwardPass") - having(log, "WeightsUpdate"), stage="shape"
        ),
    },
    unlisted=(
        lambda log: [i - 1 for i in my_finder(log)],
        lambda log: [2 * i for i in my_finder(log)],
    ),
    misshapen=(
        lambda log: len(my_finder(log)),
        lambda log: bool(my_finder(log)),
        lambda log: ["all"],
        lambda log: [0.5],
        lambda: [],
        [9, 18],
    ),
    stub=one_stub,
)


def two_stub(log):
    raise NotImplementedError("All iterations that go against what was announced.")


def passes(log):
    return log[log[NAME] == "ForwardPass"]


def my_rates(log):
    if "new_lr" not in log:
        return []
    wrong = log["learning_rate"] > log["new_lr"].ffill()
    return log.loc[wrong.fillna(False), "iteration"].tolist()


def rates_in_a_loop(log):
    told, found = np.inf, []
    for row in log.to_dict("records"):
        if row[NAME] == "LearningRateDecay":
            told = row["new_lr"]
        elif row[NAME] == "ForwardPass" and row["learning_rate"] > told:
            found.append(row["iteration"])
    return found


def rises(log):
    rates = passes(log)["learning_rate"]
    return passes(log)["iteration"][rates > rates.shift(1)].tolist()


def changes(log):
    rates = passes(log)["learning_rate"].to_numpy()
    return passes(log)["iteration"].to_numpy()[1:][rates[1:] != rates[:-1]]


def beginnings_of(found):
    return [i for i in found if i - 1 not in found]


TWO = Written(
    "mining/mystery-two",
    right=(my_rates, rates_in_a_loop, lambda log: np.array(rates_in_a_loop(log))),
    mistakes={
        "nothing found": Ways(lambda log: [], stage="shape"),
        "only where it begins": Ways(
            rises,
            lambda log: beginnings_of(my_rates(log)),
            lambda log: my_rates(log)[:1],
            stage="shape",
        ),
        "falls accused": Ways(lambda log: having(log, "LearningRateDecay"), stage="shape"),
        "every change": Ways(changes, stage="shape"),
        "epochs accused": Ways(
            lambda log: sorted(passes(log).drop_duplicates("case:epoch")["iteration"].tolist())[1:],
            stage="shape",
        ),
        "the first rate accused": Ways(
            lambda log: passes(log)["iteration"][
                passes(log)["learning_rate"] == passes(log)["learning_rate"].max()
            ],
            stage="shape",
        ),
    },
    unlisted=(
        lambda log: [i + 1 for i in my_rates(log)],
        lambda log: [3 * i for i in my_rates(log)],
    ),
    misshapen=(
        lambda log: len(my_rates(log)),
        lambda log: 41,
        lambda log: "41",
        lambda log: [None],
        lambda: [],
        [41],
    ),
    stub=two_stub,
)


def own_stub(log):
    raise NotImplementedError("True where the log has the fault, else False.")


def resembles(log, lag, smooth):
    losses = np.log(passes(log)["loss"].to_numpy(float))
    trend = np.convolve(losses, np.ones(smooth) / smooth, "same")
    rest = (losses - trend)[lag:-smooth]
    return np.corrcoef(rest[:-lag], rest[lag:])[0, 1]


def my_own(log):
    epoch = int(log["iterations_per_epoch"].max())
    return resembles(log, epoch // 2, 9) > 0.45


def own_by_the_best_lag(log):
    """Compare the halves of all epochs but the first, without their trends."""
    losses = np.log(passes(log)["loss"].to_numpy(float)).reshape(6, 2, -1)[1:]
    rest = losses - losses.mean(axis=2, keepdims=True)
    slope = np.arange(rest.shape[2]) - (rest.shape[2] - 1) / 2
    rest -= (rest @ slope / (slope @ slope))[..., None] * slope
    return bool(np.corrcoef(rest[:, 0].ravel(), rest[:, 1].ravel())[0, 1] > 0.45)


OWN = Written(
    "mining/own-rule",
    right=(my_own, own_by_the_best_lag, lambda log: bool(my_own(log))),
    mistakes={
        "always": Ways(lambda log: True, lambda log: resembles(log, 40, 9) > 0.3),
        "never": Ways(lambda log: False, lambda log: resembles(log, 13, 9) > 0.9),
        "the other way round": lambda log: not my_own(log),
    },
    unlisted=(),
    misshapen=(
        lambda log: resembles(log, 20, 9),
        lambda log: "yes",
        lambda log: [20],
        lambda: True,
        True,
    ),
    stub=own_stub,
)

ALL = (ONE, TWO, OWN)
