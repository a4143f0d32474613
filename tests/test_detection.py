"""Which language a document is in: told by all of its talk, unknown where that tells none, and mixed where it is."""

import pandas as pd
import pytest

from pipeline import ingest
from pipeline.core import languages, params
from pipeline.corpus import language_detection

ENGLISH = [
    "We never had the time to look at the audit, because the ward was always two nurses short.",
    "The consultant said that the data were wrong, and after that nobody wanted to talk about the dashboard.",
    "When the new manager came she asked us what we needed, which nobody had done before.",
]
PORTUGUESE = [
    "Nunca tivemos tempo para olhar para a auditoria, porque faltavam sempre duas enfermeiras na enfermaria.",
    "O médico disse que os dados estavam errados e depois disso ninguém quis falar sobre o painel.",
    "Quando a nova gestora chegou, perguntou-nos o que precisávamos, o que ninguém tinha feito antes.",
]
OTHERS = {
    "de": "Wir hatten nie genug Zeit für die Auswertung, weil auf der Station immer zwei Pflegekräfte fehlten, und die "
    "Leitung wollte davon nichts hören.",
    "fr": "Nous n'avions jamais le temps de regarder les résultats, parce qu'il manquait toujours deux infirmières dans "
    "le service, et la direction ne voulait rien entendre.",
    "es": "Nunca teníamos tiempo para mirar los resultados, porque siempre faltaban dos enfermeras en la planta y la "
    "dirección no quería escuchar nada.",
    "nl": "We hadden nooit tijd om naar de resultaten te kijken, omdat er altijd twee verpleegkundigen te weinig waren "
    "op de afdeling en de leiding wilde er niets van horen.",
    "ar": "لم يكن لدينا وقت كاف للنظر في النتائج لأن القسم كان ينقصه دائما ممرضتان ولم تكن الإدارة تريد أن تسمع شيئا عن ذلك.",
    "zh": "我们从来没有时间去看审计的结果，因为病房里总是缺少两名护士，而管理层根本不想听我们说这些事情。",
}


def test_english_with_names_and_jargon_is_english():
    talk = [
        *ENGLISH,
        "Dr Okonkwo and Siobhan Nic Dhomhnaill from Ysbyty Gwynedd ran the PDSA cycles with us that spring.",
    ]
    assert language_detection.detect_language(talk).language == "en"
    assert language_detection.detect_language(talk).others == ()


@pytest.mark.parametrize(("language", "talk"), [*OTHERS.items(), ("pt", " ".join(PORTUGUESE))])
def test_talk_in_another_language_is_told(language: str, talk: str):
    assert language_detection.detect_language([talk]).language == language


@pytest.mark.parametrize(
    "talk", [[], [" "], ["Yes.", "No, not really."], ["Okonkwo", "Siobhan", "Gwynedd"], ["12 34 56 " * 9]]
)
def test_too_little_talk_tells_no_language(talk: list[str]):
    assert language_detection.detect_language(talk) == languages.Found("unknown", None)


def test_a_document_in_two_languages_names_both_with_the_share_of_the_first():
    told = language_detection.detect_language(
        [
            *PORTUGUESE,
            "Trabalhávamos muitas vezes em casa, ao fim de semana, sem que ninguém nos pagasse por isso.",
            *ENGLISH,
        ]
    )
    assert (told.language, told.others) == ("pt", ("en",))
    assert told.share is not None and 0.4 < told.share < 0.9


def test_answers_tell_the_language_and_the_interviewers_is_named_beside_it():
    told = language_detection.spoken(PORTUGUESE, ENGLISH)
    assert (told.language, told.others) == ("pt", ("en",))


def test_ingest_keeps_the_language_of_each_document_and_says_what_is_for_english(tmp_path):
    folder = tmp_path / "transcripts"
    folder.mkdir()
    for name, said in (("a", ENGLISH), ("b", PORTUGUESE)):
        lines = [f"Interviewer: {said[0]}\nAnna: {line}" for line in said]
        (folder / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    tables = ingest.ingest(tmp_path, **params.Ingest().model_dump())
    documents = tables["documents"].set_index("document")
    assert documents["language"].to_dict() == {"a.txt": "en", "b.txt": "pt"}
    notes = tables["ingest_problems"]
    assert notes.loc[notes["document"] == "b.txt", "reason"].str.contains("in Portuguese").any()
    assert not notes.loc[notes["document"] == "a.txt", "reason"].str.contains("It is in").any()
    assert languages.FOR_ENGLISH in languages.summary(tables["documents"])


def test_unknown_talk_counts_as_what_most_of_the_study_is_in():
    spoken, words = pd.Series(["pt", "unknown", "en"]), pd.Series([100, 5, 20])
    assert languages.read_in(spoken, words, {"en"}).tolist() == [False, False, True]
    assert languages.read_in(spoken, words, set()).tolist() == [True, True, True]
