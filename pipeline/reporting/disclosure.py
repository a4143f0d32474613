"""What a study discloses about programs and models: what ran, what was sent, and who decided.

Twenty questions in five parts (the research team, participants, design, data, analysis), the order of the disclosure
frame of IJQM 2025 (doi:10.1177/16094069251404329), which joins the items of COREQ and SRQR; the wording is ours. An
answer comes from what the stages recorded when they ran; what no stage can know is left to the researchers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.core import prose
from pipeline.core.stage_record import Record
from pipeline.decisions import before_themes, outcomes, reflexivity
from pipeline.inductive.labeller import INSTRUCTION
from pipeline.reporting import method, method_codes, method_talk, method_themes
from pipeline.reporting.report_tables import ReportData
from pipeline.reporting.views import further_view

SOURCE = (
    "The questions are worded by us, in the order of a published frame for disclosing uses of AI in qualitative "
    "research "
    "(Int J Qual Methods 2025, doi:10.1177/16094069251404329), which builds on COREQ (Tong et al. 2007) and SRQR "
    "(O’Brien "
    "et al. 2014). Answers come from what each step recorded when it ran; what is in brackets is for you."
)


@dataclass(frozen=True)
class Item:
    """A question with its answer, in which brackets mark what the researchers have to say."""

    number: int
    question: str
    answer: str


@dataclass(frozen=True)
class Part:
    """A part of the disclosure."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Disclosure:
    """The disclosure. `lead`: whether a generative model was used and whether anything was sent, in two sentences."""

    lead: str
    parts: tuple[Part, ...]


def build(data: ReportData, *, settings: Mapping[str, Any]) -> Disclosure:
    """The disclosure of a study. `settings`: those of the run, as params.yaml has them."""
    done = data.records
    numbered = iter(range(1, 100))
    parts = tuple(
        Part(heading, tuple(Item(next(numbered), question, answer) for question, answer in items))
        for heading, items in (
            ("The research team", _team(data)),
            ("Participants", _participants(done)),
            ("Study design", _design(data, settings)),
            ("Data", _data(data)),
            ("Analysis", _analysis(data, settings)),
        )
    )
    return Disclosure(f"{generative(done)} {connected(done)}", parts)


def generative(done: Mapping[str, Record]) -> str:
    """Whether a generative model was used, from the record of the stage that alone can use one."""
    themes = done["themes"]
    if not themes:
        return "Whether a generative model was used is not known: no themes were looked for."
    if not themes["labeller"]:
        return "No generative model was used."
    return f"A generative model, {themes['labeller']}, was used for the labels of themes and for nothing else."


def connected(done: Mapping[str, Record]) -> str:
    """Whether any step connected to another machine, from what each recorded about itself and its workers."""
    ran = {stage: record for stage, record in done.items() if record}
    unknown = [stage for stage, record in ran.items() if "connected" not in record]
    if unknown:
        return (
            f"Whether a network connection was made was not recorded by {prose.listed(unknown)}, which ran in an "
            f"earlier "
            "version of the program: run it again with counterpoint run --force to record it."
        )
    if made := [stage for stage, record in ran.items() if record["connected"]]:
        return f"Connections to another machine were made by {prose.listed(made)}."
    return (
        f"No network connection was made: none of the {len(ran)} steps, nor any of their workers, connected to another "
        "machine."
    )


def _team(data: ReportData) -> list[tuple[str, str]]:
    became = outcomes.in_words(data.outcomes) or "The researchers have not decided on any candidate theme yet."
    read = " ".join(before_themes.in_words(data.readers))
    return [
        (
            "Who worked with programs that analyse text, and what do they know of them?",
            "[Name who ran the program, and their experience with it.]",
        ),
        (
            "What did the program do, and what did people do?",
            f"The program proposed candidate themes and candidate codes; people decide. {became}",
        ),
        (
            "Who are the researchers, and how do they stand to the subject and to participants?",
            reflexivity.in_words(data.statements) or "[Write reflexivity.yaml: it is shown here.]",
        ),
        (
            "What had they read before a machine’s result was shown to them?",
            read
            or "[Nothing is recorded: counterpoint review --read-first records what is read before themes are shown.]",
        ),
    ]


def _participants(done: Mapping[str, Record]) -> list[tuple[str, str]]:
    return [
        (
            "Were participants told which programs would be used on what they said, and did they agree?",
            "[Say what the information sheet and the consent form said.]",
        ),
        (
            "Did a machine take part in talking with participants?",
            "This program takes no part in data collection. [Say if any other tool did, such as a chatbot or "
            "translation.]",
        ),
        (
            "How are participants’ words and details protected?",
            f"{connected(done)} Transcripts and everything made from them stay on the machines that run the program; "
            "Git takes of a study only its codebook, decisions, and what was read. "
            "[Say who has access and how names were removed.]",
        ),
    ]


