"""ODK Validate: reads a form as phones do. It needs Java; where there is none, the form is taken with a warning."""

import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from duga.plain.errors import gettext_noop as _
from duga.plain.xlsforms.findings import WARNING, Cells, Finding
from duga.plain.xlsforms.words import tell_validate

SECONDS = 40
_OPTIONS = (
    "-Xmx384m", "-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true",
    "-Djavax.xml.accessExternalDTD=", "-Djava.net.useSystemProxies=false",
)  # fmt: skip
_NO_JAVA = _(
    "The form's logic was not checked: ODK Validate needs Java, which is not installed on this server. Try the form on "
    "a phone before you publish it."
)
_SLOW = _("ODK Validate did not finish in %(seconds)s seconds. Try the form on a phone before you publish it.")


def jar() -> Path | None:
    """ODK Validate's program, found without loading pyxform; None where it is not installed."""
    spec = find_spec("pyxform")
    if spec is None or not spec.origin:
        return None
    path = Path(spec.origin).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
    return path if path.exists() else None


def validate(xform: bytes, sheets: dict, root: str) -> tuple[str, list[Finding]]:
    """("odk_validate" or "none", findings): none when the form is as phones need it."""
    java, program = shutil.which("java"), jar()
    if java is None or program is None:
        return "none", [Finding(_NO_JAVA, level=WARNING)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.xml"
        path.write_bytes(xform)
        try:
            done = subprocess.run(  # noqa: S603 the program is ours, its argument a file of ours
                [java, *_OPTIONS, "-jar", str(program), str(path)],
                capture_output=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL, cwd=folder,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "none", [Finding(_SLOW, {"seconds": SECONDS}, level=WARNING)]
    if done.returncode == 0:
        return "odk_validate", []
    said = done.stderr.decode("utf-8", "replace")
    if "invalid" not in said.lower() and "Exception" not in said:  # Java itself did not start
        return "none", [Finding(_NO_JAVA, level=WARNING)]
    return "odk_validate", [tell_validate(said, Cells(sheets), root)]
