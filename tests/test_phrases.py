import pytest

from pipeline.core import model_registry
from pipeline.core import params as settings
from pipeline.inductive import contrast, in_vivo, labels, phrases
from pipeline.inductive.gerunds import gerund

STOP = frozenset(labels.stop_words(["Nurse 3"]))


@pytest.fixture(scope="module")
def nlp():
    return labels.load(model_registry.find(settings.Segment().model, kind="spacy").folder)


def forms(nlp, *texts):
    return set(phrases.lexicon(nlp.pipe(texts), stop=STOP).phrases.values())


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("We never had any protected time for this.", "not having protected time"),
        ("They don't have the staff.", "not having the staff"),
        ("They had follow-up appointments.", "follow-up appointments"),
        ("We shared the data with the board.", "sharing the data"),
        ("Everyone was worried about access to the records.", "access to records"),
        ("We worked from home.", "working from home"),
        ("They shared a further audit.", "sharing audit"),
        ("They shared an audit.", "sharing an audit"),
        ("The NHS trusts joined.", "NHS trusts"),
    ],
)
def test_phrases_are_what_a_person_would_write(nlp, text, form):
    assert form in forms(nlp, text)


@pytest.mark.parametrize(
    "text", ["Well, the first time.", "The xxxx chart.", "A really good nurse.", "I mean the thing is what it is."]
)
def test_words_that_name_nothing_make_no_phrase(nlp, text):
    assert forms(nlp, text) == set()


def test_inflected_forms_are_one_phrase_written_as_said_most(nlp):
    found = phrases.lexicon(
        nlp.pipe(["We like the site visits.", "We had a site visit.", "They made more site visits."]), stop=STOP
    )
    assert [form for phrase, form in found.phrases.items() if not phrase.verb] == ["site visits"]


@pytest.mark.parametrize(
    ("lemma", "form"),
    [("have", "having"), ("get", "getting"), ("see", "seeing"), ("lie", "lying"), ("visit", "visiting"),
     ("run", "running"), ("submit", "submitting"), ("show", "showing"), ("share", "sharing"), ("meet", "meeting"),
     ("offer", "offering"), ("suffer", "suffering"), ("target", "targeting"), ("limit", "limiting"), ("edit", "editing"),
     ("refer", "referring"), ("begin", "beginning"), ("quit", "quitting"), ("equip", "equipping"), ("panic", "panicking"),
     ("regret", "regretting"), ("control", "controlling"), ("be", "being"), ("deliver", "delivering")],
)  # fmt: skip
def test_gerunds(lemma, form):
    assert gerund(lemma) == form


def test_a_denied_phrase_is_not_the_phrase(nlp):
    denied = phrases.Phrase(("have", "time"), ("time",), verb=True, negated=True)
    plain = phrases.Phrase(("share", "datum"), ("share", "datum"), verb=True)
    assert phrases.said(denied, ["we", "do", "not", "have", "any", "time"])
    assert phrases.said(denied, ["we", "have", "no", "time"])
    assert not phrases.said(denied, ["we", "have", "time"])
    assert not phrases.said(plain, ["we", "never", "share", "the", "datum"])


@pytest.mark.parametrize("text", ["[chuckles] yes", "(inaudible) yes", "<laughs> yes"])
def test_remarks_in_brackets_are_not_said(text):
    assert labels.spoken(text).split() == ["yes"]
    assert len(labels.spoken(text)) == len(text)


@pytest.mark.parametrize("word", ["she-she", "b-but", "xxxx", "they'll", "chuckles", "eighteen", "sorry"])
def test_stutters_and_leftovers_name_nothing(word):
    assert not labels.naming(word, STOP)


@pytest.mark.parametrize("word", ["follow-up", "self-archiving", "re-read", "co-coordinator"])
def test_hyphenated_words_may_name(word):
    assert labels.naming(word, STOP)


def lines(nlp, text):
    return [
        text[clause.start : clause.end]
        for clause in in_vivo.clauses(nlp(labels.spoken(text)), text, place=0, lemma_of={}, stop=STOP)
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("So I think that the managers protect our training time.", "the managers protect our training time"),
        ("And the ward sister never sees the reports, you know.", "the ward sister never sees the reports"),
        ("People joined because the data were honest.", "the data were honest"),
        ("We talked. NURSE: The managers protect the training time.", "The managers protect the training time"),
    ],
)
def test_a_line_is_a_whole_clause_without_what_joins_it(nlp, text, line):
    assert line in lines(nlp, text)


@pytest.mark.parametrize(
    "text",
    [
        "It is a very good meeting.",
        "Well ... (The ward sister never sees the reports of the managers) We talked.",
        "Then the participant reads the reports of the board.",
        "Okay, next. MODERATOR: The ward sister reads the reports.",
        "So the last task is completed.",
        "They never read the reports.",
        "Does the ward sister read the reports?",
        "Yeah, yeah, okay.",
        "The, um, ward sister reads the reports.",
        "The ward ward sister reads the reports.",
        "The ward [pause] sister reads the reports.",
        "A lot of people would say.",
        "If checking the sources of the report is impossible, say so.",
        "The ward sister reads the reports and also the",
        "For the reports the board never reads.",
        "And some, you can not enter the ward sister's office for reports.",
    ],
)
def test_what_cannot_be_understood_alone_is_no_line(nlp, text):
    assert lines(nlp, text) == []


def test_log_odds_are_nil_where_a_group_talks_like_the_rest():
    import numpy as np

    z = contrast.log_odds(np.array([10.0, 18.0, 2.0]), np.array([20.0, 20.0, 20.0]), n_said=50, n_among=100)
    assert z[0] == pytest.approx(0)
    assert z[1] > 2 and z[2] == pytest.approx(-z[1])


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ("Please explain the filtering capabilities.", "the filtering capabilities"),
        ("Read the task, and submit a query.", "and submit a query"),
        ("What would you change?", "What would you change"),
    ],
)
def test_a_question_is_about_what_it_asks_for(nlp, asked: str, subject: str):
    [doc] = nlp.pipe([asked])
    assert phrases.subject(doc).strip(" .,?").removeprefix("the , ") == subject


def test_a_phrase_is_found_in_texts_whatever_lemma_its_words_were_given(nlp):
    """The parser takes "data" before a noun for its own lemma, and alone for the plural of another."""
    texts = ["We count the data sets.", "I do not trust these data.", "My data were late."]
    found = phrases.lexicon(nlp.pipe(texts), stop=labels.stop_words([]))
    [phrase] = [phrase for phrase, form in found.phrases.items() if form == "data sets"]
    assert phrases.said(phrase, phrases.lemmas("How many data sets are there?", found.lemma_of))
