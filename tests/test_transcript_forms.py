"""The benchmark of who speaks: its forms can be read, and its score counts what is wrong."""

import pytest

from benchmarks import speakers, transcript_forms
from benchmarks.transcript_forms import Said

TALK = [
    Said(at % 2, ("Adele Berg", "Boris Kern")[at % 2], words, 7 * at)
    for at, words in enumerate(
        [
            "How do you begin a working day here?",
            "I open the shed first and then I look at the list on the door, because it changes every night.",
            "And who writes that list?",
            "The night team writes it, and sometimes nobody can read the handwriting, so we phone them.",
            "What happens when nobody answers the phone?",
            "Then we wait, and waiting is what costs us most of the morning, as everybody knows.",
        ]
    )
]
TRUTH = [
    speakers.Word(word, str(turn.who), ("interviewer", "participant")[turn.who])
    for turn in TALK
    for word in speakers._words(turn.text)
]


@pytest.mark.parametrize("form", ["label: words", "Otter", "vtt, voices", "csv", "docx, table", "pdf, line numbers"])
def test_a_talk_without_slips_is_read_in_full(form):
    ending, write = transcript_forms.FORMS[form]
    found = speakers.score({f"a{ending}": write(TALK)}, {f"a{ending}": TRUTH})
    assert (found.person, found.part, found.silent) == (len(TRUTH), len(TRUTH), 0)


def test_words_of_another_person_and_lost_words_count_as_wrong():
    swapped = [turn if turn.at != 7 else Said(0, "Adele Berg", turn.text, 7) for turn in TALK]
    written = transcript_forms.FORMS["csv"][1]([turn for turn in swapped if turn.at != 28])
    found = speakers.score({"a.csv": written}, {"a.csv": TRUTH})
    right = sum(len(speakers._words(turn.text)) for turn in TALK if turn.at not in (7, 28))
    assert (found.words, found.person) == (len(TRUTH), right)


def test_slips_are_of_a_fixed_seed_and_change_few_turns():
    long = TALK * 20
    slipped = transcript_forms.with_slips(long, 1)
    assert slipped == transcript_forms.with_slips(long, 1)
    assert 0 < sum(one != two for one, two in zip(long, slipped, strict=True)) <= 12
