"""scikit-learn's tools for counting and weighting words, without its slow statistics imports."""

from pipeline.core import lean

# scipy.stats takes half of scikit-learn's loading time and is not used here.
with lean.lazily("scipy.stats"):
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer
    from sklearn.preprocessing import normalize

__all__ = ["ENGLISH_STOP_WORDS", "CountVectorizer", "TfidfVectorizer", "normalize"]
