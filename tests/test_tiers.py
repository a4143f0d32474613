"""Tiers of ELAN and Praat, and CHAT: which of them hold speech, and who speaks."""

from xml.sax.saxutils import escape

import pytest

from pipeline.corpus.readers import chat, eaf, textgrid, tier_kinds
from pipeline.corpus.readers.model import Labels
from pipeline.corpus.readers.tier_kinds import Annotation, Tier

LABELS = Labels(("interviewer",))
QUESTIONS = ["How do you begin a day?", "And who writes that list?", "What if nobody answers?"]
ANSWERS = [
    "I open the shed and look at the list.",
    "The night team writes it.",
    "Then we wait, which costs us a morning.",
]
IN_GERMAN = ["Ich öffne den Schuppen und schaue auf die Liste.", "Das Nachtteam schreibt sie.", "Dann warten wir eben."]


def spans(texts, offset, length):
    return [(10 * at + offset, 10 * at + offset + length, text) for at, text in enumerate(texts)]


ASKED, ANSWERED, TRANSLATED = spans(QUESTIONS, 0, 3), spans(ANSWERS, 3, 6), spans(IN_GERMAN, 3, 6)
BOTH = [x for pair in zip(QUESTIONS, ANSWERS, strict=True) for x in pair]


def elan(*tiers):
    """Tiers: (name, participant, type, parent, annotations), each (start, end, text), or (number of parent, text)."""
    slots, ids, body = [], {}, ""
    for name, participant, kind, parent, annotations in tiers:
        body += (
            f'<TIER TIER_ID="{name}" PARTICIPANT="{participant}" LINGUISTIC_TYPE_REF="{kind}" PARENT_REF="{parent}">'
        )
        for at, annotation in enumerate(annotations):
            own = ids[name, at] = f"a{len(ids)}"
            value = f"<ANNOTATION_VALUE>{escape(annotation[-1])}</ANNOTATION_VALUE>"
            if parent:
                of = ids[parent, annotation[0]]
                body += f'<REF_ANNOTATION ANNOTATION_ID="{own}" ANNOTATION_REF="{of}">{value}</REF_ANNOTATION>'
            else:
                slots += annotation[:2]
                refs = f'TIME_SLOT_REF1="t{len(slots) - 2}" TIME_SLOT_REF2="t{len(slots) - 1}"'
                body += f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="{own}" {refs}>{value}</ALIGNABLE_ANNOTATION>'
        body += "</TIER>"
    order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="t{at}" TIME_VALUE="{time * 1000:.0f}"/>' for at, time in enumerate(slots)
    )
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{order}</TIME_ORDER>{body}</ANNOTATION_DOCUMENT>".encode()


def flat(*tiers):
    return elan(*((name, "", "default-lt", "", annotations) for name, annotations in tiers))


def grid(*tiers, short=False):
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ""]
    if short:
        lines += ["0", "99", "<exists>", str(len(tiers))]
    for name, annotations in tiers:
        head = ['"IntervalTier"', f'"{name}"', "0", "99", str(len(annotations))]
        lines += head if short else [f'name = "{name}"']
        for start, end, text in annotations:
            lines += (
                [str(start), str(end), f'"{text}"']
                if short
                else [f"xmin = {start}", f"xmax = {end}", f'text = "{text}"']
            )
    return "\n".join(lines).encode()


def words_of(annotations, *, letters=False):
    """Each word, or letter, as an annotation of its own within the time of its sentence."""
    found = []
    for start, end, text in annotations:
        pieces = list(text.replace(" ", "")) if letters else text.split()
        step = (end - start) / len(pieces)
        found += [(round(start + at * step, 3), round(start + (at + 1) * step, 3), x) for at, x in enumerate(pieces)]
        found.append((end, end + 0.5, "sil"))
    return found


