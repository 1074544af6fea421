"""Readers' answers on sequences in pieces, two biases, loops, resuming and batches in PyTorch."""

from functools import cache

import torch
from torch import nn

from asctools.dataset.companies import COMPANIES
from asctools.scalar import by_hand
from asctools.scalar.cell import ScalarLSTM, to_torch_lstm, train_cell
from tests.book.mistakes.written import Ways, Written


def pieces_stub(lstm, pieces):
    raise NotImplementedError("Carry the state from piece to piece.")


def my_outputs(lstm, pieces):
    outputs, state = [], None
    for piece in pieces:
        output, state = lstm(piece, state)
        outputs.append(output)
    return torch.cat(outputs)


def outputs_from_zeros(lstm, pieces):
    h = c = torch.zeros(lstm.num_layers, lstm.hidden_size)
    outputs = []
    for piece in pieces:
        output, (h, c) = lstm(piece, (h, c))
        outputs += list(output)
    return torch.stack(outputs)


def forgetful(lstm, pieces):
    return torch.cat([lstm(piece)[0] for piece in pieces])


def with_h_alone(lstm, pieces):
    h = torch.zeros(lstm.num_layers, lstm.hidden_size)
    outputs = []
    for piece in pieces:
        output, (h, _) = lstm(piece, (h, torch.zeros_like(h)))
        outputs.append(output)
    return torch.cat(outputs)


def with_c_alone(lstm, pieces):
    c = torch.zeros(lstm.num_layers, lstm.hidden_size)
    outputs = []
    for piece in pieces:
        output, (_, c) = lstm(piece, (torch.zeros_like(c), c))
        outputs.append(output)
    return torch.cat(outputs)


def crossed(lstm, pieces):
    c = h = torch.zeros(lstm.num_layers, lstm.hidden_size)
    outputs = []
    for piece in pieces:
        output, (h, c) = lstm(piece, (c, h))
        outputs.append(output)
    return torch.cat(outputs)


def crossed_at_the_call(lstm, pieces):
    c = h = torch.zeros(lstm.num_layers, lstm.hidden_size)
    outputs = []
    for piece in pieces:
        output, (c, h) = lstm(piece, (h, c))
        outputs.append(output)
    return torch.cat(outputs)


def last_output_only(lstm, pieces):
    state = None
    for piece in pieces:
        output, state = lstm(piece, state)
    return output


def detached(lstm, pieces):
    outputs, state = [], None
    for piece in pieces:
        output, (h, c) = lstm(piece, state)
        state = h.detach(), c.detach()
        outputs.append(output)
    return torch.cat(outputs)


def under_no_grad(lstm, pieces):
    with torch.no_grad():
        return my_outputs(lstm, pieces)


def c_detached(lstm, pieces):
    outputs, state = [], None
    for piece in pieces:
        output, (h, c) = lstm(piece, state)
        state = h, c.detach()
        outputs.append(output)
    return torch.cat(outputs)


def pieces_backwards(lstm, pieces):
    return my_outputs(lstm, pieces[::-1])


CARRY_THE_STATE = Written(
    "with-pytorch/carry-the-state",
    right=(my_outputs, outputs_from_zeros, lambda lstm, pieces: lstm(torch.cat(pieces))[0]),
    mistakes={
        "state not carried": forgetful,
        "only h carried": with_h_alone,
        "only c carried": with_c_alone,
        "h and c swapped": Ways(crossed, crossed_at_the_call),
        "last piece only": Ways(last_output_only, stage="shape"),
        "state cut off from the past": Ways(detached, under_no_grad, stage="gradient"),
    },
    unlisted=(c_detached, lambda lstm, pieces: 2 * my_outputs(lstm, pieces)),
    misshapen=(
        lambda lstm, pieces: [lstm(piece)[0] for piece in pieces],
        lambda lstm, pieces: my_outputs(lstm, pieces)[-1],
        lambda lstm, pieces: my_outputs(lstm, pieces).T,
        lambda lstm, pieces: None,
        lambda lstm: lstm,
        0.0,
    ),
    stub=pieces_stub,
)