def _design(data: ReportData, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    stance = {
        "codebook": "The program was set to a codebook stance: coefficients of agreement are reported.",
        "reflexive": "The program was set to a reflexive stance: no coefficients; differences are treated as "
        "questions.",
    }[str(settings["stance"])]
    saturation = " ".join(method_codes.saturation(data.records["compare"]))
    return [
        (
            "How does the use of programs fit the methodology?",
            f"{stance} [Say why the use of candidate themes and codes fits your methodology.]",
        ),
        (
            "Did a program influence whom you sampled?",
            f"The program selects nobody. {saturation} [Say whether you used this to go on or to stop.]".replace(
                "  ", " "
            ),
        ),
        ("Was the use of programs part of the ethical review?", "[Say what the committee was told.]"),
    ]


def _data(data: ReportData) -> list[tuple[str, str]]:
    done = data.records
    interpreted = len({reading.who for reading in data.readings})
    return [
        (
            "Where were data stored and processed?",
            f"{connected(done)} {' '.join(method_talk.material(done['ingest'])[:1])} [Say on whose machines.]",
        ),
        ("What was sent to whom?", _sent(done)),
        (
            "Was any text made, transcribed or translated by a machine?",
            "The program made no text that is presented as data: every quote is compared, letter for letter, with its "
            "transcript. [Say how recordings were transcribed and whether anything was translated.]",
        ),
        (
            "How was it judged whether enough data had been collected?",
            " ".join(further_view.saturation_in_words(data.tables["saturation_verdict"])) or "[Say how.]",
        ),
        (
            "Did participants or others check or interpret the results?",
            f"{prose.count(interpreted, 'person', 'people').capitalize()} interpreted themes on handouts; their "
            f"readings are "
            "shown beside the researchers’ labels."
            if interpreted
            else "[Say whether participants saw results. counterpoint handout makes cards for this.]",
        ),
    ]


def _analysis(data: ReportData, settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    done = data.records
    used = [f"{name} ({purpose}; SHA-256 of its files {digest[:16]}…)" for name, purpose, digest in method.models(done)]
    models = f"{prose.listed(used)}. These represent or divide text and generate none." if used else "None."
    codes = " ".join(method_codes.mapping(done["map_codes"]))
    checked = [
        outcomes.in_words(data.outcomes),
        " ".join(method_codes.comparison(done["compare"], reflexive=str(settings["stance"]) == "reflexive")[:1]),
    ]
    n_settings = sum(len(value) if isinstance(value, Mapping) else 1 for value in settings.values())
    return [
        ("Which models were used, in which versions?", f"{models} {method.software(done)} {generative(done)}"),
        ("Which prompts were given?", _prompts(done)),
        (
            "What did the program do with codes and themes?",
            " ".join(filter(None, (codes, " ".join(method_themes.grouping(done["themes"], reflexive=True)[1:2])))),
        ),
        ("How were its results checked, and how often were they overruled?", " ".join(filter(None, checked))),
        (
            "Can the analysis be repeated?",
            f"The seed of all random steps was {settings['seed']}; the same transcripts, settings and versions give "
            f"the same "
            f"results. The report lists {prose.count(n_settings, 'setting')}, the versions of all libraries, and the "
            f"SHA-256 "
            f"of {prose.count(len(data.tables['documents']), 'source')} and of each model.",
        ),
    ]


def _sent(done: Mapping[str, Record]) -> str:
    themes = done["themes"]
    if themes and themes["labeller"]:
        return (
            f"To {themes['labeller']}: for each theme its keywords and up to "
            f"{prose.count(themes['exemplars'], 'passage')}, "
            "without names of speakers and documents, to be given a label. Nothing else was sent to anybody."
        )
    apart = all(record.get("connected") is False for record in done.values() if record)
    said = "The program sent nothing." if apart else "The program sent nothing to a language model."
    return f"{said} {connected(done)} [Say if you sent anything to others.]"


def _prompts(done: Mapping[str, Record]) -> str:
    themes = done["themes"]
    if not themes or not themes["labeller"]:
        return "None: no generative model was used."
    written = themes["labels"].get(themes["labeller"], 0)
    kept: Sequence[str] = (
        f"{prose.count(written, 'label')} of {prose.count(themes['themes'], 'theme')} "
        f"{'is' if written == 1 else 'are'} the model’s; people gave or accepted "
        f"{themes['labels'].get('people', 0):,}.",
    )
    return f"“{INSTRUCTION}”, followed by “Keywords: …” and “Passages: …”. {' '.join(kept)}"
