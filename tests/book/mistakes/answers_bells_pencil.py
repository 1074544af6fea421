"""Readers' answers on bounds, counts, troubles and a sensor of their own."""

import math

from tests.book.mistakes.written import Ways, Written


def bound_stub():
    raise NotImplementedError("Five numbers: snr, decibels, sd, softer, one_channel.")


def five(snr=150.0, decade=10, circle=2 * math.pi, softer=2.0, alone=6**0.5, unit=1e3):
    sd = unit / (circle * 250 * math.sqrt(snr))
    return snr, decade * math.log10(snr), sd, softer * sd, alone * sd


BOUND = Written(
    "bell-frame/bound",
    right=(five(), list(five()), lambda: five(), tuple(round(each, 4) for each in five())),
    mistakes={
        "noise not squared": five(snr=300.0),
        "twenty for ten": five(decade=20),
        "no circle": five(circle=1),
        "half the energy": five(softer=math.sqrt(2)),
        "a quarter twice": five(softer=4),
        "six times worse": five(alone=6),
        "in seconds": five(unit=1),
    },
    unlisted=(five(snr=600.0), five(softer=1.0)),
    misshapen=(5.0, five()[:4], "small"),
    stub=bound_stub,
)


def counted_stub():
    raise NotImplementedError("Six numbers: pairs, false_alarms, misses, precision, recall, f1.")


def counted(pairs, found=7, true=6):
    precision, recall = pairs / found, pairs / true
    f1 = 2 * precision * recall / (precision + recall)
    return pairs, found - pairs, true - pairs, precision, recall, f1


FOUR = counted(4)

COUNTED = Written(
    "bell-frame/counted",
    right=(FOUR, lambda: FOUR, [round(each, 3) for each in FOUR]),
    mistakes={
        "one strike for two": Ways(counted(5), (5, *FOUR[1:])),
        "any bell will do": Ways(counted(6), (6, *FOUR[1:])),
        "less than five": counted(3),
        "a double is no alarm": counted(4, found=6),
        "precision and recall swapped": (*FOUR[:3], FOUR[4], FOUR[3], FOUR[5]),
        "the plain mean": (*FOUR[:5], (FOUR[3] + FOUR[4]) / 2),
    },
    unlisted=(counted(2), (*FOUR[:2], 7, *FOUR[3:])),
    misshapen=(0.6, FOUR[:3], "four"),
    stub=counted_stub,
)


def troubles_stub():
    raise NotImplementedError("A word for each: ada, ben, cleo, dan, eva, finn.")


SIX = {
    "ada": "clock-skew",
    "ben": "clipping",
    "cleo": "sway",
    "dan": "impulse",
    "eva": "wrong-rate",
    "finn": "tail",
}


def turned(one, other):
    return {name: {one: other, other: one}.get(word, word) for name, word in SIX.items()}


TROUBLES = Written(
    "bell-frame/troubles",
    right=(SIX, list(SIX.values()), lambda: dict(reversed(SIX.items()))),
    mistakes={
        "troubles used twice": Ways(SIX | {"ada": "tail"}, dict.fromkeys(SIX, "sway")),
        "skew and wrong rate": turned("clock-skew", "wrong-rate"),
        "impulse and tail": turned("impulse", "tail"),
        "clipping and sway": turned("clipping", "sway"),
        "sway and tail": turned("sway", "tail"),
        "clipping and impulse": turned("clipping", "impulse"),
    },
    unlisted=(turned("clock-skew", "sway"), sorted(SIX.values())),
    misshapen=({"ada": "sway"}, SIX | {"ada": "ghost"}, 6),
    stub=troubles_stub,
)


def sensor_stub():
    raise NotImplementedError("Your sensor, its event, its noise, the bound, and what you need.")


def sensor(rate=2000.0, energy=50.0, sigma=0.5, bandwidth=200.0, needed_ms=1.0, **said):
    snr = energy / sigma**2
    bound_ms = 1e3 / (2 * math.pi * bandwidth * math.sqrt(snr)) if energy > 0 else 1.0
    plan = {"rate": rate, "energy": energy, "sigma": sigma, "bandwidth": bandwidth}
    return plan | {"bound_ms": bound_ms, "needed_ms": needed_ms} | said


OWN_SENSOR = Written(
    "bell-frame/own-sensor",
    right=(sensor(), lambda: sensor(rate=8000, energy=2.0, sigma=0.1, bandwidth=1200.0)),
    mistakes={
        "not possible": Ways(sensor(energy=0.0), sensor(rate=math.inf), sensor(needed_ms=-1.0)),
        "sampled too slowly": sensor(rate=300.0),
        "does not add up": Ways(sensor(bound_ms=5.0), sensor(bound_ms=sensor()["bound_ms"] / 1e3)),
        "below the threshold": sensor(energy=4.0, needed_ms=10.0),
        "too fine a wish": sensor(needed_ms=0.06),
    },
    unlisted=(),
    misshapen=({"rate": 1.0}, 3, sensor() | {"energy": "much"}, sensor(extra=1.0)),
    stub=sensor_stub,
)

ALL = (BOUND, COUNTED, TROUBLES, OWN_SENSOR)
