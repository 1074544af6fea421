"""Readers' answers on padding, losses, clipping and heads."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_sequence

from tests.book.mistakes.written import Ways, Written


def ends_stub(lstm, sequences):
    raise NotImplementedError("Read each sequence at its own end.")


def my_ends(lstm, sequences):
    _, (h_n, _) = lstm(pack_sequence(sequences, enforce_sorted=False))
    return torch.cat(tuple(h_n), dim=1)


def ends_one_by_one(lstm, sequences):
    return torch.stack([torch.cat(tuple(lstm(x)[1][0])) for x in sequences])


def outputs_in_a_table(lstm, sequences):
    return lstm(pad_sequence(sequences, batch_first=True))[0]


def own_place(shift):
    def ends(lstm, sequences):
        output = outputs_in_a_table(lstm, sequences)
        lengths = torch.tensor([len(x) for x in sequences])
        return output[torch.arange(len(output)), lengths + shift]

    return ends


def packed_own_place(lstm, sequences):
    packed, _ = lstm(pack_sequence(sequences, enforce_sorted=False))
    output, lengths = nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    return output[torch.arange(len(output)), lengths - 1]


def longest_first(lstm, sequences):
    return my_ends(lstm, sorted(sequences, key=len, reverse=True))


def half_packed(lstm, sequences):
    forward = my_ends(lstm, sequences)[:, : lstm.hidden_size]
    if not lstm.bidirectional:
        return forward
    return torch.cat((forward, outputs_in_a_table(lstm, sequences)[:, 0, 3:]), dim=1)


OWN_END = Written(
    "gates-and-memory/own-end",
    right=(my_ends, ends_one_by_one, lambda *given: my_ends(*given).tolist()),
    mistakes={
        "read in the padding": Ways(
            lambda *given: outputs_in_a_table(*given)[:, -1],
            lambda lstm, sequences: torch.cat(
                tuple(lstm(pad_sequence(sequences, batch_first=True))[1][0]), dim=1
            ),
        ),
        "length taken for an index": own_place(0),
        "one day too early": own_place(-2),
        "left in the order of lengths": longest_first,
        "backward reader at the wrong end": Ways(own_place(-1), packed_own_place),
        "backward reader starts in the padding": half_packed,
        "one direction only": Ways(
            lambda lstm, sequences: lstm(pack_sequence(sequences, enforce_sorted=False))[1][0][-1],
            lambda lstm, sequences: lstm(pack_sequence(sequences, enforce_sorted=False))[1][0][0],
            stage="shape",
        ),
    },
    unlisted=(
        lambda *given: my_ends(*given).flip(0),
        lambda *given: outputs_in_a_table(*given).max(dim=1).values,
        lambda *given: outputs_in_a_table(*given)[:, 0],
    ),
    misshapen=(
        lambda *given: my_ends(*given)[0],
        lambda *given: my_ends(*given).T,
        lambda lstm, sequences: lstm(pack_sequence(sequences, enforce_sorted=False))[1][0],
        outputs_in_a_table,
        torch.zeros(3, 3),
    ),
    stub=ends_stub,
)


def entropy_stub(logits, targets, mask):
    raise NotImplementedError("The mean loss of all symbols that are no padding.")


def losses_of(logits, targets):
    most = logits.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(logits - most).sum(axis=-1)) + most[..., 0]
    rows, days = np.indices(targets.shape)
    return log_sum - logits[rows, days, targets]


def my_cross_entropy(logits, targets, mask):
    return losses_of(logits, targets)[mask].mean()


def entropy_by_pytorch(logits, targets, mask):
    logits, targets = torch.tensor(logits), torch.tensor(targets)
    targets[~torch.tensor(mask)] = -100
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def entropy_by_loops(logits, targets, mask):
    total = count = 0
    for b, t in zip(*np.nonzero(mask), strict=True):
        z = logits[b, t] - max(logits[b, t])
        total += math.log(sum(math.exp(each) for each in z)) - z[targets[b, t]]
        count += 1
    return total / count


def softmax_before(logits, targets, mask):
    return entropy_by_pytorch(torch.softmax(torch.tensor(logits), -1).numpy(), targets, mask)


def probabilities(logits, targets, mask):
    e = np.exp(logits)
    p = np.take_along_axis(e / e.sum(-1, keepdims=True), targets[..., None], -1)[..., 0]
    return -np.log(p)[mask].mean()


def overflowing(logits, targets, mask):
    with np.errstate(all="ignore"):
        return probabilities(logits, targets, mask)


def overflowing_loudly(logits, targets, mask):
    with np.errstate(all="raise"):
        return probabilities(logits, targets, mask)


def overflowing_by_loops(logits, targets, mask):
    losses = []
    for b, t in zip(*np.nonzero(mask), strict=True):
        e = [math.exp(z) for z in logits[b, t]]
        losses.append(-math.log(e[targets[b, t]] / sum(e)))
    return sum(losses) / len(losses)


def underflowing_by_loops(logits, targets, mask):
    losses = []
    for b, t in zip(*np.nonzero(mask), strict=True):
        e = [math.exp(z - max(logits[b, t])) for z in logits[b, t]]
        losses.append(-math.log(e[targets[b, t]] / sum(e)))
    return sum(losses) / len(losses)


CROSS_ENTROPY = Written(
    "gates-and-memory/cross-entropy",
    right=(my_cross_entropy, entropy_by_pytorch, entropy_by_loops),
    mistakes={
        "softmax twice": softmax_before,
        "padding in the mean": Ways(
            lambda logits, targets, mask: losses_of(logits, targets).mean(),
            lambda logits, targets, mask: (losses_of(logits, targets) * mask).mean(),
        ),
        "mean of means": lambda logits, targets, mask: np.mean(
            [row[real].mean() for row, real in zip(losses_of(logits, targets), mask, strict=True)]
        ),
        "sum instead of mean": lambda logits, targets, mask: losses_of(logits, targets)[mask].sum(),
        "sign": lambda *given: -my_cross_entropy(*given),
        "bits": lambda *given: my_cross_entropy(*given) / np.log(2),
        "exp overflows": Ways(
            overflowing, overflowing_loudly, overflowing_by_loops, underflowing_by_loops
        ),
    },
    unlisted=(
        lambda logits, targets, mask: my_cross_entropy(logits, 0 * targets, mask),
        lambda logits, targets, mask: np.exp(-losses_of(logits, targets))[mask].mean(),
        lambda *given: math.nan,
    ),
    misshapen=(
        lambda logits, targets, mask: losses_of(logits, targets),
        lambda *given: (my_cross_entropy(*given), 1.0),
        lambda *given: "nats",
        lambda logits, targets: 0.0,
        1.0,
    ),
    stub=entropy_stub,
)


def clip_stub(gradients, max_norm):
    raise NotImplementedError("One factor for all arrays.")


def length(gradients):
    return np.sqrt(sum((g**2).sum() for g in gradients))


def my_clip(gradients, max_norm):
    norm = length(gradients)
    factor = min(1.0, max_norm / norm)
    return [factor * g for g in gradients], norm


def clip_by_flattening(gradients, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    if norm > max_norm:
        gradients = [g * max_norm / norm for g in gradients]
    return {"gradients": gradients, "norm": norm}


def clip_by_pytorch(gradients, max_norm):
    parameters = [nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for parameter, g in zip(parameters, gradients, strict=True):
        parameter.grad = torch.from_numpy(g.copy())
    norm = nn.utils.clip_grad_value_(parameters, max_norm)
    return [parameter.grad for parameter in parameters], norm or length(gradients)


def clip_in_place(gradients, max_norm):
    norm = length(gradients)
    for g in gradients:
        g *= min(1.0, max_norm / norm)
    return gradients, norm


def clip_each(gradients, max_norm):
    return [g * min(1.0, max_norm / np.linalg.norm(g)) for g in gradients], length(gradients)


def clip_with(factor, norm_of=length):
    def clip(gradients, max_norm):
        norm = norm_of(gradients)
        return [factor(norm, max_norm) * g for g in gradients], norm

    return clip


def down(norm, most):
    return min(1.0, most / norm)


CLIP = Written(
    "gates-and-memory/clip",
    right=(my_clip, clip_by_flattening),
    mistakes={
        "per element": Ways(
            lambda gradients, most: ([g.clip(-most, most) for g in gradients], length(gradients)),
            clip_by_pytorch,
        ),
        "per tensor": clip_each,
        "made longer": clip_with(lambda norm, most: most / norm),
        "sum of norms": clip_with(down, lambda gradients: sum(map(np.linalg.norm, gradients))),
        "root forgotten": clip_with(down, lambda gradients: sum((g**2).sum() for g in gradients)),
        "factor upside down": Ways(
            clip_with(lambda norm, most: max(1.0, norm / most)),
            clip_with(lambda norm, most: norm / most),
        ),
        "norm afterwards": lambda gradients, most: (
            my_clip(gradients, most)[0],
            min(most, length(gradients)),
        ),
    },
    unlisted=(
        clip_in_place,
        clip_with(lambda norm, most: most / (norm + most)),
        lambda gradients, most: (gradients, length(gradients)),
    ),
    misshapen=(
        lambda *given: my_clip(*given)[0],
        lambda *given: my_clip(*given)[1],
        lambda *given: (np.concatenate([g.ravel() for g in my_clip(*given)[0]]), 1.0),
        lambda gradients: gradients,
        [1.0],
    ),
    stub=clip_stub,
)


def head_stub(hidden_size, width):
    raise NotImplementedError("Two layers with a ReLU between them.")


def my_head(hidden_size, width):
    return nn.Sequential(nn.Linear(hidden_size, width), nn.ReLU(), nn.Linear(width, 1))


class Head(nn.Module):
    def __init__(self, hidden_size, width):
        super().__init__()
        self.bend = nn.Linear(hidden_size, width)
        self.say = nn.Linear(width, 1)

    def forward(self, h):
        return self.say(self.bend(h).clamp(min=0))


def head_of(between, *after):
    def head(hidden_size, width):
        layers = [nn.Linear(hidden_size, width), *between, nn.Linear(width, 1), *after]
        return nn.Sequential(*layers)

    return head


MLP_HEAD = Written(
    "gates-and-memory/mlp-head",
    right=(my_head, Head, head_of([nn.Dropout(0.5), nn.ReLU()])),
    mistakes={
        "nothing in between": Ways(head_of([]), head_of([nn.Identity(), nn.Dropout(0.5)])),
        "answer squashed": head_of([nn.ReLU()], nn.Sigmoid()),
        "ReLU at the end": Ways(head_of([nn.ReLU()], nn.ReLU()), head_of([], nn.ReLU())),
        "another squashing": Ways(head_of([nn.Tanh()]), head_of([nn.Sigmoid()])),
    },
    unlisted=(head_of([nn.ELU()]), head_of([nn.ReLU()], nn.Tanh()), head_of([nn.Hardtanh()])),
    misshapen=(
        lambda hidden_size, width: nn.Linear(hidden_size, 1),
        lambda hidden_size, width: my_head(width, hidden_size),
        lambda hidden_size, width: nn.Sequential(my_head(hidden_size, width), nn.Flatten(0)),
        lambda hidden_size, width: torch.zeros(width),
        lambda h: h,
        my_head(2, 4),
    ),
    stub=head_stub,
)


ALL = (OWN_END, CROSS_ENTROPY, CLIP, MLP_HEAD)
