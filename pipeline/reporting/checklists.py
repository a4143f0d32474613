"""What reporting checklists ask for, and the items that the run itself can fill: the others stay blank, by name.

COREQ: Tong, Sainsbury and Craig (2007), Int J Qual Health Care 19:349. SRQR: O'Brien, Harris, Beckman, Reed and Cook
(2014), Acad Med 89:1245. The names of the items are put in our own short words; their numbers are the checklists'.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core import prose
from pipeline.decisions import states
from pipeline.decisions.states import Count

COREQ = (
    "Who interviewed or moderated",
    "Their credentials",
    "Their occupation at the time",
    "Their gender",
    "Their experience and training",
    "Whether they knew the participants before",
    "What participants knew of them",
    "Their interests, assumptions and possible bias",
    "Methodological orientation",
    "How participants were chosen",
    "How they were approached",
    "How many took part",
    "How many declined or left, and why",
    "Where the data were collected",
    "Who else was present",
    "Who the participants are",
    "The interview guide, and whether it was tried out",
    "Whether interviews were repeated",
    "Audio or video recording",
    "Field notes",
    "How long it took",
    "Saturation",
    "Whether transcripts went back to participants",
    "How many people coded",
    "The coding tree",
    "Where the themes come from",
    "Software",
    "Whether participants commented on the results",
    "Quotations, each with its speaker",
    "Whether data and results fit",
    "Whether the major themes are clear",
    "Whether minor themes and diverse cases are told",
)
SRQR = (
    "Title",
    "Abstract",
    "The problem, and what is known of it",
    "Purpose or question",
    "Approach and paradigm",
    "The researchers, and how they bear on the study",
    "Context and setting",
    "How participants or events were sampled",
    "Ethics",
    "How data were collected",
    "Instruments and recording",
    "Units of study",
    "How data were processed",
    "How data were analysed",
    "What was done for trustworthiness",
    "Synthesis and interpretation",
    "Evidence: quotes and excerpts",
    "How it fits with other work, and what it adds",
    "Limitations",
    "Conflicts of interest",
    "Funding",
)


@dataclass(frozen=True)
class Facts:
    """What a run knows. `sources`: in words, with their number; `attributes`: what is known of participants, by name.

    `segments`: how talk was divided, in sentences; `clustered`: whether themes come from a clustering; `software`: what
    computed something; all three as the stages recorded them. `count`: how many themes there are of each state;
    `n_decisions` and `deciders`: what people decided about themes, and who; `saturation`: whether anything could be
    said of it.
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


@dataclass(frozen=True)
class Item:
    """An item of a checklist by its number; `said` is empty where only the researchers can fill it."""

    number: int
    name: str
    said: str


def coreq(facts: Facts) -> tuple[Item, ...]:
    """The 32 items of COREQ."""
    notes = prose.count(facts.n_field_notes, "set of field notes", "sets of field notes")
    known = ", ".join(facts.attributes)
    said = {
        12: f"{prose.count(facts.n_cases, 'participant').capitalize()} in {facts.sources}." if facts.n_cases else "",
        16: f"Known of each: {known}. [Describe the sample by these.]" if known else "",
        20: f"{notes.capitalize()} were analysed beside the talk." if facts.n_field_notes else "",
        22: "Worked out in this report, under Saturation. [Say what you conclude from it.]" if facts.saturation else "",
        24: _coders(facts),
        25: f"A framework of {prose.count(facts.n_codes, 'code')}; its codebook is in codebook.yaml."
        if facts.n_codes
        else "",
        26: _derived(facts),
        27: facts.software,
        29: "Every quote in the report names its speaker and source, and was compared with the transcript letter for "
        "letter.",
        31: _accepted(facts),
    }
    return _items(COREQ, said)


def srqr(facts: Facts) -> tuple[Item, ...]:
    """The 21 items of SRQR."""
    people = f", {prose.count(facts.n_cases, 'participant')}" if facts.n_cases else ""
    said = {
        12: f"{facts.sources[:1].upper()}{facts.sources[1:]}{people}.",
        13: f"{facts.segments} Every source is listed with its sha256.".strip(),
        14: " ".join(part for part in (_derived(facts), _coders(facts), facts.software) if part),
        15: _trust(facts),
        17: "Quotes stand with each theme and each code, and open in the talk they come from.",
    }
    return _items(SRQR, said)


def missing(items: Sequence[Item]) -> str:
    """A sentence on how much of a checklist is left to the researchers."""
    blank = sum(not item.said for item in items)
    return (
        f"The run can fill {len(items) - blank} of {len(items)} items; the other {blank} are yours to write. What is "
        "filled is a draft of facts, to be checked like any other."
    )


def _items(names: Sequence[str], said: dict[int, str]) -> tuple[Item, ...]:
    return tuple(Item(number, name, said.get(number, "")) for number, name in enumerate(names, start=1))


def _coders(facts: Facts) -> str:
    if not facts.coders:
        return ""
    who = ", ".join(facts.coders)
    return f"{prose.count(len(facts.coders), 'person', 'people').capitalize()} coded ({who}); the pipeline beside them."


def _derived(facts: Facts) -> str:
    parts = []
    if facts.n_codes:
        parts.append(f"{prose.count(facts.n_codes, 'code')} were given in advance by the framework")
    if facts.count.found:
        how = "were derived from the data by clustering" if facts.clustered else "without any clustering"
        parts.append(f"{prose.count(facts.count.found, 'candidate theme')} {how}")
    text = "; ".join(parts)
    said = [f"{text[:1].upper()}{text[1:]}."] if text else []
    if facts.count.touched:
        said.append(f"{states.shown_in_words(facts.count, who='people')}.")
    return " ".join(said)


def _accepted(facts: Facts) -> str:
    if not facts.count.accepted:
        return ""
    was = "was" if facts.count.accepted == 1 else "were"
    return f"{facts.count.accepted} of {prose.count(facts.count.shown, 'theme')} {was} accepted by people."


def _trust(facts: Facts) -> str:
    parts = ["Quotes were compared with their transcripts letter for letter."]
    if facts.n_decisions:
        who = ", ".join(facts.deciders)
        decisions = prose.count(facts.n_decisions, "decision").capitalize()
        stand = "stands, and is kept" if facts.n_decisions == 1 else "stand, and are kept"
        parts.append(f"{decisions} about themes {stand} with author, time and evidence ({who}).")
    if len(facts.coders) > 1:
        parts.append(f"{prose.count(len(facts.coders), 'person', 'people').capitalize()} coded, and are compared.")
    return " ".join(parts)