def said(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


def told(found):
    return " ".join(remark.text for remark in found.remarks)


def in_turn(one, other, talk=BOTH):
    return [(other if at % 2 else one, words) for at, words in enumerate(talk)]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ([("BK_translation", TRANSLATED)], "a translation"),
        ([("BK Übersetzung", TRANSLATED)], "a translation"),
        ([("Deutsch", TRANSLATED)], "the times of 'BK'"),
        ([("BK-de", TRANSLATED)], "the times of 'BK'"),
        ([("Comments", [(0, 1, "check the date later")])], "notes"),
        ([("Kommentar", [(0, 1, "Tür geht zu"), (5, 6, "laut")])], "notes"),
        ([("Bruits", [(0, 1, "porte")])], "notes"),
        ([("x", [(at, at + 1, "door") for at in range(4)])], "'door' throughout"),
        ([("Words", words_of(ANSWERED)), ("Laute", words_of(ANSWERED, letters=True))], "words or sounds of 'BK'"),
        ([("gloss", [(4, 5, "open.1SG shed")])], "annotation"),
    ],
)
@pytest.mark.parametrize("program", ["ELAN", "Praat"])
def test_tiers_beside_the_speakers_are_nobody_and_are_told(more, why, program):
    tiers = [("AR", ASKED), ("BK", ANSWERED), *more]
    found = eaf.read_eaf(flat(*tiers), LABELS) if program == "ELAN" else textgrid.read_textgrid(grid(*tiers), LABELS)
    assert said(found) == in_turn("AR", "BK")
    assert f"'{more[0][0]}' ({why})" in told(found)


def test_speakers_are_no_notes_whatever_their_surname():
    found = eaf.read_eaf(flat(("Ana Free", ASKED), ("Karl Lang", ANSWERED)), LABELS)
    assert said(found) == in_turn("Ana Free", "Karl Lang")
    assert found.remarks == []


def test_a_tier_that_participants_csv_lists_is_a_speaker():
    data = flat(("AR", ASKED), ("BK", ANSWERED), ("Deutsch", TRANSLATED))
    found = eaf.read_eaf(data, Labels((), frozenset({"deutsch"})))
    assert {speaker for speaker, _ in said(found)} == {"AR", "BK", "Deutsch"}


def test_short_words_of_a_listener_are_that_speakers():
    mhm = [(4, 4.5, "mhm"), (14, 14.5, "yes"), (24, 24.4, "mhm"), (25, 25.4, "yes"), (26, 26.4, "right")]
    found = eaf.read_eaf(flat(("Ana", mhm), ("Bo", ANSWERED)), LABELS)
    assert {speaker for speaker, _ in said(found)} == {"Ana", "Bo"}


@pytest.mark.parametrize("word_tiers", [False, True])
def test_the_words_are_in_tiers_below_ids(word_tiers):
    tiers = []
    for who, annotations, prefix in (("AR", ASKED, "a"), ("BK", ANSWERED, "b")):
        tiers.append(
            (f"ref@{who}", "", "refT", "", [(*span[:2], f"shed.{prefix}{at}") for at, span in enumerate(annotations)])
        )
        pieces = [
            (at, text)
            for at, (_, _, whole) in enumerate(annotations)
            for text in (whole.split() if word_tiers else [whole])
        ]
        tiers.append((f"{'word' if word_tiers else 'orth'}@{who}", "", "orthT", f"ref@{who}", pieces))
        tiers.append((f"ft@{who}", "", "ftT", f"ref@{who}", list(enumerate(IN_GERMAN))))
    found = eaf.read_eaf(elan(*tiers), LABELS)
    assert said(found) == in_turn("AR", "BK")
    assert [turn.time_s for turn in found.turns] == [0, 3, 10, 13, 20, 23]


def test_an_empty_tier_at_the_top_has_its_words_below():
    empty = [(start, end, "") for start, end, _ in ASKED]
    found = eaf.read_eaf(
        elan(("A", "Ana", "u", "", empty), ("A-txt", "Ana", "u", "A", list(enumerate(QUESTIONS)))), LABELS
    )
    assert said(found) == [("Ana", " ".join(QUESTIONS))]


def test_two_versions_below_an_id_are_a_question():
    ids = [(start, end, f"u.{at}") for at, (start, end, _) in enumerate(ANSWERED)]
    versions = [
        ("eins@BK", "BK", "a", "ref@BK", list(enumerate(ANSWERS))),
        ("zwei@BK", "BK", "b", "ref@BK", list(enumerate(IN_GERMAN))),
    ]
    found = eaf.read_eaf(elan(("ref@BK", "BK", "r", "", ids), *versions), LABELS)
    assert said(found) == [("BK", " ".join(ANSWERS))]
    assert "'eins@BK' was read as the speech, not 'zwei@BK'" in told(found)


@pytest.mark.parametrize("name", ["default", "Transcription", "text-en", "Äußerungen"])
def test_a_tier_that_only_says_that_it_holds_speech_names_nobody(name):
    assert {speaker for speaker, _ in said(eaf.read_eaf(flat((name, sorted(ASKED + ANSWERED))), LABELS))} == {""}


