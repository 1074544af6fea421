"""The plots of the chapter on scaling out: they show their numbers, and every text can be read."""

import pytest

from asctools.errors import ShapeError
from asctools.plots import colour, scaling
from asctools.plots.style import SMALLEST_TEXT
from tests.asctools.plots.every_plot import assert_readable, assert_themed

ALT = "A figure of which the test looks at every text and every line."

LENGTHS = {"by chance": [[12, 48, 20, 31], [40, 13, 25, 26]], "by length": [[12, 13, 13, 14], [46]]}
RATES = {1: 1410.0, 4: 4950.0, 16: 15600.0, 64: 35500.0, 256: 42300.0, 1024: 31800.0}
BEFORE, EACH = 7e-4, 1.9e-5
RUNS = {
    4: [(72, 288, 0.15), (64, 256, 0.12), (68, 272, 0.13)],
    16: [(36, 576, 0.06), (40, 640, 0.07), (32, 512, 0.05)],
    64: [(32, 2048, 0.09), (36, 2304, 0.1), (36, 2304, 0.11)],
    256: [(28, 7168, 0.15), (32, 8192, 0.18), (24, 6144, 0.13)],
    1024: [(28, 28672, 1.1), (24, 24576, 1.0), (28, 28672, 1.2)],
}
COUNTS = (1, 2, 4, 8)
WALL, CPU = (2.0, 3.0, 15.0, 30.0), (2.0, 5.0, 16.0, 60.0)
MACHINES = (1, 2, 4, 8, 16, 32, 64)
SPEED_UPS = {
    "64, office": (1.0, 1.7, 2.4, 2.8, 2.4, 1.6, 1.0),
    "64, cluster": (1.0, 1.8, 3.0, 4.4, 5.5, 5.9, 5.2),
    "4096, office": (1.0, 2.0, 4.0, 7.9, 15.5, 29.0, 45.0),
}

PLOTS = {
    "padding": lambda: scaling.padding(LENGTHS),
    "padding_of_one": lambda: scaling.padding({"by chance": LENGTHS["by chance"]}),
    "throughput": lambda: scaling.throughput(RATES, BEFORE, EACH),
    "throughput_far_from_its_half": lambda: scaling.throughput({1: 900.0, 4: 3000.0}, 7e-4, 1e-6),
    "batch_sizes": lambda: scaling.batch_sizes(RUNS),
    "threads": lambda: scaling.threads(COUNTS, WALL, CPU),
    "threads_that_agree": lambda: scaling.threads(COUNTS, WALL, WALL),
    "speed_ups": lambda: scaling.speed_ups(MACHINES, SPEED_UPS),
}


@pytest.mark.parametrize("name", PLOTS)
def test_every_text_can_be_read(name):
    assert_readable(PLOTS[name](), SMALLEST_TEXT)


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_themed_light_and_repeatable(name):
    assert_themed(PLOTS[name], ALT, name, limit=160_000)


def lines_of(axes, role):
    return [line for line in axes.lines if line.get_color() == colour(role)]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_steps_and_padding_stand_upon_each_other_up_to_the_longest_of_the_batch():
    for axes, batches in zip(PLOTS["padding"]().axes, LENGTHS.values(), strict=True):
        steps, pads = axes.containers
        assert [bar.get_height() for bar in steps] == [n for batch in batches for n in batch]
        tops = [bar.get_y() + bar.get_height() for bar in pads]
        assert tops == [max(batch) for batch in batches for _ in batch]


def test_the_heading_says_which_share_only_pads():
    above = [axes.get_title(loc="left") for axes in PLOTS["padding"]().axes]
    needed, done = 215, 4 * 48 + 4 * 40
    assert above[0] == f"by chance: {100 * (1 - needed / done):.0f} % only pad"
    assert above[1].startswith("by length: 4 %")


