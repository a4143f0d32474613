"""The methods section on candidate themes: grouping, labels, stability and decisions."""

from pipeline.core import prose
from pipeline.core.stage_record import Record


def grouping(done: Record, *, reflexive: bool) -> list[str]:
    """What was grouped and how; nothing is said of a clustering that did not run."""
    if not done:
        return []
    if not done["segments"]:
        return ["There were no segments to group, so there are no candidate themes."]
    if not done["divided"]:
        differ = f" ({done['different']} of them different)" if done["different"] < done["segments"] else ""
        return [
            f"{prose.count(done['segments'], 'segment').capitalize()}{differ} {_were(done['segments'])} too few to "
            f"cluster (fewer than {done['min_segments']}), so all segments form one group."
        ]
    return [_context(done), _clusterings(done), _consensus(done, reflexive=reflexive), *_sample(done)]


def labels(done: Record) -> list[str]:
    """What named the themes, and what part BERTopic had in it."""
    if not done or not done["segments"]:
        return []
    n_from_words = done["labels"].get("words", 0)
    if not done["words"]:
        sentences = ["No keywords were found, so no group is named by what was said in it."]
    else:
        phrases = f", and phrases that {done['phrases']} found in them" if done["phrases"] else ""
        sentences = [
            f"Words of each group were weighted by class-based TF-IDF as implemented in {done['words']} (Grootendorst "
            "2022), which played no part in the grouping. "
            f"The {prose.count(done['keywords'], 'keyword')} of each theme are words of the segments{phrases}, "
            "ranked "
            "by this weight, by the similarity of their segments to the theme, and by the number of participants using "
            "them. "
            f"Labels{'' if n_from_words else ' that were not set otherwise'} are made of words and phrases that "
            "several participants use or are asked about, in at least a tenth of the theme's segments and far more "
            "often than elsewhere (log-odds with an informative Dirichlet prior, Monroe et al. 2008); a word found "
            "only in the question that a segment answers counts for 0.7 of one that is said. Of labels of up to "
            "three terms, built up term by term, the one was taken that best separates the theme's segments from the "
            "others, by its words (share of segments that say one, minus that of the others) and by its vector (area "
            "under the ROC curve). A theme that holds at least half of the answers to one question of the interview "
            "guide takes that question's short name if at least half of its own answers to such questions, and at "
            "least 15% of its segments, are to this one. A theme that no label separates well enough is called "
            "loosely connected talk."
        ]
    if done["labeller"]:
        n_by_model = done["labels"].get(done["labeller"], 0)
        sentences.append(
            f"The language model {done['labeller']} was given the keywords and up to "
            f"{prose.count(done['exemplars'], 'passage')} of each group and asked for a label; it wrote "
            f"{n_by_model} of "
            f"{prose.count(done['themes'], 'label')}."
        )
    unnamed = done["labels"].get("", 0)
    if unnamed:
        groups = prose.count(unnamed, "group").capitalize()
        sentences.append(
            f"{groups} mostly in a language other than English {'has' if unnamed == 1 else 'have'} no label."
        )
    people = done["labels"].get("people", 0)
    if people:
        sentences.append(
            f"{prose.count(people, 'label').capitalize()} {_were(people)} set or accepted by the researchers."
        )
    return sentences


def generative(done: Record) -> str:
    """Whether a generative model was used; only the optional labeller is one."""
    if not done:
        return ""
    if done["labeller"]:
        return f"The only generative model used was {done['labeller']}, for labels."
    return "No generative model was used."


def steadiness(done: Record) -> list[str]:
    """How the stability of themes was assessed."""
    if not done or not done["divided"]:
        return []
    counts = [
        (done["cases_left_out"], "participant", "participants"),
        (done["values_left_out"], "value of an attribute", "values of attributes"),
    ]
    left_out = [prose.count(count, singular, plural) for count, singular, plural in counts if count]
    sentences = []
    if done["reruns"]:
        sentences.append(
            f"To assess stability, the analysis was repeated {_runs(done['reruns'])} with "
            f"{_left_out(done)} left out (Hennig 2007)."
        )
    if left_out:
        sentences.append(f"It was also repeated without each of {prose.listed(left_out)} on which themes depend most.")
    return sentences or ["The stability of themes was not assessed."]


