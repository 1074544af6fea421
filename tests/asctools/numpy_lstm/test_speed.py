"""The fast layer is not slow: half of what the benchmark asks for, since test machines are busy."""

import json
import os
import subprocess
import sys

import pytest

from tools.chapters import ROOT

# In a process of its own, because BLAS reads the number of threads when it is loaded.
MEASURE = """
import json, torch
from benchmarks import numpy_lstm as b
torch.set_num_threads(1)
found = [
    b.measure(b.make_task(1, 100, 25), (b.OURS, b.TORCH, b.LOOP), 0.7),
    b.measure(b.make_task(32, 128, 50), (b.OURS, b.TORCH), 1.5),
]
print(json.dumps([[ms[b.TORCH] / ms[b.OURS], ms.get(b.LOOP, 0) / ms[b.OURS]] for ms in found]))
"""


@pytest.mark.slow
def test_it_keeps_up_with_pytorch_and_leaves_the_loop_behind() -> None:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-c", MEASURE]
    ended = subprocess.run(
        command, cwd=ROOT, env=os.environ | threads, capture_output=True, text=True, check=True
    )
    (small, loop), (large, _) = json.loads(ended.stdout)
    assert small > 0.65
    assert large > 0.35
    assert loop > 2.5
