"""The methods section on codes: how segments were mapped to the framework, and how coders were compared."""

from pipeline.core import languages, prose
from pipeline.core.stage_record import Record

MEASURED = {
    "percent": "percentage agreement",
    "kappa": "Cohen’s kappa (Cohen 1960; over all codes from their mean observed and mean expected agreement, "
    "De Vries et al. 2008)",
    "alpha": "Krippendorff’s alpha (Krippendorff 2004; over sets of codes with the MASI distance, Passonneau 2006)",
    "ac1": "Gwet’s AC1 (Gwet 2008)",
    "pabak": "the prevalence-adjusted kappa (Byrt et al. 1993)",
    "fleiss": "Fleiss’ kappa (Fleiss 1971)",
    "f1": "F1 (positive specific agreement)",
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
    "exchange": "exchanges (a question with its answer)",
    "character": "characters",
    "span": "the spans that people marked",
}
UNCODED = {
    "negative": "Segments a coder left uncoded in a source they coded counted as “no code applies”.",
    "unknown": "Segments a coder left uncoded counted as unknown, because people coded excerpts.",
}
SETTLED = " Resolved disagreements form a consensus, which does not count as another coder."
READ = "the embedding model was not trained on"
# At most this many codes are named; further ones are counted.
NAMED = 40


def mapping(done: Record) -> list[str]:
    """How codes were given to segments, or why none was."""
    if not done:
        return []
    if not done["methods"]:
        return [_unmapped(done)]
    sentences = []
    if done.get("unread"):
        n_unread, spoken = sum(done["unread"].values()), languages.listed(done["unread"])
        sentences.append(f"{prose.count(n_unread, 'segment').capitalize()} in {spoken}, which {READ}, were not mapped.")
    if "zero_shot" in done["methods"]:
        sentences.append(_by_words(done))
    if "few_shot" in done["methods"]:
        sentences += [_learned(done), _weighed(done), *_code_by_code(done)]
    elif done["coded"]:
        sentences.append(
            f"Human codes were not used for training: only {prose.count(done['coded'], 'segment')} have one, and at "
            f"least {done['min_passages']} are needed."
        )
    sentences.append(
        f"At least one code was assigned to {done['given']:,} of {prose.count(done['segments'], 'segment')}. Of the "
        f"others, {done['doubtful']:,} were borderline (at least {prose.percent(done['doubt'])} of a threshold) and "
        "are listed for review."
    )
    if done["valence"]:
        how = (
            "its wording and from segments that people coded as either, with each source held out in turn"
            if "few_shot" in done["valence"]
            else "its wording (similarity to example sentences, and English marker words)"
        )
        sentences.append(f"Whether a coded segment describes a facilitator or a barrier was inferred from {how}.")
    return sentences


def comparison(done: Record, *, reflexive: bool) -> list[str]:
    """Whose codes were set against whose, on what, and with which coefficients and intervals."""
    if not done:
        return []
    if not done["coders"]:
        return ["The study has no human codes, so the results were not compared with human coding."]
    settled = SETTLED if done["consensus"] else ""
    origin = f"Human codes came from {prose.count(done['coders'], 'person', 'people')}."
    if reflexive:
        return [
            f"{origin}{settled} In keeping with the reflexive stance, no coefficients are reported; differences "
            "between readings are treated as questions."
        ]
    sentences = [f"{origin}{settled} {_compared(done)}"]
    measures = [THEMED[name] for name in THEMED if name in done["themes"]]
    if measures:
        around = "; 95% intervals are from leaving out each source in turn (jackknife; Efron and Stein 1981)"
        sentences.append(
            f"Candidate themes were compared with human codes by {prose.listed(measures)}, over pairs of a "
            f"segment and a code{around if done.get('theme_intervals') else ''}."
        )
    return sentences


def saturation(done: Record) -> list[str]:
    """How saturation was assessed, if it could be."""
    if not done or "saturation" not in done:
        return []
    base, run, threshold = done["saturation"]
    things = "codes and themes" if done["coders"] else "themes"
    frame = f", also within each {_cell(done['frame'])}" if done["frame"] else ""
    order = {"interviewing": "in the order of interviewing", "file names": "in the order of file names"}
    return [
        f"Saturation was assessed by the number of new {things} in runs of {prose.count(run, 'source')} relative to a "
        f"base of {base} sources (Guest et al. 2020; threshold {prose.percent(threshold)}, also for all sources after "
        f"the run), {order.get(done['order'], done['order'])} and in random orders{frame}."
    ]


def _unmapped(done: Record) -> str:
    if done.get("unread"):
        return f"Segments were not mapped to codes: they are in {languages.listed(done['unread'])}, which {READ}."
    if not done["codes"]:
        coded = prose.count(done["coded"], "segment")
        why = f"there is no framework, and {coded} with human codes are too few for training ({done['min_passages']})"
        return f"Segments were not mapped to codes: {why if done['coded'] else 'there is no framework'}."
    return "Segments were not mapped to codes: there were no segments to map."


