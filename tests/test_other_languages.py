"""Talk that is not English, from the transcripts to what the stages say of it: no figure where only English is known."""

import numpy as np
import pandas as pd
import pytest

from pipeline import ingest, map_codes, segment
from pipeline.core import languages
from pipeline.core.model_registry import SpacyPipeline
from pipeline.core.params import MapCodes, Segment
from pipeline.corpus import language_detection, segmenting, sentences
from pipeline.exchange import xlsx
from pipeline.inductive import wording
from pipeline.reporting import matrix, method_codes, method_talk
from tests import mapped_study as made
from tests.test_segment import by_stops, tables

PORTUGUESE = (
    "Entrevistadora: Como foi o começo?\nAna: A gente não tinha tempo. A Sra. Silva prometeu ajuda, mas ninguém veio.\n"
    "Entrevistadora: E depois?\nAna: Depois ficou mais fácil, porque a equipe já conhecia o sistema novo.\n"
)
ENGLISH = (
    "Interviewer: How did it begin?\nBo: We never had the time. The matron promised help and then nobody came.\n"
    "Interviewer: And then?\nBo: Then it got easier, because the team knew the new system by that time.\n"
)
OPTIONS = {"interviewer_labels": ("interviewer",), "min_label_count": 2}


@pytest.fixture
def study(tmp_path):
    for name, text in {"pt.txt": PORTUGUESE, "en.txt": ENGLISH}.items():
        (tmp_path / "transcripts").mkdir(exist_ok=True)
        (tmp_path / "transcripts" / name).write_text(text, encoding="utf-8")
    return ingest.ingest(tmp_path, **OPTIONS)


def test_documents_have_their_language_and_only_foreign_ones_a_note(study):
    told = study["documents"].set_index("document")[["language", "language_share", "other_languages"]]
    assert told.loc["pt.txt"].tolist() == ["pt", 1.0, ""]
    assert told.loc["en.txt"].tolist() == ["en", 1.0, ""]
    notes = study["ingest_problems"]
    said = notes[notes["reason"].str.contains("Portuguese")]
    assert said["document"].tolist() == ["pt.txt"]


def test_sentences_of_other_languages_are_found_by_rules(study):
    asked = []

    def split(texts):
        asked.extend(texts)
        return by_stops(texts)

    known = sentences.Splitter(split, frozenset(["en"]))
    found, _ = segment.segment(
        study["documents"], study["turns"], split=known, unit="sentence", max_words=60, min_words=3
    )
    assert asked and not any("gente" in text for text in asked)
    own = found[found["document"] == "pt.txt"]
    assert set(own["language"]) == {"pt"}
    # "Sra." ends no sentence by itself here: a capital follows, and no more is known of Portuguese.
    assert "A gente não tinha tempo." in own["text"].tolist()
    assert set(found.loc[found["document"] == "en.txt", "language"]) == {"en"}


def test_rules_find_sentences_in_many_scripts():
    for text, n in {
        "Foi assim. Depois mudou! E agora?": 3,
        "O Dr. J. Silva veio. depois saiu.": 2,
        "أعمل هنا. لماذا؟ لا أعرف.": 3,
        "मैं यहाँ काम करती हूँ। समय नहीं है।": 2,
        "我没有时间。为什么？": 2,
    }.items():
        assert len(sentences.by_rules([text])[0]) == n, text


def test_english_words_that_say_nothing_say_something_elsewhere():
    group = [sentences.Sentence(0, 20, 6)]
    assert segmenting.aside("participant", "no no no no no no", group, min_words=5) == "backchannel"
    assert segmenting.aside("participant", "no no no no no no", group, min_words=5, language="es") == ""


def test_a_bilingual_document_s_segments_have_each_their_language():
    text = "Anna: We never had the time to do it.\nBo: A gente não tinha tempo para fazer isso.\n" * 3
    frames = tables({"a": text}, spoken=("en", 0.5, "pt"))
    found, _ = segment.segment(*frames, split=by_stops, unit="turn", max_words=60, min_words=3)
    assert found.groupby("speaker")["language"].unique().map(list).to_dict() == {"Anna": ["en"], "Bo": ["pt"]}


