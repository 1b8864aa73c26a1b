"""What pyxform and ODK Validate say of a form, in plain words and with the cell it is about.

Their messages are matched by pattern; one that is not known is shown as it came, at the row it names.
"""

import re
from dataclasses import dataclass

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.findings import ERROR, WARNING, Cells, Finding, paths

_ROW = r"\[row : (?P<row>\d+)\]\s*"


@dataclass(frozen=True)
class Words:
    """A pattern of theirs, our sentence, and where it points when theirs does not say."""

    pattern: str
    message: str
    sheet: str = ""
    column: str = ""
    quiet: bool = False  #: nothing to mend: not told at all


#: Searched from the top; the first that matches tells it.
KNOWN = (
    # the sheets and their headings
    Words(r"You must have a sheet named 'survey'", _("There is no sheet called survey, or it is empty.")),
    Words(r"sheet: '(?P<sheet>\w+)'\. Headers that are different names .*?: '(?P<other>[^']*)', '(?P<column>[^']*)'",
          _("The columns “%(other)s” and “%(column)s” mean the same. Delete one of them.")),
    Words(r"sheet: '(?P<sheet>\w+)'\. One or more required column headers were not found: (?P<missing>[^.]*)",
          _("This sheet needs a column called %(missing)s.")),
    Words(r"Invalid headers provided for sheet: '(?P<sheet>\w+)'",
          _("The first row of this sheet must hold the headings of its columns, such as type, name and label.")),
    Words(r"On the 'choices' sheet, the '(?P<heading>[^']*)' value is invalid\. Column headers must not",
          _("A heading of this sheet is empty or holds spaces; its column is left out."), "choices"),
    Words(r"'(?P<sheet>entities)' sheet, one or more column names are invalid.*: (?P<columns>[^.]*)\.",
          _("Columns of this sheet are not known: %(columns)s.")),
    Words(r"When looking for a sheet named '(?P<wanted>\w+)', .* found: (?P<names>.*)",
          _("There is no sheet called %(wanted)s, but one with a similar name: %(names)s. Rename it if it is meant.")),
    # names
    Words(r"On the 'survey' sheet, the 'name' value '(?P<value>[^']*)' is invalid\. Questions, groups, and repeats",
          _("The name “%(value)s” stands twice in the same group. Give each question a name of its own."), "survey",
          "name"),
    Words(r"the 'name' value '(?P<value>[^']*)' is problematic",
          _("The name “%(value)s” differs from another one by capital letters only. Some programs mix them up."),
          "survey", "name"),
    Words(r"the 'name' value '(?P<value>[^']*)' is invalid\. Repeat names must not be the same as the survey",
          _("A repeat must not be called “%(value)s”, as the form itself is. Choose another name."), "survey", "name"),
    Words(r"the 'name' value '(?P<value>[^']*)' is invalid\. Repeat names must unique",
          _("Two repeats are called “%(value)s”. Give each a name of its own."), "survey", "name"),
    Words(r"the 'name' value 'meta' is invalid", _("The name “meta” is taken by the form. Choose another."), "survey",
          "name"),
    Words(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. Names must begin",
          _("A name begins with a letter or _ and holds only letters, digits, _, - and points; no spaces.")),
    Words(r"The '(?P<value>[^']*)' value is invalid\. Names must begin",
          _("“%(value)s” is no name: it must begin with a letter or _ and hold no spaces.")),
    Words(r"'choices' sheet, the 'name' value is invalid\. Choices must have a name",
          _("This choice has no name. Give it a short one, which the answers will hold."), "choices", "name"),
    Words(r"'choices' sheet, the 'name' value is invalid\. Choice names must be unique",
          _("Another choice of this list has the same name. Give each a name of its own."), "choices", "name"),
    Words(r"'choices' sheet, the 'label' value is invalid\. Choices should have a label",
          _("This choice has no label: whoever is asked sees nothing."), "choices", "label"),
    Words(r"Choice names with spaces .*See \[(?P<value>.*?)\] in \[(?P<list>.*?)\]",
          _("The choice “%(value)s” of the list %(list)s is for questions with several answers: its name must hold "
            "no spaces."), "choices", "name"),
    # kinds of questions
    Words(_ROW + r"Question with no type", _("This row has no type. Say what kind of question it is."), "survey",
          "type"),
    Words(_ROW + r"Question or group with no name",
          _("This question has no name. Give it a short one, without spaces."), "survey", "name"),
    Words(r"Unknown question type '(?P<value>[^']*)'",
          _("“%(value)s” is no type of question. Types are text, integer, date, select_one LIST and others."),
          "survey", "type"),
    Words(r"This section has not been included",
          _("The type include, which takes in another file, is not supported. Copy the questions into this form."),
          "survey", "type"),
    Words(r"survey element named '(?P<value>[^']*)' has no label or hint",
          _("The question “%(value)s” has neither label nor hint: nobody would know what is asked."), "survey",
          "label"),
    Words(_ROW + r"Missing calculation", _("This row calculates, but its calculation is empty."), "survey",
          "calculation"),
    Words(r"Unmatched 'end_(?P<kind>\w+)'",
          _("Here ends a %(kind)s that nowhere begins. Delete the row, or add where it begins."), "survey", "type"),
    Words(r"Unmatched 'begin_(?P<kind>\w+)'",
          _("The %(kind)s that begins here nowhere ends. Add a row where it ends."), "survey", "type"),
    Words(r"List name not in (?:external )?choices sheet: (?P<list>.+)",
          _("There is no list “%(list)s” on the choices sheet. Check how it is written, or add it."), "survey", "type"),
    Words(r"There should be (?:a|an) (?P<wanted>\w+) sheet in this xlsform",
          _("This question needs a sheet called %(wanted)s with its list."), "survey", "type"),
    Words(r"Repeat loop without list name|List name not in columns sheet",
          _("This loop names no list that the choices sheet holds."), "survey", "type"),
    Words(r"specify choices for this 'or other'|or_other",
          _("“or_other” cannot be translated. Add a choice “other” and a question that asks which."), "survey", "type"),
    Words(r"Audits must always be named 'audit", _("Leave the name of the audit row empty."), "survey", "name"),
    # references
    Words(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. .*find the name '(?P<q>[^']*)'",
          _("${%(q)s} points to a question that this form does not have. Check how its name is written.")),
    Words(r"'(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. .*'(?P<q>[^']*)' appears more than once",
          _("${%(q)s} is not clear: several questions have this name. Rename all but one.")),
    Words(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. Reference variables must start",
          _("A reference is written ${name}, with the name of a question between the brackets.")),
    Words(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. Reference variable lists",
          _("Write a comma between the references.")),
    # remarks
    Words(r"Language '.*' is missing the survey columns|Language '.*' is missing the", "", quiet=True),
    Words(r"language declarations do not contain valid machine-readable codes: (?P<names>[^.]*)\.",
          _("Write the code of each language behind its name, such as “English (en)”, so that phones choose the right "
            "one by themselves. Without code: %(names)s."), "survey", "label"),
    Words(_ROW + r"Use the max-pixels parameter",
          _("Photos are sent as large as the phone takes them. The parameter max-pixels=1024 saves time and money."),
          "survey", "parameters"),
    Words(_ROW + r"Row without name, text, or label", _("This row has neither name nor label and is left out."),
          "survey", "type"),
    Words(r"no longer supported on most devices",
          _("Phones no longer tell this number. Use deviceid instead."), "survey", "type"),
    Words(r"the 'parameters' value is invalid\. (?P<detail>.*)|(?i:parameter)s? (?P<detail2>.*)",
          _("The parameters of this question cannot be used."), "survey", "parameters"),
    Words(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']*)' value is invalid\. (?P<detail>.*)",
          _("This cell cannot be used. The converter says: %(detail)s")),
)  # fmt: skip