def test_the_measured_rates_are_drawn_beside_the_fitted_line():
    axes = PLOTS["throughput"]().axes[0]
    (points,) = lines_of(axes, "lstm")
    assert dict(zip(points.get_xdata(), points.get_ydata(), strict=True)) == RATES
    (line,) = lines_of(axes, "truth")
    assert line.get_ydata()[0] == pytest.approx(1.0 / (BEFORE + EACH))
    assert line.get_ydata()[-1] == pytest.approx(1024.0 / (BEFORE + 1024.0 * EACH))
    (half,) = lines_of(axes, "muted")
    assert set(half.get_xdata()) == {BEFORE / EACH}


def test_a_half_that_lies_outside_is_not_marked():
    axes = PLOTS["throughput_far_from_its_half"]().axes[0]
    assert not lines_of(axes, "muted")
    assert not texts(axes)


def test_every_training_has_a_point_in_every_panel():
    for place, axes in enumerate(PLOTS["batch_sizes"]().axes):
        means, *points = lines_of(axes, "lstm")
        assert list(means.get_xdata()) == list(RUNS)
        for line, (size, runs) in zip(points, RUNS.items(), strict=True):
            assert set(line.get_xdata()) == {size}
            assert list(line.get_ydata()) == [run[place] for run in runs]
            assert min(line.get_ydata()) <= means.get_ydata()[list(RUNS).index(size)]


def test_threads_are_held_against_what_was_hoped_for():
    axes = PLOTS["threads"]().axes[0]
    (hoped,), (wall,), (cpu,) = (lines_of(axes, role) for role in ("truth", "lstm", "loss"))
    assert list(hoped.get_ydata()) == [2.0, 1.0, 0.5, 0.25]
    assert (tuple(wall.get_ydata()), tuple(cpu.get_ydata())) == (WALL, CPU)
    assert set(texts(axes)) == {"processor time", "clock on the wall", "hoped for"}


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (3.0, 150.0, ["10", "100"]),
        (1.6, 3000.0, ["1", "10", "100", "1 000"]),
        (4.0, 50.0, ["3", "10", "30"]),
    ],
)
def test_plain_numbers_stand_at_a_logarithmic_axis(low, high, marks):
    figure = scaling.threads((1, 2), (low, high), (low, high))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == marks


def test_each_speed_up_is_drawn_below_the_ideal():
    axes = PLOTS["speed_ups"]().axes[0]
    (ideal,) = lines_of(axes, "truth")
    assert list(ideal.get_xdata()) == list(ideal.get_ydata()) == list(MACHINES)
    for role, values in zip(scaling.CURVES, SPEED_UPS.values(), strict=False):
        (curve,) = lines_of(axes, role)
        assert tuple(curve.get_ydata()) == values
    assert texts(axes) == ["as many machines", *SPEED_UPS]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: scaling.padding({}), "an empty batch or none"),
        (lambda: scaling.padding({"by chance": [[3], []]}), "an empty batch or none"),
        (lambda: scaling.throughput({1: 9.0}, 1.0, 1.0), "1 sizes"),
        (lambda: scaling.batch_sizes({}), "runs of 0 sizes"),
        (lambda: scaling.batch_sizes({16: [(36, 576)]}), "3 numbers for every training"),
        (lambda: scaling.threads(COUNTS, WALL, CPU[:3]), "4 counts, 4 times, 3 CPU times"),
        (lambda: scaling.threads((), (), ()), "0 counts"),
        (lambda: scaling.speed_ups(MACHINES, {}), "0 curves over 7 counts"),
        (lambda: scaling.speed_ups(MACHINES, {"64": (1.0, 2.0)}), "1 curves over 7 counts"),
        (
            lambda: scaling.speed_ups((1,), dict.fromkeys("abcde", (1.0,))),
            "one to 4 curves",
        ),
    ],
)
def test_what_does_not_fit_is_refused(draw, words):
    with pytest.raises(ShapeError, match=words):
        draw()
