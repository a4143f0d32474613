"""Reporting checklists: their items, filled in where the run provides the facts and left blank otherwise.

COREQ: Tong, Sainsbury and Craig (2007), Int J Qual Health Care 19:349. SRQR: O'Brien, Harris, Beckman, Reed and Cook
(2014), Acad Med 89:1245. Item names are paraphrased briefly; the numbers are those of the checklists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.core import prose
from pipeline.decisions import states
from pipeline.decisions.states import Count
from pipeline.reporting import checklist_questions

COREQ = (
    "Interviewer or facilitator",
    "Researchers’ credentials",
    "Researchers’ occupation",
    "Researchers’ gender",
    "Experience and training",
    "Relationship with participants established beforehand",
    "Participants’ knowledge of the interviewer",
    "Interviewer characteristics, assumptions and bias",
    "Methodological orientation and theory",
    "Sampling",
    "Method of approach",
    "Sample size",
    "Non-participation, with reasons",
    "Setting of data collection",
    "Presence of non-participants",
    "Description of the sample",
    "Interview guide, pilot tested or not",
    "Repeat interviews",
    "Audio or visual recording",
    "Field notes",
    "Duration",
    "Data saturation",
    "Transcripts returned to participants",
    "Number of data coders",
    "Description of the coding tree",
    "Derivation of themes",
    "Software",
    "Participant checking",
    "Quotations presented and identified",
    "Consistency of data and findings",
    "Clarity of major themes",
    "Clarity of minor themes and diverse cases",
)
SRQR = (
    "Title",
    "Abstract",
    "Problem formulation",
    "Purpose or research question",
    "Qualitative approach and research paradigm",
    "Researcher characteristics and reflexivity",
    "Context",
    "Sampling strategy",
    "Ethical issues",
    "Data collection methods",
    "Data collection instruments and technologies",
    "Units of study",
    "Data processing",
    "Data analysis",
    "Techniques to enhance trustworthiness",
    "Synthesis and interpretation",
    "Links to empirical data",
    "Integration with prior work and contribution",
    "Limitations",
    "Conflicts of interest",
    "Funding",
)
# What is verified of quotes, and where they are not letter for letter.
VERIFIED = (
    "Quotes in the report were verified to match their transcripts exactly; in the files for a paper, names of "
    "speakers are replaced and long quotes are cut, with a mark."
)


@dataclass(frozen=True)
class Facts:
    """Facts from a run. `sources`: the sources in words; `attributes`: participant attributes in words.

    `segments`: how the text was divided, in sentences; `clustered`: whether themes come from clustering; `software`: in
    a sentence; all three as recorded by the stages. `count`: number of themes by state; `n_decisions`, `deciders`:
    decisions about themes; `saturation`: whether it was assessed. `researchers`: what they say of themselves, by item
    of COREQ; `outcomes`: what became of the candidate themes, and `readers`: who read what before and after they were
    shown them, in sentences; `n_guide`: how many questions guide.yaml lists.
    """

    sources: str
    n_field_notes: int
    n_cases: int
    attributes: Sequence[str]
    segments: str
    n_codes: int
    coders: Sequence[str]
    count: Count
    clustered: bool
    n_decisions: int
    deciders: Sequence[str]
    saturation: bool
    software: str
    researchers: Mapping[int, str] = field(default_factory=dict)
    outcomes: str = ""
    readers: Sequence[str] = ()
    n_guide: int = 0


@dataclass(frozen=True)
class Item:
    """A checklist item; `statement` is empty if only the researchers can answer its `question`."""

    number: int
    name: str
    statement: str
    question: str


def coreq(facts: Facts) -> tuple[Item, ...]:
    """The 32 items of COREQ."""
    notes = prose.count(facts.n_field_notes, "set of field notes", "sets of field notes")
    attributes = ", ".join(facts.attributes)
    statements = {
        **facts.researchers,
        12: f"{prose.count(facts.n_cases, 'participant').capitalize()}; {facts.sources}." if facts.n_cases else "",
        16: f"Attributes recorded: {attributes}. [Describe the sample by these.]" if attributes else "",
        17: f"guide.yaml lists {prose.count(facts.n_guide, 'question')}. [Say whether they are your guide, and whether "
        "it was tried out first.]"
        if facts.n_guide
        else "",
        20: f"{notes.capitalize()} analysed together with the transcripts." if facts.n_field_notes else "",
        22: "Assessed by the program: see Saturation in its report. [State your conclusion.]"
        if facts.saturation
        else "",
        24: _coders(facts),
        25: f"A framework of {prose.count(facts.n_codes, 'code')}; its codebook is in codebook.yaml."
        if facts.n_codes
        else "",
        26: _derived(facts),
        27: facts.software,
        29: f"Every quote in the report gives its speaker and source. {VERIFIED}",
        31: _accepted(facts),
    }
    return _items(COREQ, statements, checklist_questions.COREQ)


def srqr(facts: Facts) -> tuple[Item, ...]:
    """The 21 items of SRQR."""
    people = f", {prose.count(facts.n_cases, 'participant')}" if facts.n_cases else ""
    statements = {
        6: " ".join(facts.researchers[number] for number in sorted(facts.researchers)),
        12: f"{facts.sources[:1].upper()}{facts.sources[1:]}{people}.",
        13: f"{facts.segments} Every source is listed with its sha256.".strip(),
        14: " ".join(sentence for sentence in (_derived(facts), _coders(facts), facts.software) if sentence),
        15: _trust(facts),
        17: "Quotes are shown with each theme and code, and open in the context of their transcript.",
    }
    return _items(SRQR, statements, checklist_questions.SRQR)


def missing(items: Sequence[Item]) -> str:
    """A sentence on how many items of a checklist are filled in."""
    blank = sum(not item.statement for item in items)
    return (
        f"{len(items) - blank} of {len(items)} items are filled in from this run; the other {blank} are for you to "
        "complete. Please check the facts filled in."
    )


def _items(names: Sequence[str], statements: dict[int, str], questions: dict[int, str]) -> tuple[Item, ...]:
    return tuple(
        Item(number, name, statements.get(number, ""), questions[number]) for number, name in enumerate(names, start=1)
    )


def _coders(facts: Facts) -> str:
    if not facts.coders:
        return ""
    beside = ", in addition to the pipeline" if facts.n_codes else ""
    return (
        f"{prose.count(len(facts.coders), 'person', 'people').capitalize()} coded ({', '.join(facts.coders)}){beside}."
    )


def _derived(facts: Facts) -> str:
    clauses = []
    if facts.n_codes:
        clauses.append(f"{prose.count(facts.n_codes, 'code')} were specified in advance by the framework")
    if facts.count.found:
        how = "were derived from the data by clustering" if facts.clustered else "without any clustering"
        clauses.append(f"{prose.count(facts.count.found, 'candidate theme')} {how}")
    text = "; ".join(clauses)
    sentences = [f"{text[:1].upper()}{text[1:]}."] if text else []
    if facts.count.touched:
        sentences.append(facts.outcomes or f"{states.shown_in_words(facts.count, who='people')}.")
    return " ".join(sentences)


def _accepted(facts: Facts) -> str:
    if not facts.count.accepted:
        return ""
    was = "was" if facts.count.accepted == 1 else "were"
    return f"{facts.count.accepted} of {prose.count(facts.count.shown, 'theme')} {was} accepted by people."


def _trust(facts: Facts) -> str:
    sentences = [VERIFIED]
    if facts.n_decisions:
        deciders = ", ".join(facts.deciders)
        decisions = prose.count(facts.n_decisions, "decision").capitalize()
        verb = "is" if facts.n_decisions == 1 else "are"
        sentences.append(f"{decisions} about themes {verb} documented with author, time and evidence ({deciders}).")
    sentences += facts.readers
    if len(facts.coders) > 1:
        sentences.append(
            f"{prose.count(len(facts.coders), 'person', 'people').capitalize()} coded, and their coding was compared."
        )
    return " ".join(sentences)
