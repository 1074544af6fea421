"""The bracket reader in Python: its arithmetic, what it exports, and what it refuses."""

import json
import math
import re

import numpy as np
import pytest
import torch
from bs4 import BeautifulSoup
from torch import nn

from asctools.course.widgets import bracket_network as networks
from asctools.course.widgets import bracket_reader, source
from asctools.course.widgets.bracket_reader import LONG, NEAR_MISS, VALID
from asctools.dataset.parentheses import (
    ALPHABET,
    depth,
    generate_parentheses_dataset,
    is_balanced,
)
from asctools.dataset.sequences import encode_text, one_hot
from asctools.errors import InputError, ShapeError
from asctools.rnn import LSTM, Readout
from tests.asctools.course.counting_model import PER_BRACKET, counting_model, random_model

LARGEST_BLOCK, LARGEST_MODULE = 110_000, 20_000  # bytes, with 32 units
TEXTS = (VALID, NEAR_MISS, "(", "z", "))((", "((((((((((((((((((((", *"a)(")


@pytest.fixture
def still(monkeypatch):
    monkeypatch.setenv("ASC_STATIC", "1")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("ASC_STATIC", raising=False)


def with_rounded_weights(model):
    """Return the model in float64, every weight rounded as on the page."""
    model = model.double()
    with torch.no_grad():
        core = model.core
        core.bias_ih_l0 += core.bias_hh_l0
        core.bias_hh_l0.zero_()
        for values in model.parameters():
            values.copy_(torch.round(values, decimals=6))
    return model


class TestArithmetic:
    @pytest.mark.parametrize("units", [1, 5, 32])
    def test_reads_what_the_model_reads(self, units):
        model = with_rounded_weights(random_model(units, seed=units, scale=3.0))
        network = networks.network_of(model)
        for text in TEXTS:
            x = one_hot(encode_text(text, ALPHABET), len(ALPHABET), np.float64)
            with torch.no_grad():
                scores, (h, c) = model(torch.from_numpy(x)[None])
            found = networks.read(network, text)
            said = torch.softmax(scores[0], 1)[:, 1].numpy()
            assert np.abs(found.balanced - said).max() < 1e-12
            assert np.abs(found.h[-1] - h[0, 0].numpy()).max() < 1e-12
            assert np.abs(found.c[-1] - c[0, 0].numpy()).max() < 1e-12

    @pytest.mark.parametrize("hold", [1.0, 0.9, 0.5])
    def test_holds_every_forget_gate_and_nothing_else(self, hold):
        network = networks.network_of(random_model(6, seed=2, scale=4.0))
        found, free = (networks.read(network, VALID, each) for each in (hold, None))
        assert np.abs(found.f - hold).max() < 1e-15
        c = np.zeros(6)
        for t in range(len(VALID)):
            c = hold * c + found.i[t] * found.c_tilde[t]
            assert np.abs(c - found.c[t]).max() < 1e-14
            assert np.abs(found.o[t] * np.tanh(c) - found.h[t]).max() < 1e-14
        # the first symbol finds nothing to forget
        for now, then in zip(found, free, strict=True):
            assert now is found.f or np.abs(now[0] - then[0]).max() < 1e-15
        assert np.abs(found.c[-1] - free.c[-1]).max() > 0.01

    @pytest.mark.parametrize("negatives", ["near-miss", "order", "naive"])
    def test_counts_when_the_weights_count(self, negatives):
        network = networks.network_of(counting_model())
        texts, _ = generate_parentheses_dataset(40, 8, 100, negatives=negatives, seed=1)
        for text in texts:
            found = networks.read(network, text)
            counted = PER_BRACKET * np.array(depth(text))
            assert np.abs(found.c[:, 0] - counted).max() < 1e-4  # weights are rounded
            truth = [is_balanced(text[: t + 1]) for t in range(len(text))]
            assert ((found.balanced > 0.5) == truth).all()

    def test_the_count_decays_when_gates_are_held(self):
        network = networks.network_of(counting_model())
        text = "((((" + "a" * 6
        kept, leaky = (networks.read(network, text, hold).c[:, 0] for hold in (1.0, 0.5))
        assert kept[-1] == pytest.approx(4 * PER_BRACKET, abs=1e-5)
        assert leaky[-1] == pytest.approx(leaky[3] * 0.5**6)


