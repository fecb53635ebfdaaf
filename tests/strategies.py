"""What hypothesis draws: query texts, good, bent and broken."""

import corpus_files
from hypothesis import strategies as st

CORPUS = [corpus_files.read(path).text for folder in ("queries", "mistakes") for path in corpus_files.cases(folder)]

WORDS = (
    "select distinct from where group by having order_by limit offset option and or not in like ilike between is null"
)
VALUES = (
    "true NAME CUSTOMER c.NAME `a` \"b\" 'text' 'it''s' 24 00123 10/22/2010 100--East 2026-01-01 \u00e9 \u6771 AT&T"
)
SIGNS = "( ) [ ] , = != <> <= >= < > == ! ~ && ; * . | : ? :p \\ -- /* */ count( sum( field( ' \" ` “ ” ‘ ’"

PIECES = [*WORDS.split(), *VALUES.split(), *SIGNS.split(), "10/22/2010 00:00:00", "\n", "\t", "\u00a0", "\u200b"]

soup = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join)
"""Words of the language in no order."""


@st.composite
def bent(draw) -> str:
    """A text of the corpus with a few pieces cut out, doubled or put in."""
    text = draw(st.sampled_from(CORPUS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(st.sampled_from([*PIECES, "", text[start:end] * 2])) + text[end:]
    return text


anything = st.one_of(st.text(max_size=60), soup, bent(), st.sampled_from(CORPUS))
