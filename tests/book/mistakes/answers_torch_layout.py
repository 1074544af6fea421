"""Readers' answers on rows, biases, shapes and last days of ``nn.LSTM``."""

import torch

from tests.book.mistakes.written import Ways, Written


def matrices_stub(lstm):
    raise NotImplementedError("Cut weight_ih_l0 into the matrices of f, i, c and o.")


def my_matrices(lstm):
    i, f, g, o = lstm.weight_ih_l0.chunk(4)
    return f, i, g, o


def matrices_by_name(lstm):
    n = lstm.hidden_size
    w = lstm.weight_ih_l0.detach().numpy()
    return {"o": w[3 * n :], "c": w[2 * n : 3 * n], "i": w[:n], "f": w[n : 2 * n]}


def matrices_by_view(lstm):
    i, f, g, o = lstm.weight_ih_l0.view(4, lstm.hidden_size, lstm.input_size)
    return [f.tolist(), i.tolist(), g.tolist(), o.tolist()]


def chunks_as_they_come(lstm):
    return lstm.weight_ih_l0.chunk(4)


def chunks_named_in_our_order(lstm):
    return dict(zip("fico", lstm.weight_ih_l0.chunk(4), strict=True))


def chunks_ifog(lstm):
    i, f, o, g = lstm.weight_ih_l0.chunk(4)
    return f, i, g, o


def chunks_igfo(lstm):
    i, g, f, o = lstm.weight_ih_l0.chunk(4)
    return f, i, g, o


def one_row_in_four(lstm):
    w = lstm.weight_ih_l0
    return w[1::4], w[0::4], w[2::4], w[3::4]


def one_row_in_four_our_order(lstm):
    return [lstm.weight_ih_l0[k::4] for k in range(4)]


def chunks_of_the_other(lstm):
    i, f, g, o = lstm.weight_hh_l0.chunk(4)
    return f, i, g, o


def chunks_backwards(lstm):
    return lstm.weight_ih_l0.chunk(4)[::-1]


def cut_at_input_size(lstm):
    n = lstm.input_size
    i, f, g, o = (lstm.weight_ih_l0[k * n : (k + 1) * n] for k in range(4))
    return f, i, g, o


GATE_ORDER = Written(
    "with-pytorch/gate-order",
    right=(my_matrices, matrices_by_name, matrices_by_view),
    mistakes={
        "PyTorch's order kept": Ways(chunks_as_they_come, chunks_named_in_our_order),
        "candidate last": chunks_ifog,
        "candidate second": chunks_igfo,
        "every fourth row": Ways(one_row_in_four, one_row_in_four_our_order),
        "recurrent weights": Ways(chunks_of_the_other, stage="shape"),
    },
    unlisted=(
        chunks_backwards,
        lambda lstm: [-matrix for matrix in my_matrices(lstm)],
        lambda lstm: [torch.zeros_like(matrix) for matrix in my_matrices(lstm)],
    ),
    misshapen=(
        lambda lstm: lstm.weight_ih_l0,
        lambda lstm: my_matrices(lstm)[:3],
        lambda lstm: [matrix.T for matrix in my_matrices(lstm)],
        cut_at_input_size,
        lambda: None,
        torch.zeros(4, 1),
    ),
    stub=matrices_stub,
)


def merged_stub(state):
    raise NotImplementedError("Move what the second biases hold into the first ones.")


def my_merged(state):
    merged = dict(state)
    for first in state:
        if first.startswith("bias_ih"):
            second = first.replace("_ih_", "_hh_")
            merged[first] = state[first] + state[second]
            merged[second] = torch.zeros_like(state[second])
    return merged


def merged_on_a_copy(state):
    state = {name: values.clone() for name, values in state.items()}
    for name in state:
        if "bias_hh" in name:
            state[name.replace("hh", "ih")] += state[name]
            state[name].zero_()
    return state