class TestUnits:
    def test_correlation_is_that_of_numpy(self):
        network = networks.network_of(random_model(4, seed=3))
        texts, _ = generate_parentheses_dataset(
            networks.SAMPLES, networks.SHORTEST, networks.LONGEST, seed=networks.SEED
        )
        depths = [d for text in texts for d in depth(text)]
        cells = np.concatenate([networks.read(network, text).c for text in texts])
        expected = [np.corrcoef(depths, cells[:, unit])[0, 1] for unit in range(4)]
        assert networks.correlations(network) == pytest.approx(expected, abs=1e-12)

    def test_the_counting_unit_is_found_up_or_down(self, still):
        up, down = counting_model(), counting_model()
        with torch.no_grad():  # swap the units, and let the count go down
            for values in (down.core.weight_ih_l0, down.core.weight_hh_l0, down.core.bias_ih_l0):
                values.copy_(values.reshape(4, 2, -1).flip(1).reshape(values.shape))
            down.core.weight_hh_l0.copy_(-down.core.weight_hh_l0.flip(1))
            down.core.weight_ih_l0[5] *= -1  # rows i, f, candidate, o; two of each
        for model, unit, sign in ((up, 0, 1), (down, 1, -1)):
            reader = bracket_reader(model)
            assert reader.unit == unit
            assert reader.units[0] == [unit, sign * 1.0]
            assert {unit for unit, _ in reader.units} == {0, 1}
            sizes = [abs(each) for _, each in reader.units]
            assert sizes == sorted(sizes, reverse=True)

    def test_a_unit_that_never_moves_has_none(self):
        model = counting_model()
        with torch.no_grad():
            model.core.weight_ih_l0[3:6:2] = 0.0  # forget and candidate of unit 1
            model.core.bias_ih_l0[5] = 0.0  # its candidate is 0 for ever
            model.core.weight_hh_l0[5] = 0.0
        found = networks.correlations(networks.network_of(model))
        assert found == pytest.approx([1.0, 0.0], abs=1e-6)


class TestExport:
    def test_packs_every_weight_to_the_millionth(self):
        network = networks.network_of(random_model(7, seed=1, scale=20.0))
        sent = json.loads(json.dumps(networks.packed(network)))
        assert sent["alphabet"] == ALPHABET

        def row(text):
            return [int(whole, 36) / 1e6 for whole in text.split()]

        w = network.gates
        pairs = {"f": (w.W_f, w.b_f), "i": (w.W_i, w.b_i), "c": (w.W_c, w.b_c), "o": (w.W_o, w.b_o)}
        for name, (W, b) in (pairs | {"y": (network.W_y, network.b_y)}).items():
            assert [row(each) for each in sent[name]["W"]] == W.tolist()
            assert row(sent[name]["b"]) == b.tolist()

    def test_rounds_the_weights_of_the_model_and_leaves_it_alone(self):
        model = random_model(5)
        before = {name: values.clone() for name, values in model.state_dict().items()}
        network = networks.network_of(model)
        core, w = model.core, network.gates
        fused = torch.from_numpy(np.concatenate((w.W_i, w.W_f, w.W_c, w.W_o)))
        assert (fused[:, :5] - core.weight_hh_l0).abs().max() <= 0.5e-6 + 1e-12
        assert (fused[:, 5:] - core.weight_ih_l0).abs().max() <= 0.5e-6 + 1e-12
        assert np.abs(w.b_f - 1.0).max() == 0.0
        assert all(torch.equal(values, before[name]) for name, values in model.state_dict().items())

    def test_a_model_without_biases(self):
        core = nn.LSTM(len(ALPHABET), 3, bias=False, batch_first=True)
        assert not networks.network_of(Readout(core, 2)).gates.b_f.any()

    def test_is_small_and_asks_nothing_of_the_network(self, still):
        figure = bracket_reader(random_model(32))
        assert 60_000 < len(figure.html.encode()) < LARGEST_BLOCK
        assert len(source.read("bracket-reader").esm.encode()) < LARGEST_MODULE
        html = figure.html.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?:|//[\w-]+\.\w|url\((?!#)|@import|\brequire|\ssrc=", html)
        assert figure.html == bracket_reader(random_model(32)).html

    def test_the_still_picture_says_what_the_network_says(self, still):
        model = counting_model()
        for text, shown, said, truth in (
            (NEAR_MISS, NEAR_MISS, "0.00", "it is not balanced"),
            (VALID, VALID, "1.00", "it is balanced"),
            ("", VALID, "1.00", "it is balanced"),
            ("()" * 60, "()" * 24, "1.00", "it is balanced"),
        ):
            html = bracket_reader(model, text=text).html
            drawing = BeautifulSoup(html, "html.parser").noscript.find("svg")
            assert f"The string {shown}. " in drawing["aria-label"]
            assert f"probability {said} " in drawing["aria-label"]
            assert drawing["aria-label"].endswith(f"{truth}.")
            assert "var(--asc-cell," in str(drawing)

    def test_the_ready_made_strings(self, still):
        assert is_balanced(VALID)
        assert not is_balanced(NEAR_MISS)
        differing = [t for t, (a, b) in enumerate(zip(VALID, NEAR_MISS, strict=True)) if a != b]
        assert [NEAR_MISS[t] for t in differing] == [")", "("]
        assert [name for name, _ in bracket_reader(counting_model()).samples] == [
            "valid",
            "near miss",
            f"{LONG} symbols",
        ]
        own = bracket_reader(counting_model(), text="(a)")
        assert own.samples[0] == ["first", "(a)"]
        assert (own.text, own.cursor) == ("(a)", 3)

    def test_the_long_string_is_one_that_the_network_gets_wrong(self):
        texts, _ = generate_parentheses_dataset(40, LONG, LONG, seed=networks.SEED)
        right = networks.network_of(counting_model())
        assert networks.long_text(right, LONG) == texts[0]
        model = counting_model()
        with torch.no_grad():
            model.i2o.weight.zero_()  # always "balanced"
        assert networks.long_text(networks.network_of(model), LONG) == texts[1]
        assert is_balanced(texts[0])
        assert not is_balanced(texts[1])


