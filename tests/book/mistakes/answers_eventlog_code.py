"""Readers' answers on loggers: stamps, texts, samples, merged logs, and a hook."""

import heapq
from xml.sax.saxutils import quoteattr

import numpy as np

from tests.book.mistakes.written import Ways, Written


def clock_stub(times):
    raise NotImplementedError("A stamp for each time, each later than the one before.")


def my_stamps(times):
    stamps = []
    for now in times:
        stamps.append(max(now, stamps[-1] + 1) if stamps else now)
    return stamps


def stamps_in_numpy(times):
    places = np.arange(len(times))
    return np.maximum.accumulate(np.array(times) - places) + places


def stamps_that_may_be_equal(times):
    return np.maximum.accumulate(times).tolist()


def stamps_after_the_clock(times):
    stamps, before = [], None
    for now in times:
        stamps.append(now if before is None or now > before else before + 1)
        before = now
    return stamps


def stamps_late_for_ever(times):
    stamps, late = [], 0
    for now in times:
        if stamps and now + late <= stamps[-1]:
            late = stamps[-1] + 1 - now
        stamps.append(now + late)
    return stamps


CLOCK = Written(
    "event-log/clock",
    right=(my_stamps, lambda times: tuple(my_stamps(times)), lambda t: stamps_in_numpy(t).tolist()),
    mistakes={
        "equal stamps": stamps_that_may_be_equal,
        "compared with the clock": stamps_after_the_clock,
        "sorted": lambda times: my_stamps(sorted(times)),
        "late for ever": stamps_late_for_ever,
        "a counter": lambda times: [times[0] + k for k, _ in enumerate(times)],
        "events left out": Ways(
            lambda times: [t for k, t in enumerate(times) if all(t > e for e in times[:k])],
            stage="shape",
        ),
    },
    unlisted=(
        list,
        lambda times: [stamp + 1 for stamp in my_stamps(times)],
        lambda times: my_stamps(times)[::-1],
    ),
    misshapen=(max, lambda times: "now", lambda: [], [1, 2, 3], lambda times: {}),
    stub=clock_stub,
)


def text_stub(text):
    raise NotImplementedError("Write each character as it may stand between the quotes.")


WRITTEN = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}


def in_xml(c):
    code = ord(c)
    return c in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def value_with(known=None, keep=in_xml):
    table = WRITTEN if known is None else {c: WRITTEN[c] for c in known}
    return lambda text: "".join(table.get(c, c) for c in text if keep(c))


my_value = value_with()


def value_in_numbers(text):
    return "".join(f"&#x{ord(c):x};" for c in text if in_xml(c))


def value_by_the_library(text):
    text = "".join(filter(in_xml, text))
    return quoteattr(text + '"' + "'")[1:-1].removesuffix("&quot;'")


def value_by_replacing(order):
    def value(text):
        text = "".join(filter(in_xml, text))
        for character in order:
            text = text.replace(character, WRITTEN[character])
        return text

    return value


def as_in_the_chapter(c):
    return c >= " " or c in "\t\n\r"


TEXT = Written(
    "event-log/text",
    right=(my_value, value_in_numbers, value_by_the_library, value_by_replacing('&<"\n\t\r')),
    mistakes={
        "ampersand last": value_by_replacing('<"\n\t\r&'),
        "ampersand": value_with('<"\n\t\r'),
        "angle bracket": value_with('&"\n\t\r'),
        "quote": value_with("&<\n\t\r"),
        "white space": Ways(value_with('&<"'), value_with('&<"\n'), value_with('&<"\n\t')),
        "white space lost": value_with(keep=lambda c: in_xml(c) and c >= " "),
        "forbidden characters": Ways(
            value_with(keep=lambda c: True),
            lambda text: "".join(WRITTEN.get(c, c) if in_xml(c) else f"&#{ord(c)};" for c in text),
        ),
        "as in the chapter": value_with(keep=as_in_the_chapter),
        "only ASCII": Ways(
            value_with(keep=lambda c: in_xml(c) and c < "\x7f"),
            lambda text: my_value(text).encode("ascii", "replace").decode(),
        ),
    },
    unlisted=(
        lambda text: "",
        lambda text: my_value(text.upper()),
        lambda text: my_value(text.strip() + " "),
        repr,
    ),
    misshapen=(
        len,
        lambda text: [my_value(text)],
        lambda text: f'<string key="text" value="{my_value(text)}"/>',
        lambda text: f'"{my_value(text)}"',
        lambda: "",
        "text",
    ),
    stub=text_stub,
)


