"""Alternative readings on the page: beside the label, with the theme that took theirs in, or as a question."""

import pytest

from pipeline.core import store
from pipeline.decisions.alternative_readings import Reading
from pipeline.decisions.ledger import Decision
from pipeline.reporting.views import alternatives_view

HERE = "Charts at <home>"


def reading(theme: int, **more: object) -> Reading:
    return Reading(**{"theme": theme, "label": HERE, "who": "Dev", "when": "2026-03-01", "called": "Ours", **more})


@pytest.fixture
def themes(small_study):
    return store.read(small_study, "themes")


def built(themes, *readings: Reading, taken: tuple[Decision, ...] = (), become=None) -> alternatives_view.Alternatives:
    become = store.empty("theme_states") if become is None else become
    return alternatives_view.build(readings, themes=themes, theme_states=become, decisions=taken)


def test_without_readings_nothing_is_said(themes):
    assert built(themes) == alternatives_view.Alternatives("", {}, ())


def test_a_reading_stands_with_its_theme_under_its_author_s_name(themes):
    made = built(themes, reading(0, role="porter", means="It is done at home.", missing="Pay."))
    (one,) = made.by_theme[0]
    assert (one.author, one.when, one.called, one.handout_label) == ("Dev (porter)", "2026-03-01", "Ours", "")
    assert one.answers == (("Meaning to them", "It is done at home."), ("What is missing", "Pay."))
    assert made.lead.startswith("1 person commented on these themes on handouts: 1 reading of 1 theme.")
    assert made.lost == ()


def test_what_it_was_called_on_the_hand_out_is_said_where_it_is_called_otherwise_now(themes):
    assert built(themes, reading(0, label="As it was")).by_theme[0][0].handout_label == "As it was"


def test_readings_of_a_merged_theme_stand_with_the_one_that_took_it_in(themes):
    merge = Decision(action="merge", theme=0, others=(77,), who="Asha", when="2026-01-01")
    made = built(themes, reading(77, label="Gone"), taken=(merge,))
    assert [one.handout_label for one in made.by_theme[0]] == ["Gone"]
    assert made.lost == ()


def test_a_reading_of_a_theme_that_is_gone_is_a_question_with_all_that_was_written(themes):
    made = built(themes, reading(77, label="Gone", means="All of it."))
    ((asks, one),) = made.lost
    assert asks == "Dev commented on “Gone” (77), which no longer exists. Which theme does this apply to now?"
    assert (one.called, one.answers) == ("Ours", (("Meaning to them", "All of it."),))
    assert made.by_theme == {}


def test_a_sub_theme_has_no_card_and_its_readings_are_asked_about(themes):
    themes["level"] = [2 if theme == 1 else 1 for theme in themes.theme_id]
    assert len(built(themes, reading(1)).lost) == 1


def test_the_order_of_readings_is_one_and_people_are_counted_once(themes):
    many = [reading(0, when="2026-03-02"), reading(0), reading(1), reading(0, who="Eva")]
    made = built(themes, *many)
    assert made == built(themes, *many[::-1])
    assert [(one.author, one.when) for one in made.by_theme[0]] == [
        ("Dev", "2026-03-01"),
        ("Eva", "2026-03-01"),
        ("Dev", "2026-03-02"),
    ]
    assert made.lead.startswith("2 people commented on these themes on handouts: 4 readings of 2 themes.")
