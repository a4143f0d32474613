"""Which passages a question asked for, as the themes' share of unprompted talk counts it."""

from collections.abc import Mapping

import pandas as pd

from pipeline.core.table_rows import groups
from pipeline.inductive import passports, theme_guide


def asked_for(tables: Mapping[str, pd.DataFrame]) -> dict[str, bool]:
    """Return whether the question before a segment asked for its theme, by segment_id; see `passports.prompted`.

    Segments of which this cannot be told are left out: those in no theme, in loosely connected talk, or in a language
    without keywords.
    """
    used = tables["segments"][tables["segments"].substantive]
    if used.empty:
        return {}
    asked = theme_guide.asked(tables["guide"], tables["prompts"], tables["turns"], used)
    theme_of = dict(zip(tables["theme_assignments"].segment_id, tables["theme_assignments"].theme_id, strict=True))
    members = groups(used.assign(theme=used.segment_id.map(theme_of)), "theme")
    themes = tables["themes"][tables["themes"].unprompted_share.notna()]
    told: dict[str, bool] = {}
    for theme, keywords in zip(themes.theme_id, themes.keywords, strict=True):
        if theme in members:
            own = members[theme]
            was_asked = passports.prompted(own, asked=asked, keywords=[str(word) for word in keywords])
            told |= dict(zip(own.segment_id, map(bool, was_asked), strict=True))
    return told