_UNKNOWN = _("The form cannot be converted. The converter says: %(detail)s")
_UNKNOWN_WARNING = _("The converter remarks: %(detail)s")


_OR_OTHER = ("or_other", "or specify other", "or other")


def _located(text: str, found: dict, words: Words, cells: Cells) -> tuple[str, int, str]:
    """(sheet, row, column) that a message is about: as it says, else where what it quotes stands."""
    row_said = re.search(r"\[row : (\d+)\]", text)
    sheet = found.get("sheet") or words.sheet or ("survey" if row_said else "")
    column = found.get("column") or words.column
    row = int(row_said[1]) if row_said else 0
    if not row and sheet:
        row = _row_of(words, found, cells, sheet)
    if not row and column and ("eader" in text or words.column == "label"):
        row = 1
    return sheet, row, column


def _row_of(words, found, cells, sheet):
    value = found.get("value", "")
    if words.pattern.startswith("This section"):
        rows = cells.rows_where(sheet, "type", lambda cell: cell.lower().startswith("include"))
    elif words.pattern.startswith("Unknown question"):
        rows = cells.rows_where(sheet, "type", lambda cell: cell.strip() == value)
        rows = rows or cells.rows_where(sheet, "type", lambda cell: value and value in cell)
    elif "or_other" in words.pattern:
        rows = cells.rows_where(sheet, "type", lambda cell: cell.lower().endswith(_OR_OTHER))
    elif value:
        rows = cells.rows_where(sheet, "name", lambda cell: cell.strip() == value)
    else:
        rows = []
    return rows[0] if rows else 0


