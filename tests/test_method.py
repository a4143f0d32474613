"""The methods section: every setting that changes what is done changes what is said, and nothing is said that did not run."""

import re
from functools import cache

import numpy as np
import pytest
import small_models
import test_compare
import test_themes
from small_static import model2vec
from test_segment import by_stops
from test_segment import tables as talk_of

from pipeline import embed, ingest, map_codes, segment, themes
from pipeline.core import model_registry, params, store
from pipeline.core.stage_record import Record, read_record
from pipeline.decisions.ledger import Decision
from pipeline.inductive.labeller import Labels
from pipeline.reporting import method, references
from pipeline.vectors import encoder
from tests import mapped_study
from tests.records import records

ASK = params.Labeller(url="http://localhost:1/v1", model="some-model")
# What changes no method, each with the reason.
UNTOLD = {
    "study": "the name of a folder",
    "engine": "where parts are worked on; the results are the same to the byte",
    "workers": "as engine",
    "embed.batch_size": "how many texts a graphics processor takes at once",
    "embed.network": "whether a model may be fetched; the model is told by its name, revision and SHA-256",
    "themes.quotes": "how many passages are offered for reading",
    "themes.rerun_segments": "a bound on the time; how many reruns there were is told",
    "themes.labeller.url": "the name of a machine; the model is told",
    "themes.labeller.key_env": "the name of a variable",
    "themes.labeller.timeout_s": "how long an answer is waited for",
    "map_codes.negative_cases": "how many passages are offered for reading",
    "report.quotes_per_theme": "how many passages stand beside a theme",
    "report.paper": "the size of the sheets",
}
# Another value of each setting that changes the method.
CHANGES = {
    "stance": "reflexive",
    "seed": 4,
    "uncoded": "unknown",
    "ingest.interviewer_labels": ("asker",),
    "ingest.min_label_count": 3,
    "segment.unit": "turn",
    "segment.max_words": 6,
    "segment.min_words": 2,
    "segment.model": "rules",
    "embed.model": "other",
    "embed.revision": "2" * 40,
    "embed.precision": "int8",
    "embed.device": "auto",
    "themes.context": 2,
    "themes.context_decay": 0.3,
    "themes.question": 0.0,
    "themes.neighbours": 4,
    "themes.runs": 7,
    "themes.keep": 0.5,
    "themes.resolutions": (0.5, 1.5),
    "themes.min_segments": 200,
    "themes.min_size": 6,
    "themes.n_themes": 3,
    "themes.keywords": 5,
    "themes.stability_runs": 1,
    "themes.leave_out": 0.3,
    "themes.drop_one": 0,
    "themes.fit_segments": 60,
    "themes.shift_share": 0.5,
    "themes.labeller": None,
    "themes.labeller.model": "other-model",
    "themes.labeller.exemplars": 3,
    "map_codes.coded_unit": "exchange",
    "map_codes.context": 1,
    "map_codes.context_decay": 0.2,
    "map_codes.codes_per_segment": 2.0,
    "map_codes.min_passages": 500,
    "map_codes.folds": 2,
    "map_codes.vocabulary": 3,
    "map_codes.ridge": 2.0,
    "map_codes.text_weight": 0.5,
    "map_codes.by_words": 0.1,
    "map_codes.aim": "precision",
    "map_codes.precision": 0.9,
    "map_codes.doubt": 0.4,
    "compare.units": ("turn",),
    "compare.draws": 200,
    "compare.min_documents": 3,
    "compare.min_units": 4,
    "compare.saturation_base": 3,
    "compare.saturation_run": 3,
    "compare.saturation_threshold": 0.1,
    "compare.frame": (),
}
# Settings that say something only beside another.
BESIDE = {
    "map_codes.precision": {"aim": "precision"},
    "themes.context_decay": {"context": 2},
    "compare.frame": {"saturation_base": 2},  # so that each of its cells has enough documents
}
TALK = "Interviewer: Why did you come?\nAnna: It was the pay. And the people there, mostly, I think so now.\nInterviewer: Hard?\nAnna: Not at first, no. But then it was.\n"


