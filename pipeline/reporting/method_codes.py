"""What a methods section says of codes: how segments were set against the framework, and whose codes were compared."""

from pipeline.core import languages, prose
from pipeline.core.stage_record import Record

MEASURED = {
    "percent": "percentage agreement",
    "kappa": "Cohen’s kappa (Cohen 1960)",
    "alpha": "Krippendorff’s alpha (Krippendorff 2004; over sets of codes with the MASI distance, Passonneau 2006)",
    "ac1": "Gwet’s AC1 (Gwet 2008)",
    "pabak": "the prevalence-adjusted kappa (Byrt et al. 1993)",
    "fleiss": "Fleiss’ kappa (Fleiss 1971)",
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "jaccard": "the Jaccard index",
}
THEMED = {
    "ami": "adjusted mutual information (Vinh et al. 2010)",
    "ari": "the adjusted Rand index (Hubert and Arabie 1985)",
    "v_measure": "the V-measure (Rosenberg and Hirschberg 2007)",
}
UNITS = {
    "segment": "segments",
    "turn": "turns",
    "character": "characters",
    "span": "the passages that people marked",
}
UNCODED = {
    "negative": "What a coder left uncoded in a source that they coded counted as “no code applies”.",
    "unknown": "What a coder left uncoded counted as not said, since people coded excerpts.",
}
SETTLED = " What they settled between them stands as a consensus, and counts as no further person."
READ = "the model of the vectors was not trained on"
# Of a long codebook, codes beyond so many are counted and not named.
NAMED = 40


def mapping(done: Record) -> list[str]:
    """How codes were given to segments, or why none was."""
    if not done:
        return []
    if not done["methods"]:
        return [_unmapped(done)]
    said = []
    if done.get("unread"):
        n, spoken = sum(done["unread"].values()), languages.listed(done["unread"])
        said.append(f"{prose.count(n, 'segment').capitalize()} in {spoken}, which {READ}, took no part in mapping.")
    if "zero_shot" in done["methods"]:
        said.append(_by_words(done))
    if "few_shot" in done["methods"]:
        said += [_learned(done), _weighed(done), *_code_by_code(done)]
    elif done["coded"]:
        said.append(
            f"Nothing was learned from people’s codes, which are on {prose.count(done['coded'], 'segment')}: learning "
            f"begins with {done['min_passages']}."
        )
    said.append(
        f"A code was given to {done['given']:,} of {prose.count(done['segments'], 'segment')}. Of those without, "
        f"{done['doubtful']:,} came near one ({prose.percent(done['doubt'])} of its threshold) and are listed for "
        "review."
    )
    if done["valence"]:
        how = (
            "its wording and the segments that people coded as either, source by source"
            if "few_shot" in done["valence"]
            else "its wording (likeness to model sentences, and English words that mark either)"
        )
        said.append(f"Whether a segment with a code tells of a facilitator or a barrier was read from {how}.")
    return said


def comparison(done: Record, *, reflexive: bool) -> list[str]:
    """Whose codes were set against whose, on what, and with which coefficients and intervals."""
    if not done:
        return []
    if not done["coders"]:
        return ["No person’s codes came with the study, so nothing was compared with what people code."]
    settled = SETTLED if done["consensus"] else ""
    who = f"Human codes came from {prose.count(done['coders'], 'person', 'people')}."
    if reflexive:
        return [
            f"{who}{settled} In keeping with a reflexive reading no coefficient is reported: where readings "
            "differ, the difference is a question."
        ]
    said = [f"{who}{settled} {_compared(done)}"]
    measures = [THEMED[name] for name in THEMED if name in done["themes"]]
    if measures:
        said.append(f"Candidate themes were set against people’s codes by {prose.listed(measures)}.")
    return said


def saturation(done: Record, *, reflexive: bool) -> list[str]:
    """How saturation was judged, where it could be."""
    if not done or "saturation" not in done:
        return []
    base, run, threshold = done["saturation"]
    what = "codes and themes" if done["coders"] else "themes"
    frame = f", also within each {_cell(done['frame'])}" if done["frame"] else ""
    order = {"interviewing": "in the order of interviewing", "file names": "in the order of file names"}
    return [
        f"Saturation was judged by new {what} in runs of {prose.count(run, 'source')} as a share of those "
        f"in a base of {base} (Guest et al. 2020; threshold {prose.percent(threshold)}), "
        f"{order.get(done['order'], done['order'])} and in random orders{frame}."
    ]


def _unmapped(done: Record) -> str:
    if done.get("unread"):
        return f"Segments were set against no codes: they are in {languages.listed(done['unread'])}, which {READ}."
    if not done["codes"]:
        coded = prose.count(done["coded"], "segment")
        why = f"there is no framework, and people’s codes on {coded} are too few to learn from ({done['min_passages']})"
        return f"Segments were set against no codes: {why if done['coded'] else 'there is no framework'}."
    return "Segments were set against no codes: there was no segment to give one to."


