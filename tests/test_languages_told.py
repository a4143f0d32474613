"""Which language a document is in: told from short talk, never taken from English, and unknown where it cannot be told."""

import pytest

from pipeline.core import languages
from pipeline.core.languages import Found
from pipeline.corpus import language_detection

# Invented talk about health services, twelve languages and more: the same two things, in everyday words.
TALK = {
    "ar": "أعمل في هذا القسم منذ ثماني سنوات وقد رأيت الكثير من التغييرات. بصراحة ليس لدينا وقت لذلك، نقوم به في المساء في البيت.",
    "da": "Jeg har arbejdet på afdelingen i otte år og har set mange projekter komme og gå. Ledelsen støttede os i begyndelsen.",
    "de": "Ich arbeite seit zehn Jahren auf der Station und habe viele Projekte gesehen. Also ehrlich gesagt haben wir keine Zeit.",
    "es": "Llevo nueve años trabajando en el centro de salud y he visto muchos cambios. La verdad es que no tenemos tiempo.",
    "fi": "Olen ollut tällä osastolla töissä kahdeksan vuotta ja nähnyt monta muutosta. Johto tuki meitä aluksi, mutta ei enää.",
    "fr": "Je travaille dans ce service depuis quinze ans et j'ai vu passer beaucoup de réformes. Franchement, on n'a pas le temps.",
    "hi": "मैं इस वार्ड में आठ साल से काम कर रही हूँ और मैंने बहुत बदलाव देखे हैं। सच कहूँ तो हमारे पास इसके लिए समय नहीं है।",
    "it": "Lavoro in questo reparto da undici anni e ne ho viste di tutti i colori. Sinceramente il tempo non c'è mai, purtroppo.",
    "nl": "Ik werk nu twaalf jaar op deze afdeling en ik heb veel zien veranderen. Daar is eigenlijk helemaal geen tijd voor.",
    "pl": "Pracuję na tym oddziale od dziesięciu lat i widziałam już wiele zmian. Szczerze mówiąc, nie mamy na to czasu.",
    "pt": "Eu comecei no posto de saúde há oito anos e a gente não tinha nem computador. Não posso dizer que foi fácil.",
    "ru": "Я работаю в этом отделении уже девять лет и видела много перемен. Честно говоря, времени на это у нас нет совсем.",
    "sv": "Jag har jobbat på avdelningen i åtta år och sett många projekt komma och gå. Ärligt talat har vi ingen tid för det.",
    "sw": "Nimefanya kazi katika wodi hii kwa miaka minane na nimeona mabadiliko mengi. Kusema kweli hatuna muda wa kufanya hivyo.",
    "tr": "Bu serviste sekiz yıldır çalışıyorum ve pek çok değişiklik gördüm. Açıkçası bunun için hiç zamanımız yok, evde yapıyoruz.",
    "vi": "Tôi làm việc ở khoa này tám năm rồi và đã thấy nhiều thay đổi. Thật ra chúng tôi không có thời gian cho việc đó.",
    "zh": "我在这个病房工作了八年，见过很多变化。说实话，我们没有时间做这个，都是晚上在家里做的。",
}
# English as it is spoken on wards: names, drugs, abbreviations, dialects, fillers.
WARD = [
    "Well, you know, the CQUIN thing came in and the ward manager, Siobhán Ní Bhriain, she put us on the PDSA course.",
    "The SHO bleeped the med reg and he said do the VBG, start Tazocin, and get the CT KUB.",
    "Dr Oyelaran and Mrs Papadopoulos and Sister Wojciechowska ran the huddle with José from Saltmere.",
    "Um, er, like, I dunno. It was rubbish. Yeah, no, I mean, it was mad busy, wasn't it.",
    "Metoprolol, amlodipine, ramipril, atorvastatin, warfarin, co-amoxiclav.",
    "Och aye, she wis fair scunnered wi it, ken, but she didnae say owt to the bairns' da.",
    "Haverley Infirmary, Saltmere General, Ysbyty Gwynedd, the Llandudno clinic and Caernarfon.",
    "Kaizen, gemba, muda, hoshin kanri, poka-yoke, that's what the consultants kept on about.",
    "Vis-à-vis the déjà vu of the à la carte menu, c'est la vie, as my Matron used to say.",
    "She be saying the doctor dem never come, y'know, and mi tell her fi wait.",
]