def sampling_stub(names, iterations, every):
    raise NotImplementedError("The places of the events that are kept.")


def my_sample(names, iterations, every):
    return [k for k, i in enumerate(iterations) if i is None or i % every == 0]


def sample_by_numpy(names, iterations, every):
    numbers = np.array([0 if i is None else i for i in iterations])
    return np.flatnonzero(numbers % every == 0)


def sample_each_name(names, iterations, every):
    counts, kept = {}, []
    for k, name in enumerate(names):
        counts[name] = counts.get(name, 0) + 1
        if counts[name] % every == 1 or every == 1:
            kept.append(k)
    return kept


def sample_by_counting(names, iterations, every):
    kept, seen = [], []
    for k, i in enumerate(iterations):
        if i is not None and i not in seen:
            seen.append(i)
        if i is None or len(seen) % every == 0:
            kept.append(k)
    return kept


SAMPLING = Written(
    "event-log/sampling",
    right=(my_sample, lambda *given: sample_by_numpy(*given).tolist()),
    mistakes={
        "single events": Ways(
            lambda names, i, every: list(range(0, len(names), every)), stage="shape"
        ),
        "each name by itself": Ways(sample_each_name, stage="shape"),
        "epochs lost": Ways(
            lambda names, iterations, every: [
                k for k, i in enumerate(iterations) if i and i % every == 0
            ],
            stage="shape",
        ),
        "from the first on": Ways(
            lambda names, iterations, every: [
                k for k, i in enumerate(iterations) if i is None or i % every == 1 % every
            ],
            stage="shape",
        ),
        "counted anew": Ways(sample_by_counting, stage="shape"),
        "only the beginning": Ways(
            lambda names, iterations, every: [
                k for k, i in enumerate(iterations) if i is None or i <= every
            ],
            stage="shape",
        ),
    },
    unlisted=(
        lambda *given: [k + 1 for k in my_sample(*given)],
        lambda *given: my_sample(*given)[::-1],
    ),
    misshapen=(
        lambda *given: len(my_sample(*given)),
        lambda *given: [],
        lambda names, iterations: [],
        [0, 1],
        lambda *given: set(my_sample(*given)),
    ),
    stub=sampling_stub,
)


def merging_stub(logs, ahead):
    raise NotImplementedError("Pairs (process, place), in the order of true time.")


def my_merge(logs, ahead):
    events = [(t - ahead[p], p, k) for p, log in enumerate(logs) for k, t in enumerate(log)]
    return [(p, k) for _, p, k in sorted(events)]


def merge_streams(logs, ahead):
    streams = [
        [(t - a, p, k) for k, t in enumerate(log)]
        for p, (log, a) in enumerate(zip(logs, ahead, strict=True))
    ]
    return [[p, k] for _, p, k in heapq.merge(*streams)]


def merge_taking_turns(logs, ahead):
    most = max(len(log) for log in logs)
    return [(p, k) for k in range(most) for p in range(len(logs)) if k < len(logs[p])]


def merge_of_two(logs, ahead):
    return my_merge(logs[:2], ahead[:2])


MERGING = Written(
    "event-log/merging",
    right=(my_merge, merge_streams, lambda *given: tuple(my_merge(*given))),
    mistakes={
        "clocks believed": lambda logs, ahead: my_merge(logs, [0] * len(logs)),
        "sign of the clock": lambda logs, ahead: my_merge(logs, [-a for a in ahead]),
        "ties the other way": lambda logs, ahead: [
            (len(logs) - 1 - p, k) for p, k in my_merge(logs[::-1], ahead[::-1])
        ],
        "one behind the other": lambda logs, ahead: [
            (p, k) for p in range(len(logs)) for k in range(len(logs[p]))
        ],
        "in turn": merge_taking_turns,
        "two processes": Ways(merge_of_two, stage="shape"),
        "times for places": lambda logs, ahead: [(p, logs[p][k]) for p, k in my_merge(logs, ahead)],
    },
    unlisted=(
        lambda logs, ahead: my_merge(logs, ahead)[::-1],
        lambda logs, ahead: [(p + 1, k + 1) for p, k in my_merge(logs, ahead)],
        lambda logs, ahead: [(k, p) for p, k in my_merge(logs, ahead)],
    ),
    misshapen=(
        lambda logs, ahead: [p for p, k in my_merge(logs, ahead)],
        lambda logs, ahead: len(logs),
        lambda logs: [],
        [(0, 0)],
        lambda logs, ahead: [(t, p, k) for t, (p, k) in enumerate(my_merge(logs, ahead))],
    ),
    stub=merging_stub,
)


