"""Functions of other languages, and what serves here in their place.

In: the name before a bracket, or the ``Scene`` of a call that does not parse. Out: one Diagnostic. Refuses to know:
fields. A function is never rewritten to another one, which would give other figures; only to its own name here.
"""

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.suggest import meant
from intacct_ql.syntax.scene import Loose, Scene
from intacct_ql.syntax.words import AGGREGATES, KEYWORDS, upper

_OURS = {"AVERAGE": "AVG", "MEAN": "AVG", "MINIMUM": "MIN", "MAXIMUM": "MAX"}
"""Other names of the functions there are."""

_INSTEAD = {
    "select the field, and reckon in the program that reads the rows": (
        "MEDIAN MODE PERCENTILE PERCENTILE_CONT PERCENTILE_DISC STDEV STDEVP STDDEV STDDEV_POP STDDEV_SAMP VAR VARP "
        "VARIANCE VAR_POP VAR_SAMP CORR ROUND FLOOR CEIL CEILING TRUNC TRUNCATE ABS MOD POWER SQRT EXP LN LOG SIGN "
        "RAND RANDOM GREATEST LEAST"
    ),
    "a stretch of time is a condition: WHENDUE = LAST_MONTH, or WHENDUE BETWEEN 2026-01-01 AND 2026-01-31": (
        "DAY WEEK MONTH QUARTER YEAR DAYOFWEEK DAYOFYEAR WEEKDAY HOUR MINUTE DATE_TRUNC DATETRUNC DATE_PART DATEPART "
        "DATENAME EXTRACT MONTHNAME DAYNAME STRFTIME DATE_FORMAT TO_CHAR FORMAT EOMONTH LAST_DAY CALENDAR_MONTH "
        "CALENDAR_QUARTER CALENDAR_YEAR FISCAL_YEAR FISCAL_QUARTER FISCAL_MONTH DAY_ONLY"
    ),
    "LAST_N_DAYS:30 is a range of days, and < what lies before it; or bind a day as a parameter": (
        "DATEADD DATE_ADD DATE_SUB DATEDIFF DATE_DIFF TIMESTAMPDIFF TIMESTAMPADD ADD_MONTHS MONTHS_BETWEEN AGE "
        "ADDDATE SUBDATE JULIANDAY"
    ),
    "write TODAY, which is the whole day": (
        "NOW GETDATE GETUTCDATE SYSDATE SYSDATETIME SYSTIMESTAMP CURDATE CURRENT_DATE CURRENT_TIMESTAMP TODAY "
        "LOCALTIMESTAMP UTC_TIMESTAMP"
    ),
    "the field decides how a value is read: write the value alone": (
        "CAST CONVERT TRY_CAST TRY_CONVERT TO_DATE TO_TIMESTAMP TO_NUMBER STR_TO_DATE DATE DATETIME TIMESTAMP"
    ),
    "ILIKE compares without regard to case, and so does OPTION (caseinsensitive)": (
        "UPPER LOWER UCASE LCASE INITCAP TOUPPER TOLOWER"
    ),
    "LIKE compares a part of a text: NAME LIKE 'A%'; the rest is for the program that reads the rows": (
        "TRIM LTRIM RTRIM SUBSTR SUBSTRING MID LEFT RIGHT CONCAT CONCAT_WS LEN LENGTH CHAR_LENGTH REPLACE INSTR "
        "CHARINDEX LOCATE POSITION STRPOS LPAD RPAD REVERSE REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR SPLIT_PART"
    ),
    "IS NULL and IS NOT NULL find empty fields; what stands for them is for the program that reads the rows": (
        "COALESCE NVL NVL2 IFNULL ISNULL NULLIF ZEROIFNULL"
    ),
    "select the field and decide in the program that reads the rows": "IF IIF DECODE CHOOSE",
    "select the rows in order, and put them together in the program that reads them": (
        "GROUP_CONCAT STRING_AGG LISTAGG ARRAY_AGG JSON_AGG COUNT_DISTINCT APPROX_COUNT_DISTINCT ROW_NUMBER RANK "
        "DENSE_RANK NTILE LAG LEAD FIRST_VALUE LAST_VALUE GROUPING ROLLUP CUBE"
    ),
}
"""What serves in place of functions that other languages have."""

_SERVES = {name: hint for hint, names in _INSTEAD.items() for name in names.split()}

_THERE_ARE = "functions are COUNT, SUM, AVG, MIN, MAX; field(NAME) names a field"


def unknown(name: str, span: Span) -> Diagnostic:
    """A name before a bracket that is none of the functions there are."""
    hint = _SERVES.get(upper(name))
    ours = _OURS.get(upper(name)) or (meant(name, AGGREGATES) if hint is None else None)
    if ours is not None:
        return error("IQL114", span, f"unknown function {name}", fixes=(Fix(span=span, text=ours),))
    return error("IQL114", span, f"unknown function {name}", hint or _THERE_ARE)


def call(scene: Scene) -> Diagnostic | None:
    """A call that stops inside its brackets, ``round(TOTALDUE, 2)`` or ``now()``: its values have no meaning here."""
    called = _called(scene)
    if called is None or called.upper in AGGREGATES or called.upper == "FIELD":
        return None
    return unknown(called.text, called.span)


def _called(scene: Scene) -> Loose | None:
    """The word right before the innermost bracket that is open at the stop."""
    waiting: list[int] = []
    for index, token in enumerate(scene.tokens[: scene.at]):
        if token.text in ("(", "["):
            waiting.append(index)
        elif token.text in (")", "]") and waiting:
            waiting.pop()
    if not waiting or scene.tokens[waiting[-1]].text != "(" or waiting[-1] == 0:
        return None
    before, bracket = scene.tokens[waiting[-1] - 1 : waiting[-1] + 1]
    if before.kind != "word" or before.upper in KEYWORDS or before.span.end != bracket.span.start:
        return None
    return before