def tell(text: str, cells: Cells, level: str = ERROR) -> Finding | None:
    """One message of pyxform's as a finding; None for a remark that says nothing to who designs the form."""
    text = " ".join(str(text).split())
    for words in KNOWN:
        match = re.search(words.pattern, text)
        if match is None:
            continue
        if words.quiet and level == WARNING:
            return None
        found = {name: value for name, value in match.groupdict().items() if value}
        sheet, row, column = _located(text, found, words, cells)
        params = {name: value for name, value in found.items() if f"%({name})s" in words.message}
        return cells.finding(words.message, sheet, row, column, level=level, said=text, params=params)
    row = re.search(r"\[row : (\d+)\]", text)
    message = _UNKNOWN if level == ERROR else _UNKNOWN_WARNING
    at = ("survey", int(row[1])) if row else ("", 0)
    params = {"detail": re.sub(_ROW, "", text)[:400]}
    return cells.finding(message, *at, level=level, said=text, params=params)


# --- ODK Validate -------------------------------------------------------------------------------------

_LOGIC = {
    "calculat": "calculation", "relevan": "relevant", "constraint": "constraint", "read-only": "read_only",
    "readonly": "read_only", "required": "required", "repeat count": "repeat_count", "choice": "choice_filter",
}  # fmt: skip
_EXPRESSION = _("This expression cannot be understood: %(detail)s")
_FUNCTION = _("There is no function called %(name)s. Check how it is written.")
_CYCLE = _("This question depends on itself, by way of: %(names)s. Break the circle.")
_VALIDATE = _("ODK Validate, which reads forms as phones do, refuses it: %(detail)s")


def tell_validate(stderr: str, cells: Cells, root: str = "data") -> Finding:
    """What ODK Validate says of a form that it refuses, as one finding at the cell it is about."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if ".java:" not in line and not line.startswith(("at ", ">>", "Result", "Caused"))]
    text = re.sub(r"\b(?:[a-z]+\.)+[A-Za-z]*Exception:?\s*", "", " ".join(dict.fromkeys(lines)))
    text = text.split("The following files failed")[0].strip()
    where = paths(cells, root) if cells.sheets else {}
    named = [path.rstrip("/") for path in re.findall(rf"/{re.escape(root)}(?:/[\w.\-]+)+", text)]
    row = next((where[path] for path in named if path in where), 0)
    column = next((name for word, name in _LOGIC.items() if word in text.lower()), "") if row else ""
    at = ("survey" if row else "", row, column)
    if "ycle" in text or "ircular" in text:
        names = ", ".join(dict.fromkeys(path.rsplit("/", 1)[-1] for path in named))
        column = next((each for each in ("calculation", "relevant") if cells.value("survey", row, each)), "")
        return cells.finding(_CYCLE, at[0], row, column, said=text, params={"names": names})
    if function := re.search(r"cannot handle function '([^']+)'", text):
        at = _holding(cells, function[1] + "(", row, column)
        return cells.finding(_FUNCTION, *at, said=text, params={"name": function[1]})
    if inside := re.search(r"Unsupported nodeset expression: (.*)\]", text):
        return cells.finding(_EXPRESSION, *_filtering(cells, text), said=text, params={"detail": inside[1][:200]})
    inside = re.search(r"starting at this point: .*? in expression (.*)", text)
    if inside := inside or re.search(r"contains invalid \w+ expression \[(.*?)\](?: Bad| $|$)", text):
        return cells.finding(_EXPRESSION, *at, said=text, params={"detail": inside[1][:200]})
    return cells.finding(_VALIDATE, *at, said=text, params={"detail": text[:400]})


def _holding(cells, piece, row, column):
    """The cell of the survey sheet that holds a piece of an expression: in the row meant, else the first."""
    for each in dict.fromkeys([column, *_LOGIC.values()]):
        rows = cells.rows_where("survey", each, lambda cell: piece in cell) if each else []
        if rows and (not row or row in rows):
            return "survey", row if row in rows else rows[0], each
    return ("survey", row, column) if row else ("", 0, "")


def _filtering(cells, text):
    """The cell of the survey sheet whose choice filter an expression of the form was made of."""
    for row in cells.rows_where("survey", "choice_filter", bool):
        parts = [re.escape(part) for part in re.split(r"\$\{[^}]*\}", cells.value("survey", row, "choice_filter"))]
        if re.search(".*?".join(parts), text):
            return "survey", row, "choice_filter"
    return "", 0, ""