def hook_stub(optimizer):
    raise NotImplementedError("Return two functions, count and stop.")


def my_counter(optimizer):
    steps = []
    handle = optimizer.register_step_post_hook(lambda *given: steps.append(1))
    return lambda: len(steps), handle.remove


def counter_by_wrapping(optimizer):
    steps, step = [0], optimizer.step

    def counting(*args, **kwargs):
        steps[0] += 1
        return step(*args, **kwargs)

    def stop():
        optimizer.step = step

    optimizer.step = counting
    return [lambda: steps[0], stop]


def counter_that_drops(value):
    """Wrap step, and lose what it returns or what it is given."""

    def counter(optimizer):
        steps, step = [0], optimizer.step

        def counting(*args, **kwargs):
            steps[0] += 1
            if value == "returned":
                step(*args, **kwargs)
                return None
            loss = step(*args, **kwargs)
            for group in optimizer.param_groups:
                for weight in group["params"]:
                    weight.data *= 0.999
            return loss

        optimizer.step = counting
        return lambda: steps[0], lambda: setattr(optimizer, "step", step)

    return counter


def counter_of_all(optimizer):
    from torch.optim.optimizer import register_optimizer_step_post_hook

    steps = []
    handle = register_optimizer_step_post_hook(lambda *given: steps.append(1))
    return lambda: len(steps), handle.remove


def counter_of_the_class(optimizer):
    steps, kind = [], type(optimizer)
    step = kind.step

    def counting(self, *args, **kwargs):
        steps.append(1)
        return step(self, *args, **kwargs)

    def stop():
        kind.step = step

    kind.step = counting
    return lambda: len(steps), stop


def counter_for_ever(optimizer):
    steps = []
    optimizer.register_step_post_hook(lambda *given: steps.append(1))
    return lambda: len(steps), lambda: None


def counter_that_forgets(optimizer):
    steps = []
    handle = optimizer.register_step_post_hook(lambda *given: steps.append(1))

    def stop():
        handle.remove()
        steps.clear()

    return lambda: len(steps), stop


def counter_before_and_after(optimizer):
    steps = []
    handles = [
        optimizer.register_step_pre_hook(lambda *given: steps.append(1)),
        optimizer.register_step_post_hook(lambda *given: steps.append(1)),
    ]
    return lambda: len(steps), lambda: [handle.remove() for handle in handles]


def counter_of_zero_grad(optimizer):
    cleared, zero_grad = [], optimizer.zero_grad

    def counting(*args, **kwargs):
        cleared.append(1)
        zero_grad(*args, **kwargs)

    optimizer.zero_grad = counting
    return lambda: len(cleared), lambda: setattr(optimizer, "zero_grad", zero_grad)


def scaled(change):
    def counter(optimizer):
        count, stop = my_counter(optimizer)
        return lambda: change(count()), stop

    return counter


HOOK = Written(
    "event-log/hook",
    right=(my_counter, counter_by_wrapping),
    mistakes={
        "every optimiser": Ways(counter_of_all, counter_of_the_class),
        "never stops": counter_for_ever,
        "set to zero by stop": counter_that_forgets,
        "the value of step lost": counter_that_drops("returned"),
        "the optimiser does something else": counter_that_drops("weights"),
        "counted twice": counter_before_and_after,
        "gradients counted": counter_of_zero_grad,
    },
    unlisted=(scaled(lambda n: n + 1), scaled(lambda n: n - 1), scaled(lambda n: 5 * n)),
    misshapen=(
        lambda optimizer: 3,
        lambda optimizer: my_counter(optimizer)[0],
        lambda optimizer: (0, lambda: None),
        scaled(str),
        lambda: (lambda: 0, lambda: None),
        (1, 2),
    ),
    stub=hook_stub,
)

ALL = (CLOCK, TEXT, SAMPLING, MERGING, HOOK)
