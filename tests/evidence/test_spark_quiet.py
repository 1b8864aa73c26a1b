"""What Java says while it starts does not stand among our words."""

import os
import sys
import tempfile

from duga.evidence import spark


def test_what_is_said_meanwhile_is_kept_aside_and_told_of_a_failure(capfd):
    with tempfile.TemporaryFile() as said:
        with spark._told_to(said):
            os.write(2, b"WARN Utils: your hostname resolves\nFATAL: no such cluster\n\n")
        print("our own words", file=sys.stderr)
        assert spark._last_line(said) == " (FATAL: no such cluster)"
    assert capfd.readouterr().err == "our own words\n"