def test_labels_inside_a_single_tier_are_speakers():
    talk = sorted([(a, b, f"AR: {x}") for a, b, x in ASKED] + [(a, b, f"bo k.: {x}") for a, b, x in ANSWERED])
    assert said(eaf.read_eaf(flat(("default", talk)), LABELS)) == in_turn("AR", "bo k.")


def test_forced_aligners_write_words_and_phones():
    tiers = [
        (f"{who} - {kind}", words_of(x, letters=kind == "phones"))
        for who, x in (("Ana", ASKED), ("Bo", ANSWERED))
        for kind in ("words", "phones")
    ]
    assert said(textgrid.read_textgrid(grid(*tiers), LABELS)) == in_turn("Ana", "Bo")
    tiers = [
        ("ORT-MAU", words_of(ANSWERED)),
        ("KAN-MAU", words_of(ANSWERED)),
        ("MAU", words_of(ANSWERED, letters=True)),
    ]
    assert said(textgrid.read_textgrid(grid(*tiers), LABELS)) == [("", words) for words in ANSWERS]


def test_the_short_format_of_praat():
    data = grid(("AR", ASKED), ("BK", ANSWERED), ("noise", [(0, 1, "door")]), short=True)
    found = textgrid.read_textgrid(data, LABELS)
    assert said(found) == in_turn("AR", "BK")
    assert [turn.time_s for turn in found.turns] == [0, 3, 10, 13, 20, 23]
    assert textgrid.read_textgrid(data[: len(data) // 2], LABELS).turns  # cut off: what is there is read


def test_two_tiers_of_one_name_are_two_people():
    found = textgrid.read_textgrid(grid(("Participant", ASKED), ("Participant", ANSWERED)), LABELS)
    assert said(found) == in_turn("Participant 1", "Participant 2")
    assert "Several tiers are called 'Participant'" in told(found)


def test_notes_alone_are_read_and_asked_about():
    found = eaf.read_eaf(flat(("Notes", ASKED)), LABELS)
    assert said(found) == [("Notes", " ".join(QUESTIONS))]
    assert "no other" in told(found)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("BK_freeTranslation", "translation"),
        ("ft@BK", "translation"),
        ("FT", "translation"),
        ("Ana Free", ""),
        ("notes", "notes"),
        ("Field notes of Ana", "notes"),
        ("mb@BK", "annotation"),
        ("orth@BK", "speech"),
        ("BK", ""),
        ("A_phrase-segnum-en", "ids"),
        ("заметки", "notes"),
        ("备注", "notes"),
    ],
)
def test_names_say_what_tiers_hold(name, kind):
    assert tier_kinds.named_kind(name, {"bk", "a", "phrase", "en"}) == kind


def test_ids_are_known_by_their_content():
    def tier(*values):
        return Tier("x", annotations=[Annotation(None, None, value) for value in values])

    assert tier_kinds.holds_ids(tier("shed.001", "shed.002", "shed.003"))
    assert tier_kinds.holds_ids(tier("1", "2"))
    assert not tier_kinds.holds_ids(tier("Yes.", "No.", "in 1990 we moved"))


HEAD = "@UTF8\n@Begin\n@Participants:\t"


def test_two_people_of_one_role_stay_two():
    text = (
        HEAD
        + "INV Ana Investigator, PA1 Bo Participant, PA2 Cleo Participant\n*INV:\twhy ?\n*PA1:\tso .\n*PA2:\tno .\n"
    )
    found = chat.read_cha(text.encode(), LABELS)
    assert said(found) == [("Investigator", "why?"), ("PA1", "so."), ("PA2", "no.")]
    assert found.stated_roles() == {"investigator": "interviewer"}
    assert told(found) == ""


def test_chat_with_slips():
    text = (
        HEAD
        + "CHI Ross Target_Child, MOT Mother\n*CHI: I want &=laughs a &-uh cookie . 100_900\n%mor:\tpro|I\n*MOR:\tno .\n"
    )
    found = chat.read_cha(text.encode(), LABELS)
    assert said(found) == [("Target_Child", "I want a uh cookie."), ("MOR", "no.")]
    assert found.turns[0].time_s == 0.1
    assert "'*MOR:' speaks, but" in told(found)