def _by_words(done: Record) -> str:
    near = _near(done)
    described = (
        f"{done['described']} of them with more than a name"
        if done["described"] < done["codes"]
        else "each with more than a name"
    )
    return (
        f"Each segment was set against the {prose.count(done['codes'], 'code')} of the framework ({described}) by its "
        "words alone: the vectors of a code’s name, definition and examples, made as the segments’ were, against those "
        f"of the segment, {near} and of the question it answers. A code was given where that likeness "
        "stood out from the code’s usual one (against hubs; Radovanović et al. 2010), with a threshold that gives "
        f"{_amount(done['codes_per_segment'], 'code')} a segment on average."
    )


def _near(done: Record) -> str:
    if not done["context"]:
        return "of none of its neighbours"
    return f"of {prose.count(done['context'], 'neighbour')} on either side (weight {done['context_decay']:g} a step)"


def _learned(done: Record) -> str:
    beyond = f", among them {prose.count(done['beyond'], 'code')} that the framework lacks" if done["beyond"] else ""
    counted = (
        f" and {done['vocabulary']} dimensions of word and letter counts (latent semantic analysis; Deerwester et al. "
        "1990)"
        if done["vocabulary"]
        else ""
    )
    features = f"the same vectors{counted}"
    read = f"{prose.count(done['read'], 'segment')} of {prose.count(done['read_documents'], 'source')}"
    return (
        f"Codes were also learned from what people coded{beyond}: they had read {read} and given a code to "
        f"{done['coded']:,}. {UNCODED[done['uncoded']]} Ridge regression (penalty {done['ridge']:g}; Rifkin and "
        f"Klautau 2004; {done['learning']}) on {features} learned all codes at once, a line of the codebook counting "
        f"as {_amount(done['text_weight'], 'coded passage')}; the codebook’s words counted beside it with weight "
        f"{done['by_words']:g}, and less as a code’s passages were more. Random draws had the seed {done['seed']}."
    )


def _weighed(done: Record) -> str:
    aims = {
        "f1": "so that a code is given about as often as people gave it",
        "precision": f"so that {prose.percent(done['precision'])} of what is given is right",
    }
    if not done["calibrated"]:
        return (
            f"With {prose.count(done['read_documents'], 'coded source')} nothing could be calibrated: scores stand as "
            "they are, with one threshold by which segments get as many codes as people gave."
        )
    return (
        "These scores, those of similar coded passages and those of the talk just before and after were weighed "
        "together by logistic regression (Wolpert 1992; Platt 1999), and thresholds were "
        f"chosen {aims[done['aim']]}. Sources were divided into {done['folds']} folds: no source was mapped, "
        "calibrated or given its thresholds by a model that saw its codes. The codes reported are these."
    )


def _code_by_code(done: Record) -> list[str]:
    learned = {code: n for code, n in done["passages"].items() if n}
    bare = [code for code, n in done["passages"].items() if not n]
    said = []
    if learned:
        shown = [f"{code} ({n:,})" for code, n in list(learned.items())[:NAMED]]
        more = f" and {len(learned) - NAMED} more" if len(learned) > NAMED else ""
        said.append(f"Coded segments from which each code was learned: {', '.join(shown)}{more}.")
    if bare:
        more = f" and {len(bare) - NAMED} more" if len(bare) > NAMED else ""
        said.append(f"No segment had these, which rest on the codebook’s words alone: {', '.join(bare[:NAMED])}{more}.")
    return said


def _compared(done: Record) -> str:
    if not done["compared"]:
        return "Nobody’s codes could be set against anybody else’s."
    against = "with each other and with the pipeline’s" if done["methods"] and done["coders"] > 1 else ""
    against = against or ("with the pipeline’s" if done["methods"] else "with each other")
    units = prose.listed([UNITS[unit] for unit in done["units"]])
    measures = prose.listed([MEASURED[name] for name in MEASURED if name in done["coefficients"]])
    few = f"{prose.count(done['min_units'], 'unit')} or more"
    intervals = (
        f"95% intervals of {prose.listed(done['intervals'])} come from {done['draws']:,} draws of whole sources, where "
        f"there were {done['min_documents']} or more (bootstrap; Efron and Tibshirani 1993; seed {done['seed']})."
        if done["intervals"]
        else f"With fewer than {prose.count(done['min_documents'], 'source')} to draw from no interval is given."
    )
    return (
        f"Their codes were compared {against}, on {units}, by {measures}, on {few}. "
        f"{UNCODED[done['uncoded']]} {intervals}"
    )


def _cell(frame: list[str]) -> str:
    return frame[0] if len(frame) == 1 else f"combination of {prose.listed(frame)}"


def _amount(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"
