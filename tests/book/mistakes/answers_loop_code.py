"""Readers' answers on rates, stopping, saving, settings, and averages of weights."""

import math
from pathlib import Path

from asctools.training import Callback
from tests.book.mistakes.written import Ways, Written


def warming_stub(epoch, warm, total, rate, least):
    raise NotImplementedError("A rate that rises for some epochs and then falls like a cosine.")


def cooled(part, rate, least):
    return least + 0.5 * (rate - least) * (1.0 + math.cos(part * math.pi))


def warmed(epoch, warm, total, rate, least):
    if epoch < warm:
        return epoch / warm * rate
    return cooled((epoch - warm) / (total - warm), rate, least)


def otherwise(cool):
    """Warm up as one should, and cool in another way."""
    return lambda epoch, warm, total, rate, least: (
        epoch / warm * rate if epoch <= warm else cool(epoch, warm, total, rate, least)
    )


WARMING = Written(
    "training-loop/warming",
    right=(warmed, lambda *given: [warmed(*given)][0]),
    mistakes={
        "an epoch for nothing": lambda epoch, warm, total, rate, least: (
            (epoch - 1) / warm * rate if epoch <= warm else warmed(epoch, warm, total, rate, least)
        ),
        "the cosine has begun already": otherwise(
            lambda epoch, warm, total, rate, least: cooled(epoch / total, rate, least)
        ),
        "down and up again": otherwise(
            lambda epoch, warm, total, rate, least: cooled(
                2 * (epoch - warm) / (total - warm), rate, least
            )
        ),
        "no floor": otherwise(
            lambda epoch, warm, total, rate, least: cooled(
                (epoch - warm) / (total - warm), rate, 0.0
            )
        ),
        "above the top": otherwise(
            lambda epoch, warm, total, rate, least: (
                least + cooled((epoch - warm) / (total - warm), rate, 0.0)
            )
        ),
        "degrees": otherwise(
            lambda epoch, warm, total, rate, least: cooled(
                180 / math.pi * (epoch - warm) / (total - warm), rate, least
            )
        ),
    },
    unlisted=(lambda *given: 0.001, otherwise(lambda epoch, warm, total, rate, least: rate)),
    misshapen=(lambda *given: "slow", lambda *given: [1.0, 2.0]),
    stub=warming_stub,
)


def stopping_stub(values, patience, min_delta):
    raise NotImplementedError("Two epochs: the last one, and the best one.")


def stop(values, patience, min_delta):
    best, at = -math.inf, 0
    for epoch, value in enumerate(values, 1):
        if value - best > min_delta:
            best, at = value, epoch
        elif epoch - at >= patience:
            return {"last": epoch, "best": at}
    return {"last": len(values), "best": at}


def stop_from_before(values, patience, min_delta):
    at, before = 0, -math.inf
    for epoch, value in enumerate(values, 1):
        if value - before > min_delta:
            at = epoch
        elif epoch - at >= patience:
            return epoch, at
        before = value
    return len(values), at


def stop_in_all(values, patience, min_delta):
    best, at, waited = -math.inf, 0, 0
    for epoch, value in enumerate(values, 1):
        if value - best > min_delta:
            best, at = value, epoch
            continue
        waited += 1
        if waited == patience:
            return epoch, at
    return len(values), at


def stop_with_nan(values, patience, min_delta):
    best, at = -math.inf, 0
    for epoch, value in enumerate(values, 1):
        if value <= best + min_delta:
            if epoch - at >= patience:
                return epoch, at
        else:
            best, at = value, epoch
    return len(values), at


def stop_highest(values, patience, min_delta):
    last = stop(values, patience, min_delta)["last"]
    seen = [-math.inf if math.isnan(value) else value for value in values[:last]]
    return last, seen.index(max(seen)) + 1


STOPPING = Written(
    "training-loop/stopping",
    right=(stop, lambda *given: tuple(stop(*given).values())),
    mistakes={
        "less is better": lambda values, patience, min_delta: stop(
            [-value for value in values], patience, min_delta
        ),
        "compared with the epoch before": stop_from_before,
        "not in a row": stop_in_all,
        "one epoch too long": lambda values, patience, min_delta: stop(
            values, patience + 1, min_delta
        ),
        "NaN is best": stop_with_nan,
        "any step up": lambda values, patience, min_delta: stop(values, patience, 0.0),
        "the highest number": stop_highest,
    },
    unlisted=(
        lambda values, patience, min_delta: (len(values), 1),
        lambda values, patience, min_delta: (patience, patience),
    ),
    misshapen=(lambda *given: 3, lambda *given: {"last": 3}, lambda *given: "never"),
    stub=stopping_stub,
)


def saving_stub(path, pieces):
    raise NotImplementedError("Write beside, then rename; tidy up if it fails.")


def save(path, pieces):
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        beside.rename(path)
    except OSError:
        beside.unlink()
        raise


def save_all_at_once(path, pieces):
    content = b"".join(pieces)  # the disk that is full is that of the pieces here
    beside = Path(f"{path}.tmp")
    beside.write_bytes(content)
    beside.replace(path)


def save_in_place(path, pieces):
    with path.open("wb") as file:
        file.writelines(pieces)


def save_after_removing(path, pieces):
    path.unlink()
    save(path, pieces)


def save_and_rename_early(path, pieces):
    beside = path.with_suffix(".tmp")
    try:
        with beside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    finally:
        beside.replace(path)


