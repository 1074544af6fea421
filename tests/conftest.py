"""One thread for every numeric library, before any of them is loaded.

The matrices of the tests are small: with two threads they take many times as long, and last digits
may depend on how the work was shared out.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