def added_and_kept(state):
    merged = dict(state)
    for name in state:
        if "bias_ih" in name:
            merged[name] = state[name] + state[name.replace("ih", "hh")]
    return merged


def only_emptied(state):
    return {
        name: torch.zeros_like(values) if "bias_hh" in name else values
        for name, values in state.items()
    }


def halves(state):
    merged = dict(state)
    for name in state:
        if "bias_ih" in name:
            other = name.replace("ih", "hh")
            merged[name] = merged[other] = (state[name] + state[other]) / 2
    return merged


def into_the_other(state):
    merged = dict(state)
    for name in state:
        if "bias_ih" in name:
            other = name.replace("ih", "hh")
            merged[other] = state[name] + state[other]
            merged[name] = torch.zeros_like(state[name])
    return merged


def layer_zero(state):
    merged = dict(state)
    merged["bias_ih_l0"] = state["bias_ih_l0"] + state["bias_hh_l0"]
    merged["bias_hh_l0"] = torch.zeros_like(state["bias_hh_l0"])
    return merged


def numbered_layers(state):
    merged, layer = dict(state), 0
    while f"bias_ih_l{layer}" in state:
        first, second = f"bias_ih_l{layer}", f"bias_hh_l{layer}"
        merged[first] = state[first] + state[second]
        merged[second] = torch.zeros_like(state[second])
        layer += 1
    return merged


def merged_in_place(state):
    for name in state:
        if "bias_ih" in name:
            state[name] += state[name.replace("ih", "hh")]
            state[name.replace("ih", "hh")].zero_()
    return state


def subtracted(state):
    merged = my_merged(state)
    for name in state:
        if "bias_ih" in name:
            merged[name] = state[name] - state[name.replace("ih", "hh")]
    return merged


MERGE_BIASES = Written(
    "with-pytorch/merge-biases",
    right=(my_merged, merged_on_a_copy),
    mistakes={
        "second bias not emptied": added_and_kept,
        "second bias lost": only_emptied,
        "shared out": halves,
        "sum in the second bias": into_the_other,
        "first layer only": layer_zero,
        "reverse direction forgotten": numbered_layers,
    },
    unlisted=(merged_in_place, subtracted, dict),
    misshapen=(
        lambda state: {n: v for n, v in my_merged(state).items() if "bias_hh" not in n},
        lambda state: list(my_merged(state).values()),
        lambda state: print(end=""),
        {},
    ),
    stub=merged_stub,
)


def last_stub(lstm, x):
    raise NotImplementedError("Return the output of the last day, one row per company.")


def my_last(lstm, x):
    output, _ = lstm(x)
    return output[:, -1] if lstm.batch_first else output[-1]


def last_of_state(lstm, x):
    return lstm(x)[1][0][-1]


def last_by_transposing(lstm, x):
    output = lstm(x)[0]
    if lstm.batch_first:
        output = output.transpose(0, 1)
    return output[-1].detach().numpy()


def by_number_of_companies(lstm, x):
    output, _ = lstm(x)
    return output[:, x.shape[0] - 1] if lstm.batch_first else output[x.shape[1] - 1]


LAST_OUTPUT = Written(
    "with-pytorch/last-output",
    right=(my_last, last_of_state, last_by_transposing),
    mistakes={
        "output[-1] always": Ways(lambda lstm, x: lstm(x)[0][-1], stage="shape"),
        "output[:, -1] always": Ways(lambda lstm, x: lstm(x)[0][:, -1], stage="shape"),
        "first day": lambda lstm, x: lstm(x)[0][:, 0] if lstm.batch_first else lstm(x)[0][0],
        "h_n as it came": Ways(lambda lstm, x: lstm(x)[1][0], stage="shape"),
        "first layer of h_n": lambda lstm, x: lstm(x)[1][0][0],
        "cell state": Ways(lambda lstm, x: lstm(x)[1][1][-1], lambda lstm, x: lstm(x)[1][1][0]),
    },
    unlisted=(
        by_number_of_companies,
        lambda lstm, x: lstm(x)[0].mean(1 if lstm.batch_first else 0),
        lambda lstm, x: my_last(lstm, x).flip(0),
        lambda lstm, x: my_last(lstm, x) + 0.01,
    ),
    misshapen=(
        lambda lstm, x: lstm(x)[0],
        lambda lstm, x: lstm(x),
        lambda lstm, x: my_last(lstm, x)[0],
        lambda lstm, x: my_last(lstm, x).T,
        lambda lstm, x: lstm(x)[0][:, 0, 0],
        torch.zeros(3, 5),
    ),
    stub=last_stub,
)