def every_setting(model=params.Params, above=""):
    """Every setting by its name with those above it; a section stands for its fields."""
    for name, field in model.model_fields.items():
        inner = next((kind for kind in (field.annotation, ASK.__class__) if _is_section(kind, name)), None)
        if inner is None or name == "labeller":
            yield f"{above}{name}"
        if inner is not None:
            yield from every_setting(inner, f"{above}{name}.")


def _is_section(kind, name):
    section = isinstance(kind, type) and issubclass(kind, params.Section)
    return section and (kind is not params.Labeller or name == "labeller")


def test_every_setting_changes_what_is_said_or_has_a_reason_why_it_does_not():
    assert {*CHANGES, *UNTOLD} == set(every_setting())
    assert not set(CHANGES) & set(UNTOLD)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Transcripts, two encoders of the BERT kind, a static one, and a spaCy pipeline of rules."""
    import spacy

    place = tmp_path_factory.mktemp("method")
    (place / "study/transcripts").mkdir(parents=True)
    (place / "study/human_codes").mkdir()
    (place / "study/transcripts/a.txt").write_text(TALK, encoding="utf-8")
    (place / "study/participants.csv").write_text("document,speaker,case,part\n", encoding="utf-8")
    for name, revision in (("model", "1" * 40), ("other", "1" * 40), ("model", "2" * 40)):
        small_models.bert(place / name / "snapshots" / revision, window=20 if name == "model" else 24)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(place / "rules")
    return place


def of_ingest(folder, *, options, **_):
    return read_record(ingest.ingest(folder / "study", **options.model_dump())["ingest_record"])


def of_segment(folder, *, options, **_):
    texts = {"a": TALK, "b": TALK}
    sizes = options.model_dump(exclude={"model"})
    table, _ = segment.segment(*talk_of(texts), split=by_stops, **sizes)
    counts = table.groupby(["substantive", "set_aside"]).size().rename("n").reset_index()
    name = str(folder / "rules") if options.model == "rules" else options.model
    return segment.record(counts, options=options, sentences_by=model_registry.of_spacy(name))


def of_embed(folder, *, options, monkeypatch, **_):
    def of_hub(name, *, revision, network):
        return folder / name / "snapshots" / (revision or "1" * 40)

    class Library:
        window, width = 99, 2

        def __init__(self, *_):
            pass

        def pieces(self, texts):
            return [1] * len(texts)

        def vectors(self, texts, advance):
            return np.ones((len(texts), 2), dtype=np.float32)

    monkeypatch.setattr(model_registry, "_hub", of_hub)
    monkeypatch.setattr(encoder, "_has_gpu", lambda: True)
    monkeypatch.setattr(encoder, "Library", Library)
    named = options.model_copy(update={"model": "model"}) if options.model == params.Embed().model else options
    used = []
    encoder.encode(["We had no time."], **named.model_dump(), tell=used.append)
    return embed.record(used)


def asked(keywords, passages):
    return Labels([f"Named {number}" for number in range(len(keywords))], "model", "Sent.", [])


@cache
def leaning():
    """Talk of four subjects, each said in two documents alone, so that themes lean on some cases."""
    segments, *others, cases = test_themes.study()
    number = segments["segment_id"].str[1:].astype(int)
    document = "d0" + (number % 4 * 2 + number // 4 % 2).astype(str)
    return segments.assign(document=document, case=document + "/P"), *others, cases


@cache
def decided():
    """A decision on a theme of that talk, so that what is decided can be told."""
    found = test_themes.found(*leaning(), runs=6).tables["theme_assignments"]
    theme = int(found.query("theme_id >= 0").theme_id.iloc[0])
    members = tuple(sorted(found.query("theme_id == @theme").segment_id))
    return (Decision(action="accept", theme=theme, members=members, who="Asha", when="2026-01-15T10:00"),)


def of_themes(folder, *, options, seed, **_):
    small = {"runs": 6, "stability_runs": 2, "min_size": 5} | {
        name: getattr(options, name) for name in options.model_fields_set
    }
    chosen = params.Themes(labeller=ASK).model_copy(update=small)
    result = themes.themes(
        *leaning(), options=chosen, seed=seed, decisions=decided(), ask=asked if chosen.labeller else None
    )
    return read_record(result.tables["themes_record"])


def of_map_codes(folder, *, options, seed, uncoded, **_):
    study = mapped_study.study(documents=4, coded=["d0.txt", "d1.txt", "d2.txt"])
    small = options if "vocabulary" in options.model_fields_set else options.model_copy(update={"vocabulary": 8})
    made = map_codes.map_codes(study, encode=mapped_study.encode, options=small, seed=seed, uncoded=uncoded)
    return read_record(made["map_codes_record"])


def of_compare(folder, *, options, seed, uncoded, **_):
    chosen = params.Compare(draws=100).model_copy(
        update={name: getattr(options, name) for name in options.model_fields_set}
    )
    return read_record(test_compare.run(test_compare.whole(), chosen, seed=seed, uncoded=uncoded)["compare_record"])


STAGES = {
    "ingest": of_ingest,
    "segment": of_segment,
    "embed": of_embed,
    "themes": of_themes,
    "map_codes": of_map_codes,
    "compare": of_compare,
}
_BASE: dict[tuple, Record] = {}


def section_of(stage, **changes):
    """The section of params of a stage, with other values that need not be allowed by its bounds."""
    made = type(params.Params.model_fields[stage].default)()
    return made.model_copy(update=changes)


def said(stage, folder, monkeypatch, *, seed=3, uncoded="negative", reflexive=False, **changes) -> str:
    """What the methods section says when a stage has run, beside what the others recorded of a run."""
    key = (stage, seed, uncoded, repr(sorted(changes.items())))
    if key not in _BASE:
        given = {"options": section_of(stage, **changes), "seed": seed, "uncoded": uncoded, "monkeypatch": monkeypatch}
        _BASE[key] = STAGES[stage](folder, **given)
    return method.draft(records() | {stage: _BASE[key]}, reflexive=reflexive, matrix=True).text


@pytest.mark.parametrize("setting", [name for name in CHANGES if "." in name])
def test_a_setting_changes_what_is_said(setting, folder, monkeypatch):
    stage, name, *inner = setting.split(".")
    beside = BESIDE.get(setting, {})
    value = CHANGES[setting]
    if inner:
        value = ASK.model_copy(update={inner[0]: value})
    before = said(stage, folder, monkeypatch, **beside)
    after = said(stage, folder, monkeypatch, **beside | {name: value})
    assert before != after
    assert no_blanks(before) and no_blanks(after)


@pytest.mark.parametrize(
    ("stage", "changed"),
    [("themes", {"seed": 4}), ("map_codes", {"seed": 4}), ("compare", {"seed": 4}), ("map_codes", {"uncoded": "unknown"}),
     ("compare", {"uncoded": "unknown"}), ("compare", {"reflexive": True}), ("themes", {"reflexive": True})],
)  # fmt: skip
def test_a_setting_of_the_whole_run_changes_what_is_said_of_each_stage_that_reads_it(
    stage, changed, folder, monkeypatch
):
    assert said(stage, folder, monkeypatch) != said(stage, folder, monkeypatch, **changed)


def no_blanks(text: str) -> bool:
    """Whether a text has no trace of a value that was not there, or of a sentence put together badly."""
    return not re.search(r"None|nan|\[\]|\{|\}|  |\.\.|,,| ,|\( |\(\)| \.|; \)", text.replace(method.CANDIDATES, ""))


# What did not run is not said


def text(**changes) -> str:
    made = method.draft(records(**changes), matrix=True)
    assert no_blanks(made.text)
    return made.text


def test_a_static_model_is_said_to_be_one(tmp_path):
    folder = model2vec(tmp_path / "potion", weighted=True)
    used = []
    encoder.encode(["time"], model=str(folder), tell=used.append)
    said_ = text(embed=embed.record(used))
    assert "from potion (SHA-256" in said_
    assert "a static model" in said_ and "Model2Vec 0.10.0" in said_ and "Tulkens and van Dongen 2024" in said_
    assert "Reimers" not in said_ and "ONNX" not in said_ and "Sentence Transformers" not in said_
    assert str(tmp_path) not in said_


def test_the_library_is_named_where_it_computed(tmp_path):
    folder = small_models.bert(tmp_path / "mine", pooling="max")
    used = []
    encoder.encode(["time"], model=str(folder), tell=used.append)
    said_ = text(embed=embed.record(used))
    assert "pooled by max" in said_ and "Sentence Transformers" in said_ and "PyTorch" in said_ and "ONNX" not in said_


def test_int8_is_said():
    assert "8-bit" in text(embed={"precision": "int8"})
    assert "8-bit" not in text()


def test_turns_are_not_said_to_be_whole_sentences_up_to_a_length():
    said_ = text(segment={"unit": "turn"})
    assert "segments of one turn each" in said_ and "up to 60 words" not in said_


def test_rules_are_not_said_to_be_a_recogniser():
    assert "the punctuation rules of spaCy" in text(segment={"splitter": "sentencizer"})


def test_where_nothing_was_grouped_no_clustering_is_cited():
    few = test_themes.found(*test_themes.study(8)).tables["themes_record"]
    said_ = text(themes=read_record(few))
    assert "too few to cluster" in said_ and "8 segments" in said_
    for word in ("Louvain", "Fred and Jain", "Dhillon", "Hennig", "clusterings", "agrees best"):
        assert word not in said_, word
    none = test_themes.found(*test_themes.study(0)).tables["themes_record"]
    assert "There were no segments to group" in text(themes=read_record(none))


def test_bertopic_is_said_to_weigh_words_and_not_to_group():
    said_ = text()
    assert "as implemented in BERTopic 0.17.4" in said_ and "which played no part in the grouping" in said_
    assert "grouped with BERTopic" not in said_


def test_a_generative_model_is_named_where_one_was_asked_and_else_denied():
    assert text().count("No generative model was used.") == 1
    asked_ = text(themes={"labeller": "some-model", "labels": {"some-model": 2, "words": 1}, "exemplars": 8})
    assert "No generative model was used." not in asked_
    assert "The language model some-model was given the keywords and up to 8 passages" in asked_
    assert "it wrote 2 of 3 labels" in asked_
    failed = text(themes={"labeller": "some-model", "labels": {"words": 3}, "exemplars": 8})
    assert "it wrote 0 of 3 labels" in failed


def test_a_label_that_was_accepted_is_not_said_to_be_set_by_the_researchers():
    assert "2 labels were set or accepted by the researchers." in text(themes={"labels": {"people": 2, "words": 1}})


def test_a_sample_is_said_to_be_one():
    assert "a sample of 60 of the 100 segments" in text(themes={"clustered": 60})
    assert "used a sample" not in text()


def test_without_a_codebook_or_codes_nothing_is_said_to_be_mapped():
    study = mapped_study.study()
    bare = map_codes.Input(study.segments, study.vectors, study.codings, study.themes, map_codes.Codebook())
    done = map_codes.map_codes(bare, encode=mapped_study.encode, options=params.MapCodes())["map_codes_record"]
    said_ = text(map_codes=read_record(done))
    assert "Segments were not mapped to codes: there is no framework." in said_
    assert "Ridge" not in said_ and "not in the framework" not in said_


def test_without_coded_passages_mapping_is_by_words_alone():
    study = mapped_study.study()
    done = map_codes.map_codes(study, encode=mapped_study.encode, options=params.MapCodes())["map_codes_record"]
    said_ = text(map_codes=read_record(done))
    assert "using the codebook only" in said_ and "learned" not in said_.split("Human codes")[0].split("Framework")[-1]
    assert "Platt" not in said_


def test_the_share_of_sources_left_out_is_the_one_that_was():
    told = text(themes={"reruns": 6, "documents": 6, "left_out": 1, "leave_out": 0.1})
    assert "repeated 6 times with 1 of 6 sources (17%; 10%, but at least one) left out" in told


def test_words_of_others_are_not_told_as_the_participants():
    assert "with 1,234 words: 1,000 by 4 participants and 234 by interviewers." in text()
    by = {"participant": 700, "interviewer": 234, "written": 200, "other": 100}
    notes = "234 by interviewers, 200 in field notes and written documents and 100 in titles, notes"
    assert f"1,234 words: 700 by 4 participants, {notes}" in text(ingest={"words_by": by})
    assert "1,234 words, all by 4 participants." in text(ingest={"words_by": {"participant": 1234}})


def test_codes_are_told_one_by_one():
    said_ = text()
    assert "Pride (12), Time (30)" in said_ and "assigned from the codebook only: Leaders" in said_


def test_without_people_nothing_is_said_to_be_compared():
    made = test_compare.whole()
    made["codings"] = store.empty("codings")
    done = test_compare.run(made)["compare_record"]
    said_ = text(compare=read_record(done))
    assert "not compared with human coding" in said_
    assert "Cohen" not in said_ and "bootstrap" not in said_ and "new codes" not in said_


def test_a_reflexive_reading_tells_no_coefficient():
    made = method.draft(records(), reflexive=True)
    assert "no coefficients are reported" in made.text
    assert not re.search(
        r"kappa|Rand index|mutual information|Cohen|Hubert|Vinh", made.text + " ".join(made.references)
    )


def test_the_works_listed_are_those_cited():
    made = method.draft(records(), matrix=True)
    names = [name for name, work in references.WORKS.items() if work in made.references]
    assert all(name in made.text for name in names)
    years = re.findall(r"(?:[A-Z][\w’-]+(?: et al\.| and (?:van )?[A-Z]\w+)?) (?:19|20)\d\d", made.text)
    assert len(years) > 10
    assert all(any(year in name for name in names) for year in years), [
        y for y in years if not any(y in n for n in names)
    ]


def test_of_a_run_that_recorded_nothing_nothing_is_said():
    nothing = method.draft(method.records({}))
    assert [heading for heading, _ in nothing.sections] == ["Software"]
    assert nothing.text.startswith("Counterpoint ")
    empty = {f"{stage}_record": store.empty(f"{stage}_record") for stage in method.STAGES}
    assert method.draft(method.records(empty)) == nothing


@pytest.mark.parametrize("stage", method.STAGES)
def test_a_stage_that_recorded_nothing_stops_no_other(stage):
    assert no_blanks(method.draft(records(**{stage: {}})).text)


@pytest.mark.parametrize(
    "value", ["text", "12", "true", "null", "[1]", "NaN", '"quoted"', "", 12, 0.5, True, None, [1, "a"], {"a": 1}]
)
def test_a_record_comes_back_as_it_was(value):
    table = Record(key=value).table()
    store.schema("segment_record").validate(table)
    assert read_record(table) == {"key": value}


def test_the_engine_changes_nothing_that_is_recorded():
    used = encoder.Used(
        "m", "", "0" * 64, "bert", "cpu", "float32", ("Transformer",), "mean", "", 256, ("ONNX Runtime 1",)
    )
    assert embed.record([used]) == embed.record([used] * 3)
    other = encoder.Used(**{**used.__dict__, "place": "cuda", "way": "library"})
    assert "a CPU or a GPU" in text(embed=embed.record([used, other]))


def test_a_record_holds_no_path_time_or_host(tmp_path):
    used = []
    encoder.encode(["time"], model=str(model2vec(tmp_path / "here")), tell=used.append)
    result = themes.themes(
        *test_themes.study(), options=test_themes.FAST.model_copy(update={"labeller": ASK}), ask=asked
    )
    held = " ".join([*embed.record(used).table()["value"], *result.tables["themes_record"]["value"], result.card])
    assert str(tmp_path) not in held and "localhost" not in held and not re.search(r"20\d\d-\d\d-\d\d", held)
    assert "Paola" not in held


def test_the_card_of_the_model_says_what_was_done():
    assert "it did not form the groups" in test_themes.found().card
    assert "too few segments to cluster" in test_themes.found(*test_themes.study(8)).card
