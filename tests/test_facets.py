"""Whether themes follow the guide's questions, the documents or the codes."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison.facets import explained, facet_rows
from pipeline.comparison.pairs import Options
from tests.coded_study import codings, tables
from tests.test_units import laid

OPTIONS = Options(draws=100, seed=1)


def followed(theme, code, *, documents=8, questions=5, each=4, asked=True):
    """Facet rows of a study in which segment s of document d answers question q; theme and code are of (d, q, s)."""
    made = tables(documents=documents, segments=questions * each + 1)
    rows, themes, of, answers = [], [], [], []
    for d in range(documents):
        for s in range(questions * each):
            place = (d, s // each, s)
            rows.append(("ann", f"C{code(*place)}", f"d{d}", s + 1, 1))
            themes.append(theme(*place))
            of.append(f"Q{s // each}" if asked else "")
            answers.append(f"d{d}.{s // each}")
    made["codings"] = codings(*rows)
    found = facet_rows(np.array(themes), laid(made), 0, questions=of, prompts=answers, options=OPTIONS)
    return pd.DataFrame(found)


def value(rows, of, facet):
    return float(rows[(rows["of"] == of) & (rows["facet"] == facet)]["value"].iloc[0])


def leader(rows, of="themes"):
    return rows[(rows["of"] == of) & rows["follows"]]["facet"].tolist()


def noise(seed):
    random = np.random.default_rng(seed)
    return lambda *_: int(random.integers(4))


def test_themes_that_are_the_questions_follow_them_and_codes_across_them_are_seen():
    rows = followed(lambda d, q, s: q, noise(1))
    assert value(rows, "themes", "question") == pytest.approx(1, abs=0.01)
    assert leader(rows) == ["question"]
    assert abs(value(rows, "codes", "question")) < 0.1
    assert rows[(rows["of"] == "theme") & rows["follows"]]["facet"].tolist() == ["question"] * 5


def test_themes_that_are_the_codes_follow_them():
    code = noise(2)
    kept = {}
    rows = followed(lambda *place: kept.setdefault(place, code()), lambda *place: kept.setdefault(place, code()))
    assert value(rows, "themes", "code") == pytest.approx(1, abs=0.01)
    assert leader(rows) == ["code"]


def test_themes_that_are_the_documents_follow_them():
    rows = followed(lambda d, q, s: d % 4, noise(3), documents=16)
    assert leader(rows) == ["document"]


def test_where_codes_follow_the_guide_themes_that_follow_it_follow_neither_more():
    rows = followed(lambda d, q, s: q, lambda d, q, s: q)
    assert leader(rows) == []
    assert value(rows, "codes", "question") == pytest.approx(1, abs=0.01)


def test_talk_that_goes_on_in_one_theme_is_no_evidence_for_codes_that_go_on():
    random = np.random.default_rng(4)
    values = []
    for seed in range(20):
        groups, facet = (np.repeat(random.integers(4, size=40), 10) for _ in range(2))
        values.append(explained(groups, np.roll(facet, 5), seed=seed)[0])
    assert abs(np.mean(values)) < 0.02


def test_a_facet_of_many_values_gains_nothing_from_them():
    random = np.random.default_rng(5)
    values = [
        explained(random.integers(4, size=300), random.integers(100, size=300), seed=seed)[0] for seed in range(9)
    ]
    assert abs(np.mean(values)) < 0.02


def test_without_questions_that_facet_is_left_out_and_few_documents_have_no_interval():
    rows = followed(lambda d, q, s: q, noise(1), asked=False)
    assert set(rows["facet"]) == {"document", "code"}
    few = followed(lambda d, q, s: q, noise(1), documents=3)
    assert few["low"].isna().all()
    assert not few["follows"].any()
    assert set(few["note"]) == {"no interval: 3 documents (at least 5 needed)"}


def test_nothing_to_tell_apart_has_no_rows():
    assert followed(lambda *_: 0, noise(1)).empty
    assert followed(noise(1), lambda *_: 0).empty