def _by_words(done: Record) -> str:
    near = _near(done)
    described = (
        f"{done['described']} of them with a definition or examples"
        if done["described"] < done["codes"]
        else "each with a definition or examples"
    )
    assigned = f"; {done['codes_assigned']:g} were assigned" if "codes_assigned" in done else ""
    return (
        f"Each segment was compared with the {prose.count(done['codes'], 'code')} of the framework ({described}) using "
        "the codebook only: the embeddings of a code’s name, definition and examples were compared with those of the "
        f"segment, {near} and of the question it answers. A code was assigned if the similarity stood out from the "
        "code’s usual similarity (a correction for hubness; Radovanović et al. 2010), with a threshold set for "
        f"{_amount(done['codes_per_segment'], 'code')} per segment on average, before sub-codes take precedence over "
        f"their parents{assigned}."
    )


def _near(done: Record) -> str:
    if not done["context"]:
        return "of none of its neighbours"
    return f"of {prose.count(done['context'], 'neighbour')} on either side (weight {done['context_decay']:g} per step)"


def _learned(done: Record) -> str:
    beyond = f", including {prose.count(done['beyond'], 'code')} not in the framework" if done["beyond"] else ""
    counted = (
        f" and {done['vocabulary']} dimensions of word and letter counts (latent semantic analysis; Deerwester et al. "
        "1990)"
        if done["vocabulary"]
        else ""
    )
    features = f"the same vectors{counted}"
    whole = " A question and its answer were one unit of coding." if done.get("coded_unit") == "exchange" else ""
    read = f"{prose.count(done['read'], 'segment')} of {prose.count(done['read_documents'], 'source')}"
    return (
        f"Codes were also learned from human codes{beyond}: people had read {read} and coded {done['coded']:,} of "
        f"them. {UNCODED[done['uncoded']]}{whole} Ridge regression (penalty {done['ridge']:g}; Rifkin and Klautau "
        f"2004; {done['learning']}) on {features} was trained on all codes jointly, with each line of the codebook "
        f"weighted as {_amount(done['text_weight'], 'coded passage')}; scores from the codebook were added with weight "
        f"{done['by_words']:g}, less for codes with more passages. The random seed was {done['seed']}."
    )


def _weighed(done: Record) -> str:
    aims = {
        "f1": "so that each code is assigned about as often as people assigned it",
        "precision": _for_precision(done),
    }
    if not done["calibrated"]:
        return (
            f"With {prose.count(done['read_documents'], 'coded source')}, scores could not be calibrated; one "
            "threshold was chosen so that segments get as many codes as people assigned."
        )
    return (
        "These scores, those of similar coded passages and those of neighbouring segments were combined by logistic "
        "regression (Wolpert 1992; Platt 1999), and thresholds were "
        f"chosen {aims[done['aim']]}. Sources were divided into {done['folds']} folds, so that no source was mapped, "
        "calibrated or thresholded by a model trained on its own codes. These are the codes reported."
    )


def _for_precision(done: Record) -> str:
    level = prose.percent(done["precision"])
    if done.get("promised"):
        return (
            f"so that, with 90% confidence over sources, at least {level} of the codes assigned are correct (learn "
            "then test; Angelopoulos et al. 2021)"
        )
    return f"so that {level} of the codes assigned in coded sources are correct, which cannot be promised for others"


def _code_by_code(done: Record) -> list[str]:
    learned = {code: count for code, count in done["passages"].items() if count}
    bare = [code for code, count in done["passages"].items() if not count]
    sentences = []
    if learned:
        shown = [f"{code} ({count:,})" for code, count in list(learned.items())[:NAMED]]
        more = f" and {len(learned) - NAMED} more" if len(learned) > NAMED else ""
        sentences.append(
            f"Number of coded segments used to train each code, those of its sub-codes included: "
            f"{', '.join(shown)}{more}."
        )
    if bare:
        more = f" and {len(bare) - NAMED} more" if len(bare) > NAMED else ""
        sentences.append(
            f"Codes without coded segments, assigned from the codebook only: {', '.join(bare[:NAMED])}{more}."
        )
    return sentences


def _compared(done: Record) -> str:
    if not done["compared"]:
        return "No two coders could be compared."
    against = "with each other and with the pipeline’s" if done["methods"] and done["coders"] > 1 else ""
    against = against or ("with the pipeline’s" if done["methods"] else "with each other")
    units = prose.listed([UNITS[unit] for unit in done["units"]])
    measures = prose.listed([MEASURED[name] for name in MEASURED if name in done["coefficients"]])
    few = f"at least {prose.count(done['min_units'], 'unit')}"
    intervals = (
        f"95% intervals of {prose.listed(done['intervals'])} are from {done['draws']:,} bootstrap samples of whole "
        f"sources, given at least {done['min_documents']} sources (Efron and Tibshirani 1993; seed {done['seed']})."
        if done["intervals"]
        else f"With fewer than {prose.count(done['min_documents'], 'source')}, no intervals are reported."
    )
    return (
        f"Their codes were compared {against}, on {units}, by {measures}, on {few}. "
        f"{UNCODED[done['uncoded']]} {intervals}"
    )


def _cell(frame: list[str]) -> str:
    return frame[0] if len(frame) == 1 else f"combination of {prose.listed(frame)}"


def _amount(number: float, noun: str) -> str:
    return f"{number:g} {noun}{'' if number == 1 else 's'}"
