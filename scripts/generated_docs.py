"""`make docs`: documents that the code itself tells. A test fails when they are stale.

`python -m scripts.generated_docs` writes them, with `--print` gives them as JSON, {file name: text}.
"""

import json
import os
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "generated"
NOTE = "<!-- Written by `make docs`: do not edit. -->\n"


def documents() -> dict[str, str]:
    """Every generated document, whole."""
    return {"roles.md": _roles(), "fields.md": _fields(), "commands.md": _commands()}


def _roles() -> str:
    from duga.members.rules import NEEDS_SECOND_FACTOR, ROLES, Permission

    lines = ["# Roles and what they allow", NOTE]
    for role, rule in ROLES.items():
        factor = "second factor required" if role in NEEDS_SECOND_FACTOR else "second factor optional"
        lines.append(f"* **{rule.label}** ({rule.scope}; {factor}): {rule.sentence}")
    lines += ["", "| permission | " + " | ".join(rule.label for rule in ROLES.values()) + " |"]
    lines.append("|---|" + "---|" * len(ROLES))
    for permission in Permission:
        marks = ["yes" if permission in rule.permissions else "" for rule in ROLES.values()]
        lines.append(f"| `{permission}` | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"


def _fields() -> str:
    from django.apps import apps

    from config.sensitivity import THIRD_PARTY
    from duga.vault.models import sensitivity_of

    lines = ["# Every field and how sensitive it is", NOTE]
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        ours = model.__module__.startswith("duga.")
        told = sensitivity_of(model) if ours else THIRD_PARTY[model._meta.label]
        by_kind: dict[str, list[str]] = {}
        for field in model._meta.get_fields():
            if field.concrete:
                by_kind.setdefault(str(told[field.name]), []).append(f"`{field.name}`")
        lines += [f"## {model._meta.label}", ""]
        lines += [f"* **{kind}**: {', '.join(names)}" for kind, names in sorted(by_kind.items())] + [""]
    return "\n".join(lines)


def _commands() -> str:
    import click

    from config.cli import duga

    context = click.Context(duga, info_name="duga", help_option_names=["-h", "--help"])
    lines = ["# The commands of duga", NOTE]

    def tell(command, name, parent):
        inside = click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)
        lines.extend([f"## {inside.command_path}", "", "```text", inside.get_help(), "```", ""])
        if isinstance(command, click.Group):
            for sub in command.list_commands(inside):
                tell(command.get_command(inside, sub), sub, inside)

    for name in duga.list_commands(context):
        tell(duga.get_command(context, name), name, context)
    return "\n".join(lines)


def main():
    """Writes them, or prints them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    if "--print" in sys.argv:
        print(json.dumps(documents()))  # noqa: T201
        return
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (TARGET / name).write_text(text)


if __name__ == "__main__":
    main()