def three_stub():
    raise NotImplementedError("Two moves and a learning rate.")


FROZEN_BIAS = Written(
    "with-pytorch/frozen-bias",
    right=(
        lambda: (0.001 + 0.001, 2 * 0.001 * 0.25, 0.001 / 2),
        (0.002, 0.0005, 0.0005),
        {"adam": 2e-3, "sgd": 5e-4, "rate": 5e-4},
    ),
    mistakes={
        "one bias counted": Ways((0.001, 0.00025, 0.0005), (0.001, 0.00025, 0.001)),
        "slope shared out": Ways((0.002, 0.00025, 0.0005), (0.002, 0.00025, 0.001)),
        "Adam taken for SGD": Ways((0.0005, 0.0005, 0.0005), (0.0005, 0.0005, 0.001)),
        "rate kept": (0.002, 0.0005, 0.001),
        "rate doubled": (0.002, 0.0005, 0.002),
    },
    unlisted=((0.004, 0.001, 0.00025), (0.002, 0.001, 0.0005), (-0.002, -0.0005, 0.0005)),
    misshapen=(0.002, (0.002, 0.0005), {"adam": 0.002}, ("twice", "twice", "half")),
    stub=three_stub,
)


def loop_stub(cell, companies, epochs):
    raise NotImplementedError("Write a loop without the four faults.")


def adam(cell):
    return torch.optim.Adam(cell.parameters(), lr=0.05)


def error(cell, company):
    return (cell(company.days) - company.target) ** 2


