"""How much of each theme was read, in words."""

import pandas as pd
import pytest

from pipeline.decisions.ledger import Decision
from pipeline.decisions.reading_ledger import Read
from pipeline.reporting.views import reading_view
from tests import counts

NOBODY = counts.made(found=2, candidates=2)
ASSIGNED = pd.DataFrame({"segment_id": list("abcde"), "theme_id": [5, 5, 5, 6, -1]})


def built(*ledger: Read, taken: tuple[Decision, ...] = (), assigned=ASSIGNED, count=NOBODY) -> reading_view.Reading:
    return reading_view.build(assigned, count=count, ledger=ledger, decisions=taken)


def test_where_nothing_was_read_that_is_said():
    made = built()
    assert made.lead.startswith("No passage of a candidate theme has been recorded as read yet")
    assert made.by_theme[5] == "No passage of this theme has been recorded as read yet."


def test_a_share_is_told_with_its_readers_and_counts():
    made = built(Read("a", "Ben"), Read("a", "Asha"), Read("b", "Asha"), Read("e", "Eve"))
    assert (
        made.by_theme[5]
        == "67% of this theme has been opened by Asha and Ben, or cited in a decision: 2 of its 3 passages."
    )
    assert made.by_theme[6] == "No passage of this theme has been recorded as read yet."
    assert made.lead == (
        "50% of the passages in candidate themes have been opened by Asha and Ben, or cited in a decision: 2 of 4 passages."
    )


def test_a_sentence_that_begins_with_a_share_begins_with_a_capital():
    many = counts.made(found=1, candidates=1)
    lead = reading_view._lead(reading_view.Share(1, 1000), ["Asha"], many)
    assert lead.startswith("Under 1% of the passages")


def test_what_a_decision_names_was_read_by_those_who_took_it():
    pin = Decision(action="pin", theme=6, segments=("d",), who="Asha", when="2026-01-15")
    made = built(taken=(pin,))
    assert made.by_theme[6] == "100% of this theme has been cited in a decision: 1 of its 1 passage."
    assert made.lead.startswith("25% of the passages")


@pytest.mark.parametrize("gone", [Read("x", "Asha"), Read("e", "Asha")])
def test_what_is_gone_or_in_no_theme_counts_for_no_theme(gone):
    assert built(gone).by_theme[5].startswith("No passage")
    assert built(gone).lead.startswith("No passage")


def test_a_study_without_themes_says_nothing():
    assert built(assigned=ASSIGNED.iloc[:0]) == reading_view.Reading("", {})


def test_the_order_of_rows_makes_no_difference():
    assert built(Read("a", "Asha"), assigned=ASSIGNED.iloc[::-1]) == built(Read("a", "Asha"))


def test_what_was_decided_on_is_counted_beside_what_was_read():
    some = counts.made(found=3, candidates=1, accepted=1, open=1, in_decided=2)
    made = built(count=some)
    assert made.lead == (
        "No passage of a theme has been recorded as read yet. Use `counterpoint review` or `counterpoint read` to "
        "record what you have read. 2 of 3 themes have been decided on: 1 accepted and 1 in progress."
    )