def decisions(done: Record, *, decided: str = "") -> list[str]:
    """Decisions of the researchers. `decided`: the resulting themes, in words."""
    if not done or not done["themes"]:
        return []
    if not done["decisions"]:
        return ["The researchers had not recorded any decisions on themes when this was computed."]
    n_decisions = done["decisions"]
    return [
        f"{prose.count(n_decisions, 'decision').capitalize()} by the researchers {_were(n_decisions)} preserved "
        "regardless of the "
        "grouping.",
        f"{decided}." if decided else "",
        f"If the grouping places more than {prose.percent(done['shift_share'])} of a theme they decided on elsewhere, "
        "the report asks the researchers.",
    ]


def _context(done: Record) -> str:
    sources = []
    speakers = (
        "Each speaker’s mean was partly taken out of the embeddings (for n segments, n/(n + "
        f"{done['speaker_shrinkage']:g}) of its difference from the overall mean), so that segments group by what is "
        "said, not by who says it. "
    )
    if done["context"]:
        near = "the segments directly" if done["context"] == 1 else f"the {done['context']} segments"
        further = f", multiplied by {done['context_decay']:g} per further step" if done["context"] > 1 else ""
        sources.append(
            f"of {near} before and after it, up to a change of subject (weight {done['context_decay']:g}{further})"
        )
    if done["question"] and done["answers"]:
        sources.append(f"of the question it answers (weight {done['question']:g})")
    if not sources:
        return f"{speakers}Segments were grouped by their own embeddings, without context."
    return f"{speakers}For grouping, the embedding of each segment was combined with those {prose.listed(sources)}."


def _clusterings(done: Record) -> str:
    low, high = done["resolutions"]
    near = prose.listed([str(count) for count in done["neighbours"]], last="or")
    methods = [
        f"{_clustering_runs(done['communities'])} of community detection in the graph connecting each segment to its "
        f"{near} nearest neighbours by cosine similarity (Louvain method, resolution {low:g} to {high:g}; Blondel et "
        f"al. 2008; {done['clustering']})"
    ]
    if done["centres"]:
        methods.append(
            f"{_clustering_runs(done['centres'])} of spherical k-means with the same number of groups (Dhillon and "
            "Modha 2001)"
        )
    views = prose.listed([str(count) for count in done["directions"]], last="or")
    on_views = f", on the first {views} principal components" if views else ", on all dimensions of the embeddings"
    sampling = (
        f"Each clustering used a random {prose.percent(done['keep'])} of the sources (seed {done['seed']}); segments "
        "left out joined the nearest group."
        if done["keep"] < 1
        else f"Each clustering used all sources; the seed was {done['seed']}."
    )
    return (
        f"Candidate themes are a consensus of {prose.count(done['runs'], 'clustering')} (evidence accumulation; Fred "
        f"and Jain 2005): {prose.listed(methods)}{on_views}. {sampling}"
    )


def _consensus(done: Record, *, reflexive: bool) -> str:
    score = next(iter(done["curve"].values()), None)
    mean = f" (mean adjusted Rand index {score:.2f}; Hubert and Arabie 1985)" if score is not None else ""
    number = (
        f"The number of themes ({done['n_themes']}) was set by the researchers; the closest possible cut was used."
        if done["n_themes"] is not None
        else "Of all cuts of this hierarchy, the one that agrees best with the clusterings was used"
        + ("." if reflexive else f"{mean}.")
    )
    apart = f" {prose.count(done['apart'], 'segment').capitalize()} unlike any other {_are(done['apart'])} in no theme."
    return (
        "The neighbour graph, weighted by how often two segments shared a group, was divided into small groups "
        f"(Louvain method, resolution {done['fineness']:g}); groups of fewer than "
        f"{prose.count(done['min_size'], 'segment')} were added to the group they most often shared, and groups were "
        f"merged by average linkage. {number} This gave "
        f"{prose.count(done['clusters'], 'candidate theme')}.{apart if done['apart'] else ''}"
    )


def _sample(done: Record) -> list[str]:
    if done["clustered"] == done["segments"]:
        return []
    return [
        f"Clusterings used a sample of {done['clustered']:,} of the {prose.count(done['segments'], 'segment')}, with "
        "the same share of each source and participant; all other segments joined the theme with the nearest centroid."
    ]


def _clustering_runs(number: int) -> str:
    return prose.count(number, "run")


def _left_out(done: Record) -> str:
    """How many sources each rerun leaves out, and which share was asked for."""
    wanted = prose.percent(done["leave_out"])
    if not done.get("left_out"):
        return f"{wanted} of the sources"
    share = prose.percent(done["left_out"] / done["documents"])
    return f"{done['left_out']:,} of {prose.count(done['documents'], 'source')} ({share}; {wanted}, but at least one)"


def _runs(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
