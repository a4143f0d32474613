"""What the sub-themes are called that no words name: the rest of their theme, or most of it."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

REST, MOST_OF_IT = "Rest of the theme", "Most of the theme"


def remainder(groups: np.ndarray, parents: np.ndarray, group: int) -> str:
    """Return what a sub-theme is called that nothing names. `groups` and `parents`: (n,), sub-themes and themes."""
    own = groups == group
    return MOST_OF_IT if 2 * own.sum() > (parents == parents[own][0]).sum() else REST


def numbered(called: Sequence[str], groups: np.ndarray, parents: np.ndarray) -> list[str]:
    """Return the names of sub-themes, those of remainders unique within their theme rather than within the study."""
    count: Counter[tuple[int, str]] = Counter()
    result = []
    for group, name in enumerate(called):
        plain = re.sub(r" \(\d+\)$", "", name)
        if plain.startswith((REST, MOST_OF_IT)):
            key = (int(parents[groups == group][0]), plain)
            count[key] += 1
            name = plain if count[key] == 1 else f"{plain} ({count[key]})"
        result.append(name)
    return result
