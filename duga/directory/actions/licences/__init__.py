"""Writes about licences: what countries ask, the way of a service, its papers, what the clock does."""

from duga.directory.actions.licences.clock import look_after_licences
from duga.directory.actions.licences.loading import load_licences, load_licensing
from duga.directory.actions.licences.papers import (
    attach_document,
    make_application_file,
    open_document,
    remove_document,
)
from duga.directory.actions.licences.ways import (
    add_licence_task,
    assess,
    finish_licence_task,
    make_licence_tasks,
    name_mentor,
    start_licence,
    step_licence,
)

__all__ = [
    "add_licence_task", "assess", "attach_document", "finish_licence_task", "load_licences", "load_licensing",
    "look_after_licences", "make_application_file", "make_licence_tasks", "name_mentor", "open_document",
    "remove_document", "start_licence", "step_licence",
]  # fmt: skip
