"""The drawn figures of the chapter on the training loop: they show what the library does."""

import pytest
import torch
from matplotlib.patches import Circle

from asctools.plots import colour, style
from asctools.training import Callback, ModelCheckpoint, Trainer
from figs import training_loop


@pytest.fixture(scope="module")
def drawn():
    with style():
        return {"moments": training_loop.moments().figure, "state": training_loop.state().figure}


def test_the_moments_are_those_of_a_callback_from_top_to_bottom():
    methods = [name for name in vars(Callback) if name.startswith("on_")]
    drawn = [each.name for each in training_loop.MOMENTS]
    assert set(drawn) == set(methods)
    heights = [each.y for each in training_loop.MOMENTS]
    assert heights == sorted(heights, reverse=True)


def test_a_training_goes_through_the_moments_in_the_drawn_order():
    told = []

    class Listens(Callback):
        def __getattribute__(self, name):
            if name.startswith("on_"):
                told.append(name)
            return super().__getattribute__(name)

    model = torch.nn.Linear(1, 1)
    batch = torch.ones(2, 1)
    trainer = Trainer(
        model,
        lambda network, x: network(x).square().mean(),
        torch.optim.SGD(model.parameters(), lr=0.1),
        callbacks=[Listens()],
        device="cpu",
    )
    trainer.fit([batch], [batch], num_epochs=1)
    drawn = [each.name for each in training_loop.MOMENTS]
    told.remove("on_save")  # the one before the first step, which has no place of its own
    assert told == drawn


def test_who_is_drawn_at_a_moment_uses_it():
    for moment in training_loop.MOMENTS:
        if moment.who == "ModelCheckpoint":
            assert moment.name in vars(ModelCheckpoint)


def test_a_file_of_weights_keeps_one_piece_and_the_checkpoint_all(drawn):
    discs = [each for each in drawn["state"].axes[0].patches if isinstance(each, Circle)]
    pieces = len(training_loop.PIECES)
    assert len(discs) == 2 * pieces

    def full(x):
        return [d.get_fill() and d.get_facecolor()[3] > 0 for d in discs if d.center[0] == x]

    whole = training_loop.COLUMNS["last.pth"]
    assert full(whole) == [True] * pieces
    assert full(training_loop.COLUMNS["state_dict"]) == [True] + [False] * (pieces - 1)


def test_each_frame_has_its_colour(drawn):
    names = {text.get_text(): text.get_color() for text in drawn["moments"].axes[0].texts}
    for *_, role, name in training_loop.FRAMES:
        assert names[name] == colour(role)
