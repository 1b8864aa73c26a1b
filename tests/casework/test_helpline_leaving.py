"""Leaving a call at once, also while a pause of the same page is still being kept."""

import pytest
from django.urls import reverse

from duga.casework.actions import helpline
from tests.casework.helpline import begin, make_line

pytestmark = pytest.mark.django_db


def test_who_leaves_while_a_pause_is_being_kept_loses_no_word(cast, sign_in):
    operator = cast.viewer("operator")
    call = begin(cast, make_line(cast)[0])
    told = {"call": str(call.pk), "version": "1"}
    helpline.save_draft(by=operator, call_id=call.pk, version=1, told={"note": "half"})

    def leave(note, **more):
        sign_in("operator").post(reverse("casework:duty_leave"), {**told, "note": note, **more})
        return helpline.open_draft(by=operator, call_id=call.pk)["note"]

    assert leave("from an older window") == "half"
    assert leave("half a sentence", saving="1") == "half a sentence"
    assert leave("two versions behind", saving="1") == "half a sentence"