def save_silently(path, pieces):
    try:
        save(path, pieces)
    except OSError:
        return


def save_and_leave(path, pieces):
    beside = path.with_suffix(".tmp")
    with beside.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    beside.replace(path)


SAVING = Written(
    "training-loop/saving",
    right=(save, save_all_at_once),
    mistakes={
        "written in its place": Ways(save_in_place, save_after_removing),
        "the wrong file at the end": Ways(save_and_rename_early, lambda path, pieces: 0),
        "the error swallowed": save_silently,
        "left lying about": save_and_leave,
    },
    unlisted=(),
    misshapen=(),
    stub=saving_stub,
)


def settings_stub(given, defaults):
    raise NotImplementedError("All settings, or a ValueError that names the key.")


def wrong(value, default):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    return isinstance(default, int) and isinstance(value, float)


def settings(given, defaults):
    for key, value in given.items():
        if key not in defaults:
            raise ValueError(f"no setting {key}")
        if wrong(value, defaults[key]):
            raise ValueError(f"{value!r} for {key}")
    return {**defaults, **given}


def but_for(skipped):
    """Check everything but one thing."""

    def read(given, defaults):
        checked = {key: value for key, value in given.items() if not skipped(key, value, defaults)}
        return {**settings(checked, defaults), **given}

    return read


def without_words(given, defaults):
    try:
        return settings(given, defaults)
    except ValueError:
        raise ValueError("the settings are wrong") from None


def refusing(given, defaults):
    if not given:
        raise ValueError("nothing was given")
    return settings(given, defaults)


def changing(given, defaults):
    settings(given, defaults)
    defaults.update(given)
    return defaults


def exact_types(given, defaults):
    for key, value in given.items():
        if key not in defaults or type(value) is not type(defaults[key]):
            raise ValueError(key)
    return {**defaults, **given}


SETTINGS = Written(
    "training-loop/settings",
    right=(settings, lambda given, defaults: dict(settings(given, defaults))),
    mistakes={
        "too strict": Ways(refusing, exact_types),
        "unknown names pass": but_for(lambda key, value, defaults: key not in defaults),
        "texts pass": but_for(lambda key, value, defaults: isinstance(value, str)),
        "half an epoch passes": but_for(
            lambda key, value, defaults: key == "epochs" and isinstance(value, float)
        ),
        "True passes": but_for(lambda key, value, defaults: value is True),
        "which key?": without_words,
        "settings lost": Ways(
            lambda given, defaults: {**settings(given, defaults), **defaults},
            lambda given, defaults: settings(given, defaults) and dict(given),
        ),
        "defaults changed": Ways(
            changing,
            lambda given, defaults: (
                settings(given, defaults) and (defaults.update(given) or defaults)
            ),
        ),
    },
    unlisted=(),
    misshapen=(lambda given, defaults: 3, lambda given, defaults: [1, 2]),
    stub=settings_stub,
)


def average_stub(decay):
    raise NotImplementedError("A callback with an average of the weights.")


class Average(Callback):
    """Right, unless a subclass says otherwise."""

    def __init__(self, decay):
        self.decay, self.average, self.goes_on = decay, {}, False

    def weights(self, trainer):
        return {name: w.clone() for name, w in trainer.model.state_dict().items()}

    def on_fit_start(self, trainer):
        if not self.goes_on:
            self.average = self.weights(trainer)

    def on_step_end(self, trainer):
        for name, w in self.weights(trainer).items():
            self.average[name] = self.decay * self.average[name] + (1 - self.decay) * w

    def state_dict(self):
        return {"average": self.average}

    def load_state_dict(self, state):
        self.average, self.goes_on = dict(state["average"]), True


class InPlace(Average):
    def on_step_end(self, trainer):
        for name, w in trainer.model.state_dict().items():
            self.average[name].lerp_(w, 1 - self.decay)


class EachEpoch(Average):
    def on_step_end(self, trainer):
        pass

    def on_epoch_end(self, trainer):
        Average.on_step_end(self, trainer)


class FromZero(Average):
    def on_fit_start(self, trainer):
        if not self.goes_on:
            self.average = {name: 0 * w for name, w in self.weights(trainer).items()}


class Late(Average):
    def on_fit_start(self, trainer):
        pass

    def on_step_end(self, trainer):
        if not self.average:
            self.average = self.weights(trainer)
        else:
            super().on_step_end(trainer)


class Turned(Average):
    def __init__(self, decay):
        super().__init__(1 - decay)


class Shared(Average):
    def on_step_end(self, trainer):
        self.average = dict(trainer.model.state_dict())


class Touching(Average):
    def on_epoch_end(self, trainer):
        if trainer.epoch == trainer.num_epochs:
            trainer.model.load_state_dict(self.average)


class Forgetful(Average):
    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


class Anew(Average):
    def on_fit_start(self, trainer):
        self.average = self.weights(trainer)


AVERAGE = Written(
    "training-loop/average",
    right=(Average, InPlace),
    mistakes={
        "once an epoch": EachEpoch,
        "from zero": FromZero,
        "from the first step": Late,
        "turned around": Turned,
        "the weights themselves": Shared,
        "weights moved": Touching,
        "not resumed": Ways(Forgetful, Anew),
    },
    unlisted=(lambda decay: Average(decay**2),),
    misshapen=(lambda decay: 3, lambda decay: Callback(), lambda decay: {"average": {}}),
    stub=average_stub,
)

ALL = (WARMING, STOPPING, SAVING, SETTINGS, AVERAGE)
