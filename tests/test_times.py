"""Times that transcription programs write into lines."""

import pytest

from pipeline.corpus.readers import times


@pytest.mark.parametrize(
    ("mark", "at"),
    [
        ("#00:00:05-4#", 5.4),
        ("#00:01:05#", 65.0),
        ("#00:00:05-4", 5.4),
        ("00:00:05-4#", 5.4),
        ("[00:00:05]", 5.0),
        ("(00:05)", 5.0),
        ("{00:00:05.12}", 5.12),
        ("<00:05>", 5.0),
        ("[0:00:05.0]", 5.0),
        ("[00:00:05:12]", 5.0),
        ("[00:00:05;12]", 5.0),
        ("[1:02:03,5]", 3723.5),
        ("[00:00:05.000 --> 00:00:09.500]", 5.0),
        ("(00:05 - 00:09)", 5.0),
        ("[TC 00:05:12]", 312.0),
        ("(min. 5:12)", 312.0),
        ("[5m 12s]", 312.0),
        ("(1h 02min)", 3720.0),
        ("[10:02 AM]", 36120.0),
        ("(12:02:01 p.m.)", 43321.0),
        ("[05.03.24, 10:02:33]", 36153.0),
        ("【00:05】", 5.0),
        ("（00：05）", 5.0),
        ("[٠٠:٠٥]", 5.0),
        ("(0:00:05.1)¤<5120>", 5.1),
        ("[99:99:99]", None),
    ],
)
def test_a_time_in_signs_is_found_with_its_seconds(mark: str, at: float | None) -> None:
    for line in (f"Ada: We wait. {mark}", f"{mark} We wait.", f"{mark}"):
        found = times.marks(line)
        assert found[0].time_s == (pytest.approx(at) if at is not None else None)
        assert not found[0].bare
        cut = times.trimmed(line)
        assert line[cut.start : cut.end] in ("Ada: We wait.", "We wait.", "")
        assert bool(cut.odd) == (at is None)


@pytest.mark.parametrize(
    "line",
    [
        "We meet at 10:30 and leave at 11:15 or so.",
        "The ratio was 3:1 in favour.",
        "Read Luke 12:34",
        "It is number #4 of 5.",
        "[inaudible 00:05:12] and so on",
        "(see 2:1) (a) [2] <3>",
        "I have 5 minutes",
        "(5 of them came)",
    ],
)
def test_speech_with_numbers_has_no_times(line: str) -> None:
    assert times.marks(line) == []


@pytest.mark.parametrize(
    ("line", "at", "rest"),
    [
        ("00:00:05:12 We wait.", 5.0, "We wait."),
        ("0:05\tWe wait.", 5.0, "We wait."),
        ("We wait.  00:05", 5.0, "We wait."),
        ("We wait. 00:05", 5.0, "We wait."),
        ("05/03/2024, 10:02 We wait.", 602.0, "We wait."),
    ],
)
def test_a_bare_time_is_found_only_at_the_ends_and_said_to_be_bare(line: str, at: float, rest: str) -> None:
    (mark,) = times.marks(line)
    assert mark.bare
    assert mark.time_s == at
    assert (line[: mark.start] + line[mark.end :]).strip() == rest
    assert times.trimmed(line).time_s is None


@pytest.mark.parametrize(
    "line", ["We wait. 00:00:05", "We wait.\t00:05", "TC 00:00:05 We wait.", "Timecode: 00:05 We wait."]
)
def test_a_named_time_or_one_with_hours_after_the_last_sentence_is_the_recorders(line: str) -> None:
    (mark,) = times.marks(line)
    assert (mark.time_s, mark.bare) == (5.0, False)
    cut = times.trimmed(line)
    assert line[cut.start : cut.end] == "We wait."


def test_several_times_in_a_line_are_found_in_order() -> None:
    line = "#00:00:05-4# We wait. #00:00:09-1# And wait. #00:00:12-0#"
    assert [mark.time_s for mark in times.marks(line)] == [5.4, 9.1, 12.0]
    cut = times.trimmed(line)
    assert line[cut.start : cut.end] == "We wait. #00:00:09-1# And wait."
    assert cut.time_s == 5.4
