"""How long agreement takes: 1,000 draws of 50 documents, 5,000 units, 60 codes and 4 coders. The bound is 30 seconds.

Run it from the root: python -m benchmarks.agreement. It prints seconds for each part, the median of three runs; the
processor's time tells whether the machine was busy with something else.
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.comparison.pairs import Options, agreement_rows
from pipeline.comparison.together import rows_of_all
from pipeline.comparison.units import Ratings
from pipeline.core import environment

DOCUMENTS, UNITS, CODES, CODERS, DRAWS, BOUND = 50, 5000, 60, 4, 1000, 30.0


def made_up(seed: int = 0) -> Ratings:
    """Four people who coded every unit with codes of unequal frequency, and agree on most of them."""
    random = np.random.default_rng(seed)
    truth = random.random((UNITS, CODES)) < random.beta(0.7, 15, CODES)
    flips = random.random((CODERS, UNITS, CODES))
    given = np.where(truth, flips < 0.7, flips < 0.01)
    place = np.sort(random.integers(0, DOCUMENTS, UNITS))
    start = np.arange(UNITS)
    units = pd.DataFrame({"document": [f"d{d:02d}" for d in place], "start": start, "end": start + 1, "weight": 1})
    return Ratings(
        unit="segment",
        units=units.assign(segment_id=[f"s{i}" for i in start]),
        coders=tuple(f"coder {i}" for i in range(CODERS)),
        codes=tuple(f"code {i:02d}" for i in range(CODES)),
        given=given,
        seen=np.ones((CODERS, UNITS), dtype=bool),
        asked=np.ones((CODERS, CODES), dtype=bool),
        human=np.ones(CODERS, dtype=bool),
    )


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """The median time of three runs: on the clock, and of the processor."""
    clock, processor = [], []
    for _ in range(3):
        start, begun = time.perf_counter(), time.process_time()
        work()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - begun)
    return statistics.median(clock), statistics.median(processor)


def main() -> None:
    """Time the parts and say whether the bound holds."""
    found, options = made_up(), Options(draws=DRAWS)
    category_of = {code: f"category {int(code[-2:]) // 6}" for code in found.codes}
    with environment.one_thread():
        parts = {
            "every pair, by code, by category and pooled": lambda: agreement_rows(
                found, category_of=category_of, options=options
            ),
            "all together": lambda: rows_of_all(found, category_of=category_of, options=options),
        }
        taken = {name: seconds(work) for name, work in parts.items()}
    print(f"{DOCUMENTS} documents, {UNITS} units, {CODES} codes, {CODERS} coders, {DRAWS} draws")
    for name, (clock, processor) in taken.items():
        print(f"{clock:7.2f} s  {name} ({processor:.2f} s of processor time)")
    total = sum(clock for clock, _ in taken.values())
    print(f"{total:7.2f} s  in all: {'within' if total <= BOUND else 'beyond'} the bound of {BOUND:.0f} s")


if __name__ == "__main__":
    main()
