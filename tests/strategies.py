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


COMMENTS = [
    "/* c */",
    "/**/",
    "/*select*/",
    "/*;*/",
    "/*'*/",
    "/*--*/",
    "/*\n*/",
    "/*a\nb*/",
    "\n/*d*/\n",
    "/*e*/\n",
    "\n/*f*/",
]
COMMENTS += ["--\n", "-- it's;\n", "--\t/*\n", "\n-- own\n", "-- a /* b */  \n"]
"""Comments of both kinds, with line ends around them and signs that mean something elsewhere."""


def terminals(text: str) -> list[tuple[int, int]]:
    """The places of the terminals of a text that parses."""
    from intacct_ql.syntax.pieces import _read

    return [(token.start, token.end) for token in _read(text)[0]]


def parses(text: str) -> bool:
    import intacct_ql as iql

    try:
        iql.parse(text)
    except iql.QuerySyntaxError:
        return False
    return True


GOOD = [text for text in CORPUS if len(text) < 2_000 and parses(text)]


@st.composite
def commented(draw) -> str:
    """A query of the corpus with comments between its terminals."""
    text = draw(st.sampled_from(GOOD))
    places = [0, *(end for _, end in terminals(text))]
    count = draw(st.integers(1, 5))
    for place in sorted(draw(st.lists(st.sampled_from(places), min_size=count, max_size=count)), reverse=True):
        text = f"{text[:place]} {draw(st.sampled_from(COMMENTS))} {text[place:]}"
    return text


EMPTY = ["", "/* c */", "-- c\n", "\\\n", "\n/* a */ -- b\n"]
scripts = st.lists(st.one_of(commented(), st.sampled_from(GOOD), st.sampled_from(EMPTY)), max_size=5)
"""The queries of a script."""