def my_training(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return losses


def zeroed_behind_the_step(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        losses.append(0.0)
        for company in companies:
            loss = error(cell, company)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            losses[-1] = losses[-1] + loss.detach()
    return losses


def by_train_cell(cell, companies, epochs):
    return train_cell(cell, epochs, learning_rate=0.05, companies=companies).losses


def never_zeroed(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return losses


def zeroed_too_late(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return losses


def zeroed_and_stepped_before(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            optimizer.zero_grad()
            loss = error(cell, company)
            optimizer.step()
            loss.backward()
            total += loss.item()
        losses.append(total)
    return losses


def no_step(cell, companies, epochs):
    losses = []
    for _ in range(epochs):
        errors = [error(cell, company) for company in companies]
        for loss in errors:
            loss.backward()
        losses.append(sum(errors).item())
    return losses


def stepped_before(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            optimizer.step()
            loss.backward()
            total += loss.item()
        losses.append(total)
    return losses


def stepped_with_the_former_slope(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            optimizer.step()
            optimizer.zero_grad()
            loss.backward()
            total += loss.item()
        losses.append(total)
    return losses


def stepped_at_the_beginning(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            optimizer.step()
            loss = error(cell, company)
            loss.backward()
            total += loss.item()
        losses.append(total)
    return losses


def stepped_and_zeroed_at_the_beginning(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        total = 0.0
        for company in companies:
            optimizer.step()
            optimizer.zero_grad()
            loss = error(cell, company)
            loss.backward()
            total += loss.item()
        losses.append(total)
    return losses


def with_the_four_faults(cell, companies, epochs):
    losses = []
    for _ in range(epochs):
        optimizer = adam(cell)
        for company in companies:
            optimizer.step()
            loss = error(cell, company)
            loss.backward()
        losses.append(loss.item())
    return losses


def one_step_an_epoch(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        loss = sum(error(cell, company) for company in companies)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def zeroed_an_epoch(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        optimizer.zero_grad()
        total = 0.0
        for company in companies:
            loss = error(cell, company)
            loss.backward()
            optimizer.step()
            total += loss.item()
        losses.append(total)
    return losses


def fresh_each_epoch(cell, companies, epochs):
    return [my_training(cell, companies, 1)[0] for _ in range(epochs)]


def fresh_each_company(cell, companies, epochs):
    return [sum(my_training(cell, [one], 1)[0] for one in companies) for _ in range(epochs)]


def last_loss(cell, companies, epochs):
    optimizer, losses = adam(cell), []
    for _ in range(epochs):
        for company in companies:
            loss = error(cell, company)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


def mean_loss(cell, companies, epochs):
    return [loss / len(companies) for loss in my_training(cell, companies, epochs)]


def other_rate(cell, companies, epochs):
    return train_cell(cell, epochs, learning_rate=0.01, companies=companies).losses


def other_order(cell, companies, epochs):
    return my_training(cell, companies[::-1], epochs)


def trains_a_copy(cell, companies, epochs):
    copy = ScalarLSTM.from_weights(cell.weights(), dtype=torch.float64)
    return my_training(copy, companies, epochs)


def plain_descent(cell, companies, epochs):
    optimizer = torch.optim.SGD(cell.parameters(), lr=0.05)
    return train_cell(cell, epochs, optimizer, companies=companies).losses


CLEAN_LOOP = Written(
    "with-pytorch/clean-loop",
    right=(my_training, zeroed_behind_the_step, by_train_cell),
    mistakes={
        "zero_grad missing": never_zeroed,
        "step before backward": Ways(
            stepped_before,
            stepped_with_the_former_slope,
            stepped_at_the_beginning,
            stepped_and_zeroed_at_the_beginning,
        ),
        "nothing learnt": Ways(zeroed_too_late, zeroed_and_stepped_before, no_step),
        "one step per epoch": one_step_an_epoch,
        "zero_grad once per epoch": zeroed_an_epoch,
        "Adam made anew": Ways(fresh_each_epoch, fresh_each_company),
        "loss of the last company": last_loss,
        "mean instead of sum": mean_loss,
    },
    unlisted=(with_the_four_faults, other_rate, other_order, trains_a_copy, plain_descent),
    misshapen=(
        lambda cell, companies, epochs: my_training(cell, companies, epochs)[-1],
        lambda cell, companies, epochs: my_training(cell, companies, epochs + 1),
        lambda cell, companies, epochs: cell,
        lambda cell, companies, epochs: my_training(cell, companies, epochs) and None,
        lambda cell, companies: [],
        [0.5, 0.4],
    ),
    stub=loop_stub,
)


def resumed_stub(file, until):
    raise NotImplementedError("Load cell and optimiser, train what is left, return the cell.")


def loaded(file):
    saved = torch.load(file)
    cell = ScalarLSTM()
    cell.load_state_dict(saved["cell"])
    optimizer = torch.optim.Adam(cell.parameters())
    optimizer.load_state_dict(saved["optimizer"])
    return cell, optimizer, saved["epoch"]


def my_resumed(file, until):
    cell, optimizer, done = loaded(file)
    train_cell(cell, until - done, optimizer)
    return cell


def resumed_by_a_loop(file, until):
    cell, optimizer, done = loaded(file)
    for _ in range(done, until):
        for company in COMPANIES:
            optimizer.zero_grad()
            error(cell, company).backward()
            optimizer.step()
    return cell


def with_a_new_adam(rate):
    def resumed(file, until):
        cell, _, done = loaded(file)
        train_cell(cell, until - done, learning_rate=rate)
        return cell

    return resumed


def so_many_more(file, until):
    cell, optimizer, _ = loaded(file)
    train_cell(cell, until, optimizer)
    return cell


def one_too_many(file, until):
    cell, optimizer, done = loaded(file)
    for _ in range(done, until + 1):
        train_cell(cell, 1, optimizer)
    return cell


def one_too_few(file, until):
    cell, optimizer, done = loaded(file)
    for _ in range(done + 1, until):
        train_cell(cell, 1, optimizer)
    return cell


def trains_another(file, until):
    cell, _, done = loaded(file)
    _, optimizer, _ = loaded_again(file)
    train_cell(cell, until - done, optimizer)
    return cell


def loaded_again(file):
    file.seek(0)
    return loaded(file)


def loads_only_adam(file, until):
    saved = torch.load(file)
    torch.manual_seed(3)
    cell = ScalarLSTM()
    optimizer = torch.optim.Adam(cell.parameters())
    optimizer.load_state_dict(saved["optimizer"])
    train_cell(cell, until - saved["epoch"], optimizer)
    return cell


def from_the_start(file, until):
    torch.manual_seed(42)
    cell = ScalarLSTM()
    train_cell(cell, until, learning_rate=0.03)
    return cell


def b_first(file, until):
    cell, optimizer, done = loaded(file)
    train_cell(cell, until - done, optimizer, companies=COMPANIES[::-1])
    return cell


def means_lost(file, until):
    cell, optimizer, done = loaded(file)
    for state in optimizer.state.values():
        state["exp_avg"].zero_()
    train_cell(cell, until - done, optimizer)
    return cell


RESUME = Written(
    "with-pytorch/resume",
    right=(my_resumed, resumed_by_a_loop, lambda file, until: my_resumed(file, until).weights()),
    mistakes={
        "optimiser's state not loaded": Ways(*map(with_a_new_adam, (0.001, 0.03, 0.01))),
        "epochs done before not counted": so_many_more,
        "one epoch too many": one_too_many,
        "one epoch too few": one_too_few,
        "cell not trained any further": Ways(trains_another, lambda file, until: loaded(file)[0]),
        "numbers not loaded": Ways(loads_only_adam, from_the_start),
    },
    unlisted=(b_first, means_lost, with_a_new_adam(0.02)),
    misshapen=(
        lambda file, until: None,
        lambda file, until: train_cell(my_resumed(file, until), 0).losses,
        lambda file, until: my_resumed(file, until).weights().b_f,
        lambda file: file,
        ScalarLSTM,
    ),
    stub=resumed_stub,
)


def batch_stub():
    raise NotImplementedError("Train on both companies at once.")


X = torch.tensor([company.days for company in COMPANIES]).unsqueeze(2)
Y = torch.tensor([company.target for company in COMPANIES])


@cache
def trained(seed, epochs, batch_first=True, targets=(0.0, 1.0), weights=(1.0, 1.0)):
    torch.manual_seed(seed)
    lstm = nn.LSTM(1, 1, batch_first=batch_first)
    x = X if batch_first else X.transpose(0, 1)
    optimizer = torch.optim.Adam(lstm.parameters(), lr=0.1)
    for _ in range(epochs):
        h = lstm(x)[1][0].flatten()
        loss = (torch.tensor(weights) * (h - torch.tensor(targets)) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return lstm


def untrained():
    torch.manual_seed(0)
    return nn.LSTM(1, 1)


def of_given_weights(weights):
    return to_torch_lstm(ScalarLSTM.from_weights(weights))


BATCH = Written(
    "with-pytorch/batch-of-companies",
    right=(
        lambda: trained(42, 400),
        lambda: trained(42, 400, batch_first=False),
        lambda: of_given_weights(by_hand.POCKET).double(),
        of_given_weights(by_hand.POCKET),
    ),
    mistakes={
        "companies swapped": lambda: trained(42, 400, targets=(1.0, 0.0)),
        "still on the plateau": lambda: trained(42, 40),
        "one of the two": Ways(
            lambda: trained(42, 200, weights=(1.0, 0.0)),
            lambda: trained(42, 200, weights=(0.0, 1.0)),
        ),
    },
    unlisted=(lambda: of_given_weights(by_hand.train(epochs=3000).weights), untrained),
    misshapen=(
        lambda: nn.LSTM(1, 2),
        lambda: nn.LSTM(1, 1, bidirectional=True),
        nn.GRU(1, 1),
        ScalarLSTM.from_weights(by_hand.POCKET),
        lambda: trained(42, 400).state_dict(),
        (0.0, 1.0),
        lambda x: x,
    ),
    stub=batch_stub,
)

ALL = (CARRY_THE_STATE, FROZEN_BIAS, CLEAN_LOOP, RESUME, BATCH)
