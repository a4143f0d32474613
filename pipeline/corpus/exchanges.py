"""Exchanges: a question with its answer, as the unit that people code when they mark the question.

Coders often mark the interviewer's question alone and mean the exchange. The interviewer's words are no evidence and
have no codes of their own, so such a coding counts for the answer.
"""

import pandas as pd

from pipeline.core.coders import NO_CODE
from pipeline.corpus.coded_segments import codes_of_segments

SPAN = ["document", "start", "end"]
# Why a segment that asks is set aside: an interviewer's talk, or the printed question of a survey or a task.
ASKING = ("interviewer", "script")


def exchange_ids(segments: pd.DataFrame) -> pd.Series:
    """Return the exchange of each segment: the turn that it asks or answers; its own turn if it answers none."""
    return segments["prompt_id"].where(segments["prompt_id"] != "", segments["turn_id"])


def spans(segments: pd.DataFrame) -> pd.DataFrame:
    """Return one row per exchange with substantive talk, in text order: segment_id (its id), document, start, end.

    An exchange runs from its question, or the first answer, to the end of the last answer. Where another exchange lies
    within it, both keep their span.
    """
    told = segments.assign(exchange=exchange_ids(segments))
    told = told[told["exchange"].isin(told.loc[told["substantive"], "exchange"])]
    places = told.groupby("exchange").agg(document=("document", "first"), start=("start", "min"), end=("end", "max"))
    return places.reset_index(names="segment_id").sort_values(SPAN, kind="stable", ignore_index=True)


def with_answers(codings: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the codings, followed by those on a question alone, placed on each segment of its answer.

    A coder who gave the same code to a part of the answer has marked the answer already, so nothing is added there.
    Segments that answer a question are those that name it as theirs (`prompt_id`), otherwise the talk up to the next
    question.
    """
    codings = codings.reset_index(drop=True)
    asked = _on_questions(codings, segments)
    if asked.empty:
        return codings
    answers = _answers(segments, set(asked["turn_id"]))
    added = asked.merge(answers, on="turn_id")
    own = codes_of_segments(segments[segments["substantive"]], codings)
    own["turn_id"] = own["segment_id"].map(answers.drop_duplicates("segment_id").set_index("segment_id")["turn_id"])
    marked = pd.MultiIndex.from_frame(own[["coder", "code", "turn_id"]].dropna())
    added = added[~pd.MultiIndex.from_frame(added[["coder", "code", "turn_id"]]).isin(marked)]
    placed = codings.loc[added["coding"]].reset_index(drop=True)
    for column in ("start", "end", "text"):
        if column in placed.columns:
            placed[column] = added[column].to_numpy()
    return pd.concat([codings, placed], ignore_index=True).drop_duplicates(ignore_index=True)


def codes_of_talk(segments: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that people gave to substantive segments (columns coder, code, segment_id), as in comparisons.

    A coding on a question alone counts for its answer, and the mark that no code applies is no code.
    """
    given = with_answers(codings, segments)
    return codes_of_segments(segments[segments["substantive"]], given[given["code"] != NO_CODE])


def _on_questions(codings: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the codings that lie on questions alone: coding (its row), coder, code and turn_id."""
    labelled = codings.assign(coder="", code=[str(row) for row in codings.index])
    rows = codes_of_segments(segments, labelled[codings["code"] != NO_CODE]).merge(
        segments[["segment_id", "turn_id", "set_aside"]], on="segment_id"
    )
    asks = rows["set_aside"].isin(ASKING).groupby(rows["code"]).transform("all")
    found = rows.loc[asks, ["code", "turn_id"]].drop_duplicates()
    coding = pd.Index(labelled["code"]).get_indexer(pd.Index(found["code"]))
    names = {name: codings[name].to_numpy()[coding] for name in ("coder", "code")}
    return pd.DataFrame({"coding": codings.index.to_numpy()[coding], "turn_id": found["turn_id"].to_numpy()} | names)


def _answers(segments: pd.DataFrame, turns: set[str]) -> pd.DataFrame:
    """Return the substantive segments that answer each of these turns: turn_id, segment_id, start, end, text."""
    ordered = segments.sort_values(SPAN, kind="stable")
    asked = ordered["turn_id"].where(ordered["set_aside"].isin(ASKING))
    last = asked.groupby(ordered["document"]).ffill()
    named = ordered["prompt_id"].isin(turns)
    # A turn that no segment names as its question is followed by its answer.
    follows = ~named & last.isin(turns - set(ordered["prompt_id"]))
    turn = ordered["prompt_id"].where(named, last)
    chosen = ordered.assign(turn_id=turn)[(named | follows) & ordered["substantive"]]
    return chosen[["turn_id", "segment_id", "start", "end", "text"]]
