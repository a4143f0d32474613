"""Counting and weighing words: scikit-learn's parts for it, without the statistics that they import and do not use."""

from pipeline.core import lean

# Half of the time that scikit-learn takes to load is scipy.stats.
with lean.lazily("scipy.stats"):
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer
    from sklearn.preprocessing import normalize

__all__ = ["ENGLISH_STOP_WORDS", "CountVectorizer", "TfidfVectorizer", "normalize"]