@pytest.mark.parametrize("language", sorted(TALK))
def test_two_sentences_tell_a_language(language):
    assert language_detection.detect_language([TALK[language]]) == Found(language, 1.0)


def test_english_of_names_drugs_and_dialects_is_english_and_nothing_else():
    assert language_detection.detect_language(WARD) == Found("en", 1.0)
    assert language_detection.detect_language(WARD * 40) == Found("en", 1.0)
    for cut in range(len(WARD)):
        assert language_detection.detect_language(WARD[cut:] + WARD[:cut]).language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes.",
        "Sim, claro.",
        "Mm-hm. Okay. Mm. Yeah. Mm-hm. Okay. Mm. Yeah. Mm-hm. Okay. Mm. Yeah. Mm.",
        "12:30 14:15 2021 " * 20,
        "Anna Kowalska, Jan de Vries, Fatima Al-Sayed, Wei Zhang, Olu Adeyemi, Siobhan O'Neill, Pierre Martin, Giulia "
        "Rossi, Lars Hansen, Yuki Tanaka, Priya Patel, Carlos Mendes, Ivan Petrov, Aoife Byrne, Mehmet Yilmaz.",
    ],
)
def test_too_few_words_and_lists_of_names_tell_none(text):
    assert language_detection.detect_language([text]) == Found("unknown", None)


def test_a_bilingual_interview_holds_both_and_says_how_much():
    sentences = [
        one + "." for text in (TALK["pt"], TALK["pt"].replace("oito", "nove")) for one in text.split(".") if one
    ]
    found = language_detection.detect_language([said for pair in zip(sentences, WARD, strict=False) for said in pair])
    assert {found.language, *found.others} == {"en", "pt"}
    assert 0.4 < (found.share or 0) < 0.75


def test_a_few_foreign_sentences_in_an_english_interview_are_told():
    said = [f"{one} That was in year {number}, I think." for number in range(6) for one in WARD]
    found = language_detection.detect_language([*said, *TALK["fr"].split(". "), TALK["fr"].replace("quinze", "seize")])
    assert (found.language, found.others) == ("en", ("fr",))
    assert 0.7 < (found.share or 0) < 1


def test_a_language_changed_within_sentences_is_told_by_both():
    halves = [f"{one} {other}" for one, other in zip(TALK["es"].split(". ") * 5, WARD, strict=True)]
    found = language_detection.detect_language(halves)
    assert {found.language, *found.others} == {"en", "es"}


def test_the_answers_tell_a_document_s_language_and_the_questions_are_said_beside():
    questions = ["Could you tell me how you came to work here?", "And what was that like?", "What would you change?"]
    found = language_detection.spoken([TALK["de"]], questions)
    assert (found.language, found.others) == ("de", ("en",))
    assert language_detection.spoken([TALK["de"]], ["Und warum?"]) == Found("de", 1.0)
    assert language_detection.spoken(["Ja."], questions) == language_detection.detect_language([*questions, "Ja."])


def test_a_piece_is_told_among_the_languages_of_its_document():
    assert language_detection.among("A gente não tinha tempo.", ("en", "pt")) == "pt"
    assert language_detection.among("We had no time at all.", ("pt", "en")) == "en"
    assert language_detection.among("12:30", ("pt", "en")) == "pt"
    assert language_detection.among("We had no time at all.", ("pt",)) == "pt"


def test_every_language_that_is_looked_for_is_known_to_the_model_and_has_a_name():
    assert {*TALK, "en"} <= set(languages.NAMES)
    assert language_detection.detect_language([TALK["pt"]]).language in languages.NAMES


def test_a_long_document_is_judged_by_pieces_spread_over_all_of_it(monkeypatch):
    monkeypatch.setattr(language_detection, "MOST", 10)
    found = language_detection.detect_language(
        [f"{one} {number}." for number in range(30) for one in WARD] + [TALK["pt"]] * 30
    )
    assert found.language == "en"
    assert language_detection.detect_language([f"{TALK['pt']} {number}." for number in range(99)]).language == "pt"
