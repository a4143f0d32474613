"""From numbers to places in a drawing."""

import re
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.views import curve_view
from pipeline.reporting.views.curve_view import Series

LABELS = {"x_label": "x", "y_label": "y", "label": "a line"}
numbers = st.floats(-1e6, 1e6, allow_nan=False)


def drawn(*series, **options):
    return curve_view.draw(series, **LABELS, **options)


def test_the_corners_of_the_drawing_are_the_ends_of_the_data():
    line = drawn(Series("", ((1, 0), (5, 10)))).lines[0]
    assert [dot[:2] for dot in line.dots] == [(48, 200), (586, 12)]
    assert line.path == "48,200 586,12"


def test_heights_begin_at_nothing_and_go_below_it_where_the_data_do():
    assert drawn(Series("", ((1, 5), (2, 10)))).y_ticks[0] == (200.0, "0")
    assert drawn(Series("", ((1, -5), (2, 10)))).y_ticks[0][1].startswith("-")


def test_what_is_not_a_number_is_not_drawn():
    assert drawn(Series("", ((1, nan), (2, nan)))) is None
    assert drawn() is None
    assert len(drawn(Series("", ((1, nan), (2, 3), (3, 4)))).lines[0].dots) == 2


def test_a_band_goes_out_above_and_comes_back_below():
    line = drawn(Series("", ((1, 5), (2, 6)), band=((1, 4, 8), (2, 5, 10)))).lines[0]
    places = [tuple(map(float, place.split(","))) for place in line.area.split()]
    assert [x for x, _ in places] == [48, 586, 586, 48]
    assert places[0][1] < places[3][1]
    assert places[1][1] == 12


def test_the_marked_point_is_marked_and_no_other():
    dots = drawn(Series("", ((1, 5), (2, 6), (3, 4)), marked=2)).lines[0].dots
    assert [marked for _, _, marked in dots] == [False, True, False]


def test_points_are_joined_from_left_to_right_in_whatever_order_they_come():
    assert drawn(Series("", ((3, 1), (1, 2), (2, 3)))) == drawn(Series("", ((1, 2), (2, 3), (3, 1))))


def test_a_range_that_is_given_holds_and_what_lies_beyond_is_put_on_its_edge():
    curve = drawn(Series("", ((0.5, 2.0),)), x_range=(0, 1), y_range=(0, 1), diagonal=True)
    assert curve.lines[0].dots[0][:2] == (317, 12)
    assert curve.diagonal == "48,200 586,12"
    assert [said for _, said in curve.x_ticks] == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]


@pytest.mark.parametrize(
    ("low", "high", "said"), [(1, 12, "2 4 6 8 10 12"), (1, 3, "1.0 1.5 2.0 2.5 3.0"), (0, 4, "0 1 2 3 4")]
)
def test_ticks_are_round(low, high, said):
    curve = drawn(Series("", ((low, 1), (high, 2))))
    ticks = " ".join(tick for _, tick in curve.x_ticks)
    assert ticks == said


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=20))
def test_everything_stays_inside_the_drawing_and_ticks_are_few(points):
    curve = drawn(Series("", tuple(points)))
    assert all(48 <= x <= 586 and 12 <= y <= 200 for x, y, _ in curve.lines[0].dots)
    assert len(curve.x_ticks) <= 12
    assert len(curve.y_ticks) <= 9
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", said) for _, said in (*curve.x_ticks, *curve.y_ticks))
