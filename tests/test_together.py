"""Agreement of all people together."""

import numpy as np
import pandas as pd
import pytest

from pipeline.comparison import coefficients as ag
from pipeline.comparison.pairs import ALL_CODES, Options
from pipeline.comparison.together import code_coincidences, rows_of_all
from tests.coded_study import assignments
from tests.test_pairs import study
from tests.test_units import laid

OPTIONS = Options(draws=200, seed=1)


def frame(made, options=OPTIONS, category_of=None):
    return pd.DataFrame(rows_of_all(laid(made), category_of=category_of or {}, options=options))


def test_three_people_have_fleiss_alpha_and_ac1_per_code():
    made = study(coders=("ann", "ben", "cat"))
    found = laid(made)
    rows = frame(made)
    one = rows[rows["code"] == "A"].iloc[0]
    counts = ag.coincidences(found.given[:, :, 0].T.astype(int), n_answers=2)
    assert one["coders"] == "ann; ben; cat"
    assert (one["n"], one["n_complete"], one["n_documents"]) == (60, 60, 6)
    assert one["given"] == "; ".join(str(n) for n in found.given[:, :, 0].sum(1))
    assert one["n_every"] == found.given[:, :, 0].all(0).sum()
    whole = rows[rows["code"] == ALL_CODES].iloc[0]
    assert whole["given"] == "; ".join(str(n) for n in found.given.any(2).sum(1))
    assert one["fleiss"] == pytest.approx(float(ag.fleiss_kappa(counts)))
    assert one["alpha"] == pytest.approx(float(ag.krippendorff_alpha(counts)))
    assert one["ac1"] == pytest.approx(float(ag.gwet_ac1_many(counts)))
    assert one["prevalence"] == pytest.approx(found.given[:, :, 0].mean())
    assert one["low"] < one["alpha"] < one["high"]


def test_where_not_everybody_coded_alpha_uses_what_there_is_and_fleiss_the_rest():
    made = study(coders=("ann", "ben", "cat"))
    coded = made["codings"]
    made["codings"] = coded[~((coded["coder"] == "cat") & (coded["document"].isin(["d4", "d5"])))]
    one = frame(made).iloc[0]
    assert (one["n"], one["n_complete"]) == (60, 40)


def test_where_nobody_shares_all_documents_there_is_alpha_alone():
    made = study(coders=("ann", "ben", "cat"))
    coded = made["codings"]
    keep = {"ann": ["d0", "d1", "d2"], "ben": ["d0", "d3", "d4"], "cat": ["d1", "d4", "d5"]}
    made["codings"] = coded[
        [document in keep[coder] for coder, document in zip(coded["coder"], coded["document"], strict=True)]
    ]
    one = frame(made).iloc[0]
    assert one["n_complete"] == 0
    assert one["fleiss"] is None or np.isnan(one["fleiss"])
    assert not np.isnan(one["alpha"])
    assert one["note"].startswith("only alpha: 0 units")


def test_one_person_and_no_person_have_no_rows():
    assert frame(study(coders=("ann",))).empty
    made = study(coders=())
    made["code_assignments"] = assignments({}, made["segments"], ["A"])
    assert frame(made).empty


def test_the_consensus_coder_is_nobody_of_their_own():
    assert frame(study(coders=("ann", "ben", "consensus"))).iloc[0]["coders"] == "ann; ben"


def test_too_few_units_are_refused():
    few = frame(study(documents=1), Options(draws=200, min_units=20))
    assert set(few["note"]) == {"too few: 10 units read by at least two coders (at least 20 needed)"}


def test_a_code_that_everybody_gave_to_everything_is_undefined():
    made = study(coders=("ann", "ben"))
    from tests.coded_study import codings

    made["codings"] = codings(*[(who, "A", f"d{d}", 1, 10) for who in ("ann", "ben") for d in range(6)])
    one = frame(made).iloc[0]
    assert np.isnan(pd.to_numeric(one["alpha"]))
    assert one["note"] == "undefined: every answer is the same, so that nothing varies"


def test_sets_of_codes_have_alpha_with_an_interval():
    rows = frame(study(coders=("ann", "ben", "cat")))
    whole = rows[rows["code"] == ALL_CODES].iloc[0]
    assert whole["low"] < whole["alpha"] < whole["high"]


def test_coincidences_by_document_are_those_of_the_answers():
    random = np.random.default_rng(4)
    given, seen = random.random((3, 20, 2)) < 0.4, random.random((3, 20)) < 0.7
    documents = np.repeat([0, 1, 2, 3], 5)
    found = code_coincidences(given, seen, documents, np.ones(20))
    for document in range(4):
        for code in range(2):
            here = documents == document
            answers = np.where(seen[:, here], given[:, here, code], ag.MISSING).T
            assert np.allclose(found[document, code], ag.coincidences(answers, n_answers=2))
