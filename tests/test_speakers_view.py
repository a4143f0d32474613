from pipeline.core import store
from pipeline.reporting import templates
from pipeline.reporting.views import speakers_view

TABLES = ("documents", "turns", "speakers", "ingest_problems")


def tables(study):
    return {name: store.read(study, name) for name in TABLES}


def test_each_source_says_who_speaks_with_first_words_and_the_interviewer_with_the_reason(small_study):
    sources = {one.document: one for one in speakers_view.build(tables(small_study))}
    assert sorted(sources) == sorted(store.read(small_study, "documents").document)
    ana = sources["interviews/ana.txt"]
    assert [(row.speaker, row.part, row.turns) for row in ana.rows] == [
        ("Ana", "participant", "4"),
        ("Interviewer", "interviewer", "3"),
    ]
    assert ana.rows[0].first.startswith("I wanted to learn it") and ana.rows[0].why == ""
    assert ana.rows[1].why == "because the label means so"
    assert ana.about.startswith("interview, English (100%), ")
    assert sources["notes/session.docx"].rows[0].part == "no part"


def test_long_first_words_and_many_speakers_are_cut_and_counted(small_study):
    read = tables(small_study)
    many = read["speakers"].iloc[[0] * 30].assign(speaker=[f"P{n}" for n in range(30)])
    first = speakers_view.build(read | {"speakers": many})[0]
    assert len(first.rows) == speakers_view.SHOWN and first.more == 30 - speakers_view.SHOWN
    assert all(len(row.first) <= speakers_view.LETTERS + 1 for one in speakers_view.build(read) for row in one.rows)


def test_questions_and_a_missing_interviewer_are_told(small_study):
    read = tables(small_study)
    alone = read["speakers"].query("part != 'interviewer'")
    asked = read["ingest_problems"].iloc[:0].copy()
    asked.loc[0] = ["guessed", "interviews/ana.txt", "", "Is that so?"]
    notes = {
        one.document: one.notes for one in speakers_view.build(read | {"speakers": alone, "ingest_problems": asked})
    }
    assert ("Interviewer", "nobody was taken for the interviewer") in notes["interviews/ana.txt"]
    assert ("Question", "Is that so?") in notes["interviews/ana.txt"]
    assert not any(name == "Interviewer" for name, _ in notes["notes/session.docx"])


def test_the_page_holds_it_beside_the_sources():
    part = templates.text("quality.html").partition('id="part-sources"')[2].partition('id="part-trail"')[0]
    assert '{% include "speakers.html" %}' in part
