from pipeline.corpus import speaker_roles
from pipeline.corpus.participants import Person
from pipeline.corpus.readers.model import Labels, Utterance, compose

LABELS = Labels(("interviewer",))


def talk(*turns):
    return compose((Utterance(speaker, text) for speaker, text in turns), unit="row")


ASKING = [
    ("Dan", "Why did you come?"),
    ("Anna", "It was the pay, and the people, and the view."),
    ("Dan", "Did you stay?"),
    ("Anna", "I did, for years."),
]


def roles(transcripts, people=None):
    return speaker_roles.assign(transcripts, people or {}, LABELS).roles


def part_of(transcripts, people=None):
    return {place: role.part for place, role in roles(transcripts, people).items()}


def test_who_asks_is_guessed_and_says_so():
    found = roles({"a": talk(*ASKING)})
    assert found["a", "dan"] == speaker_roles.Role("interviewer", "", guessed=True)
    assert found["a", "anna"] == speaker_roles.Role("participant", "a/Anna")


def test_a_label_that_means_the_interviewer_is_no_guess():
    found = roles(
        {"a": talk(("Interviewer", "So."), ("Anna", "Why? Who? What?"), ("Interviewer", "Well."), ("Anna", "When?"))}
    )
    assert found["a", "interviewer"] == speaker_roles.Role("interviewer", "")
    assert found["a", "anna"].part == "participant"


def test_nobody_is_guessed_where_nobody_asks():
    assert part_of({"a": talk(("Dan", "It is so."), ("Anna", "Yes."), ("Dan", "Well."), ("Anna", "Yes."))}) == {
        ("a", "dan"): "participant",
        ("a", "anna"): "participant",
    }


def test_a_monologue_has_no_interviewer():
    assert part_of({"a": talk(("Anna", "Why me? I asked."))}) == {("a", "anna"): "participant"}
    assert part_of({"a": talk(("Dan", "Why?"), ("Anna", "Because."))})["a", "dan"] == "participant", (
        "one turn is too little to go by"
    )


def test_one_interviewer_a_focus_group():
    turns = [
        ("Sam", "Who is first?"),
        ("A", "Me?"),
        ("B", "I think so."),
        ("Sam", "And why?"),
        ("C", "Pay."),
        ("A", "Pay, yes."),
        ("Sam", "Anything else?"),
        ("B", "No."),
    ]
    found = part_of({"g": talk(*turns)})
    assert [name for (_, name), part in found.items() if part == "interviewer"] == ["sam"]


def test_asking_elsewhere_too_tips_the_scale():
    shy = [
        ("Anna", "Is it on?"),
        ("Dan", "Yes. Do go on and tell us, then, in your own time."),
        ("Anna", "I came by bus."),
        ("Dan", "Why by bus?"),
    ]
    alone = part_of({"a": talk(*shy)})
    among = part_of({"a": talk(*shy), "b": talk(*ASKING), "c": talk(*ASKING)})
    assert "interviewer" not in alone.values()
    assert among["a", "dan"] == "interviewer"


def test_what_people_say_goes_first():
    people = {
        ("a", "dan"): Person(1, "a", "Dan", "d1", "participant"),
        ("a", "anna"): Person(2, "a", "Anna", "ignored", "interviewer"),
    }
    found = roles({"a": talk(*ASKING)}, people)
    assert found["a", "dan"] == speaker_roles.Role("participant", "d1")
    assert found["a", "anna"] == speaker_roles.Role("interviewer", "")


def test_a_case_alone_makes_a_participant():
    found = roles({"a": talk(*ASKING)}, {("a", "dan"): Person(1, "a", "Dan", "d1", "")})
    assert found["a", "dan"] == speaker_roles.Role("participant", "d1")


def test_nobody_in_particular_is_no_case():
    found = roles({"a": talk(("Unknown Speaker", "Hm?"), ("", "Title"), ("All", "Yes."))})
    assert set(found.values()) == {speaker_roles.Role("none", "")}


def test_two_files_participants_are_two_people():
    turns = [("Interviewer", "So?"), ("Participant", "Yes.")]
    found = roles({"a": talk(*turns), "b": talk(*turns)})
    assert found["a", "participant"].case != found["b", "participant"].case


def test_the_guess_does_not_hang_on_order():
    documents = {name: talk(*ASKING) for name in "cab"}
    assert roles(documents) == roles(dict(sorted(documents.items())))


def test_no_documents():
    assert roles({}) == {}