class TestLive:
    def test_traits_are_read_and_set(self, live):
        reader = bracket_reader(counting_model())
        assert (reader.text, reader.cursor, reader.unit, reader.hold) == (VALID, 26, 0, None)
        seen = []
        reader.observe(lambda change: seen.append(change["new"]), names="text")
        reader.text, reader.cursor, reader.unit, reader.hold = "(a)", np.int64(2), 1, 0.9
        assert seen == ["(a)"]
        state = reader.get_state()
        assert [state[key] for key in ("text", "cursor", "unit", "hold")] == ["(a)", 2, 1, 0.9]
        json.dumps({key: state[key] for key in ("network", "units", "samples", "cursor")})
        assert repr(reader).startswith("Interactive figure: The bracket reader. ")

    def test_what_the_page_sends_arrives(self, live):
        reader = bracket_reader(counting_model())
        reader.set_state({"text": "", "hold": 1, "cursor": 1})
        assert (reader.text, reader.hold) == ("", 1.0)
        reader.set_state({"hold": None})
        assert reader.hold is None


def changed(model, **attributes):
    for name, value in attributes.items():
        setattr(model, name, value)
    return model


def not_finite():
    model = random_model(3)
    with torch.no_grad():
        model.i2o.bias[0] = math.nan
    return model


WRONG_MODELS = [
    (lambda: Readout(nn.RNN(28, 8, batch_first=True), 2), InputError, r"Readout\(RNN\) as model"),
    (lambda: Readout(nn.GRU(28, 8, batch_first=True), 2), InputError, r"Readout\(GRU\) as model"),
    (lambda: LSTM(28, 8, 2), InputError, r"Got LSTM as model.*to_readout"),
    (lambda: nn.LSTM(28, 8), InputError, r"Got LSTM as model"),
    (lambda: None, InputError, "Got NoneType as model"),
    (lambda: Readout(nn.LSTM(27, 8, batch_first=True), 2), ShapeError, "27 inputs and 2 outputs"),
    (lambda: Readout(nn.LSTM(28, 8, batch_first=True), 1), ShapeError, "28 inputs and 1 outputs"),
    (lambda: Readout(nn.LSTM(28, 65, batch_first=True), 2), ShapeError, "65 units.*at most 64"),
    (lambda: Readout(nn.LSTM(28, 8, 2, batch_first=True), 2), InputError, r"2 layer\(s\) in one"),
    (
        lambda: Readout(nn.LSTM(28, 8, bidirectional=True, batch_first=True), 2),
        InputError,
        "both directions",
    ),
    (
        lambda: Readout(nn.LSTM(28, 8, proj_size=3, batch_first=True), 2),
        InputError,
        "projection 3",
    ),
    (
        lambda: changed(random_model(3), i2o=nn.Sequential(nn.Linear(3, 2))),
        InputError,
        "Sequential as the model's head",
    ),
    (not_finite, InputError, r"not finite.*i2o\.bias"),
]
REFUSED = [
    ("text", "(A)", InputError, "'A' in it"),
    ("text", "( )", InputError, "' ' in it"),
    ("text", "[x]", InputError, r"'\[' in it"),
    ("text", None, InputError, "text=None"),
    ("text", "()" * 61, ShapeError, "122 symbols.*at most 120"),
    ("cursor", 0, InputError, "from 1 to 120"),
    ("cursor", 121, InputError, "from 1 to 120"),
    ("cursor", 1.0, InputError, "cursor=1.0"),
    ("cursor", True, InputError, "cursor=True"),
    ("unit", 2, InputError, "from 0 to 1"),
    ("unit", -1, InputError, "from 0 to 1"),
    ("hold", 0.7, InputError, "hold=0.7.*None, 1, 0.9 or 0.5"),
    ("hold", True, InputError, "hold=True"),
    ("hold", "free", InputError, "hold='free'"),
]


class TestRefused:
    @pytest.mark.parametrize(("make", "error", "message"), WRONG_MODELS)
    def test_another_model(self, still, make, error, message):
        with pytest.raises(error, match=message):
            bracket_reader(make())

    @pytest.mark.parametrize(
        ("key", "value", "error", "message"), [row for row in REFUSED if row[0] in ("text", "unit")]
    )
    def test_at_the_start(self, still, key, value, error, message):
        with pytest.raises(error, match=message):
            bracket_reader(counting_model(), **{key: value})

    @pytest.mark.parametrize(("key", "value", "error", "message"), REFUSED)
    def test_at_a_change_and_nothing_changes(self, live, key, value, error, message):
        reader = bracket_reader(counting_model())
        before = getattr(reader, key)
        with pytest.raises(error, match=message):
            setattr(reader, key, value)
        assert getattr(reader, key) == before