def foreign(spoken: str = "pt", *, documents: tuple[str, ...] = ("d0.txt",)) -> map_codes.Input:
    given = made.study(coded=[f"d{d}.txt" for d in range(5)])
    held = given.segments
    beyond = held["document"].isin(documents)
    segments = held.assign(language=held["language"].mask(beyond, spoken))
    return map_codes.Input(segments, given.vectors, given.codings, given.themes, given.book, frozenset(["en"]))


def mapped(study: map_codes.Input):
    return map_codes.map_codes(study, encode=made.encode, options=MapCodes())


def test_talk_that_the_model_cannot_read_is_not_mapped_and_the_rest_says_what_it_rests_on():
    found = mapped(foreign())
    ids = set(foreign().segments.loc[foreign().segments["document"] == "d0.txt", "segment_id"])
    for name in ("code_assignments", "segment_codes", "valence", "negative_cases", "theme_code_quotes"):
        assert ids.isdisjoint(found[name]["segment_id"]), name
    assert set(found["code_assignments"]["method"]) == {"zero_shot", "few_shot"}
    said = " ".join(found["map_codes_problems"]["reason"])
    assert "they are in Portuguese, but embed.model supports English only" in said
    assert "based on the remaining segments" in said


def test_a_study_in_another_language_alone_gets_no_figure_and_a_reason():
    found = mapped(foreign(documents=tuple(f"d{d}.txt" for d in range(5))))
    for name in ("code_assignments", "segment_codes", "valence", "mapping_quality", "theme_code"):
        assert name not in found or found[name].empty, name
    assert "Mapping and valence are not available." in found["map_codes_problems"]["reason"][0]


def test_a_model_of_one_s_own_maps_every_language_and_valence_stays_english():
    own = foreign()
    found = mapped(map_codes.Input(own.segments, own.vectors, own.codings, own.themes, own.book))
    ids = set(own.segments.loc[own.segments["document"] == "d0.txt", "segment_id"])
    assert ids & set(found["code_assignments"]["segment_id"])
    assert ids.isdisjoint(found["valence"]["segment_id"])


def test_unknown_talk_is_read_as_most_of_the_study_is():
    spoken = pd.Series(["en", "unknown", "pt", "pt"])
    assert languages.read_in(spoken, pd.Series([9, 1, 3, 3]), {"en"}).tolist() == [True, True, False, False]
    assert languages.read_in(spoken, pd.Series([5, 1, 3, 3]), {"en"}).tolist() == [True, False, False, False]
    assert languages.read_in(spoken, pd.Series([1, 1, 1, 1]), ()).all()


def test_a_theme_in_another_language_has_no_label_and_no_keywords():
    said = [("rota", "en"), ("rota", "en"), ("tempo", "pt"), ("tempo", "pt"), ("equipe", "pt"), ("equipe", "pt")]
    frame = pd.DataFrame(
        {
            "document": [f"d{n}" for n in range(6)],
            "case": [f"c{n}" for n in range(6)],
            "speaker": "x",
            "text": [f"the {word} bleep" if spoken == "en" else f"{word} leito" for word, spoken in said],
            "language": [spoken for _, spoken in said],
            "n_words": 3,
        }
    )
    themes = np.array([0, 0, 1, 1, 2, 2])
    vectors = np.eye(3, dtype=np.float32)[themes]
    found, _ = wording.worded(frame, vectors, themes, themes, keywords=4, nlp=None)
    assert found.named[1:] == ["Theme in Portuguese", "Theme in Portuguese (2)"]
    assert set(found.keywords[0]) == {"rota", "bleep"}
    assert found.keywords[1:] == [[], []]
    assert found.languages == ["en", "pt", "pt"]