def shapes_stub():
    raise NotImplementedError("Write down three shapes.")


OUTPUT_SHAPES = Written(
    "with-pytorch/output-shapes",
    right=(
        lambda: {"output": (7, 11, 10), "h_n": (4, 7, 5), "c_n": (4, 7, 5)},
        ((7, 11, 10), (4, 7, 5), (4, 7, 5)),
        [torch.Size((7, 11, 10)), [4, 7, 5], (4, 7, 5)],
    ),
    mistakes={
        "batch_first for the memories too": ((7, 11, 10), (7, 4, 5), (7, 4, 5)),
        "one direction in the output": ((7, 11, 5), (4, 7, 5), (4, 7, 5)),
        "directions side by side in the memories": ((7, 11, 10), (2, 7, 10), (2, 7, 10)),
        "half of the memories": {"output": (7, 11, 10), "h_n": (2, 7, 5), "c_n": (2, 7, 5)},
        "one direction everywhere": ((7, 11, 5), (2, 7, 5), (2, 7, 5)),
        "days first": ((11, 7, 10), (4, 7, 5), (4, 7, 5)),
    },
    unlisted=(
        ((7, 11, 10), (4, 7, 5), (4, 7, 10)),
        ((7, 11, 20), (4, 7, 5), (4, 7, 5)),
        ((7, 11, 10), (4, 11, 5), (4, 11, 5)),
    ),
    misshapen=((7, 11, 10), ((7, 10), (4, 5), (4, 5)), "(7, 11, 10)", {"output": (7, 11, 10)}),
    stub=shapes_stub,
)


def counts_stub():
    raise NotImplementedError("Count the numbers of both networks.")


def layer(reads, units, biases=2):
    return 4 * units * (reads + units + biases)


def large(lower, upper):
    return 2 * (layer(lower, 128) + layer(upper, 128))


PARAMETER_COUNT = Written(
    "with-pytorch/parameter-count",
    right=(
        lambda: (layer(6, 128), large(6, 256)),
        {"small": 69632, "large": 534528},
        [
            sum(p.numel() for p in torch.nn.LSTM(6, 128, **options).parameters())
            for options in ({}, {"num_layers": 2, "bidirectional": True})
        ],
    ),
    mistakes={
        "one bias": (layer(6, 128, 1), 2 * (layer(6, 128, 1) + layer(256, 128, 1))),
        "no bias": (layer(6, 128, 0), 2 * (layer(6, 128, 0) + layer(256, 128, 0))),
        "one gate": (layer(6, 128) // 4, large(6, 256) // 4),
        "upper layer reads one direction": (layer(6, 128), large(6, 128)),
        "upper layer reads the input": (layer(6, 128), large(6, 6)),
        "one direction": Ways(
            (layer(6, 128), large(6, 256) // 2),
            (layer(6, 128), layer(6, 128) + layer(128, 128)),
        ),
    },
    unlisted=((69632, 69632), (69632, 534529), (534528, 69632)),
    misshapen=(69632, (69632,), ("many", "more"), lambda lstm: (1, 2)),
    stub=counts_stub,
)

ALL = (GATE_ORDER, MERGE_BIASES, LAST_OUTPUT, OUTPUT_SHAPES, PARAMETER_COUNT)
