"""The tables of surveys: forms in the open, answers under the seal of the organisation that asked."""

from duga.surveys.models.feeds import FeedToken
from duga.surveys.models.forms import AnswerMapping, Form, FormAttachment, FormVersion
from duga.surveys.models.receiving import (
    Submission,
    SubmissionAnswers,
    SubmissionComment,
    SubmissionEdit,
    SubmissionFile,
)
from duga.surveys.models.rounds import CollectDevice, FillLink, Round, RoundAssignment

__all__ = [
    "AnswerMapping",
    "CollectDevice",
    "FeedToken",
    "FillLink",
    "Form",
    "FormAttachment",
    "FormVersion",
    "Round",
    "RoundAssignment",
    "Submission",
    "SubmissionAnswers",
    "SubmissionComment",
    "SubmissionEdit",
    "SubmissionFile",
]