def test_few_long_segments_in_another_language_do_not_give_a_theme_its_name():
    frame = pd.DataFrame({"language": ["pt", "pt", "en", "en", "en"], "text": "", "n_words": [90, 90, 5, 5, 5]})
    assert wording._languages(frame, np.zeros(5, dtype=int)) == ["en"]


def test_cells_of_who_was_not_read_are_not_available_in_page_and_workbook():
    segments = pd.DataFrame(
        [("s1", "d1", "ana", "We had no time."), ("s2", "d2", "rui", "Não tinha tempo.")],
        columns=["segment_id", "document", "case", "text"],
    ).assign(part="participant", start=0, language=["en", "pt"], n_words=4, substantive=True)
    unread = matrix.unread(segments, mapped_ids={"s1"})
    assert unread == {"rui"}
    accepted = pd.DataFrame([("s1", "A", 0.9)], columns=["segment_id", "code", "score"])
    found = matrix.cells(segments=segments, accepted=accepted, codes=["A"], asked={}, unread=unread)
    assert [(cell.case, cell.state) for cell in found] == [("ana", "spoken"), ("rui", "not_available")]
    assert xlsx.shown(found[1], {}) == "not available (not in English)"
    assert matrix.unread(segments, mapped_ids=set()) == frozenset()


def test_a_summary_is_made_of_english_passages_alone():
    segments = pd.DataFrame(
        [("s1", "d1", "ana", "A gente não tinha tempo.")], columns=["segment_id", "document", "case", "text"]
    ).assign(part="participant", start=0, language="pt", n_words=5, substantive=True)
    accepted = pd.DataFrame([("s1", "A", 0.9)], columns=["segment_id", "code", "score"])
    (cell,) = matrix.cells(segments=segments, accepted=accepted, codes=["A"], asked={})
    assert (cell.state, cell.sentences) == ("spoken", ())
    assert xlsx.shown(cell, {}) == "summary not available (not in English)"


def test_the_methods_section_says_how_other_languages_were_treated():
    counts = pd.DataFrame({"substantive": [True], "set_aside": [""], "n": [9]})
    finder = SpacyPipeline("en_core_web_sm", "en", "3.8.0", "senter", parses=True, fingerprint="0")
    spoken = pd.DataFrame({"language": ["en", "pt", "unknown"], "n": [3, 2, 1]})
    done = segment.record(counts, options=Segment(), sentences_by=finder, spoken=spoken)
    assert "In 2 sources in Portuguese, sentences were detected by punctuation only." in method_talk.segments(done)
    said = method_codes.mapping({"methods": [], "codes": 4, "coded": 0, "min_passages": 9, "unread": {"pt": 7}})
    assert "they are in Portuguese, which the embedding model was not trained on" in said[0]


def test_check_and_report_say_each_language_and_how_surely():
    frame = pd.DataFrame(
        [("a", "en", 1.0, ""), ("b", "en", 0.82, "pt"), ("c", "pt", 0.97, ""), ("d", "unknown", None, "")],
        columns=["document", "language", "language_share", "other_languages"],
    )
    said = languages.summary(frame)
    assert said[0] == "2 documents in English (at least 82% of words)."
    assert "1 document in Portuguese (at least 97% of words): c." in said
    assert "Too few words to detect the language of 1 document: d." in said
    assert "b contains English and Portuguese." in said
    assert "not available" in said[-1]
    assert languages.summary(frame[:1]) == ["1 document in English (all words)."]


def test_a_codebook_in_another_language_maps_nothing_by_its_words(monkeypatch):
    given = made.study()
    monkeypatch.setattr(language_detection, "detect_language", lambda texts: language_detection.Found("pt", 1.0))
    monkeypatch.setattr(languages, "looks_english", lambda texts: False)
    study = map_codes.Input(
        given.segments, given.vectors, given.codings, given.themes, given.book, known=frozenset(["en"])
    )
    found = mapped(study)
    assert "code_assignments" not in found or found["code_assignments"].empty
    assert any("The codebook is not in English" in reason for reason in found["map_codes_problems"]["reason"])
