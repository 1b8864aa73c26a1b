"""The order of the house, held by machine: each failure names the file to change and the rule it breaks."""

import ast
import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings

from config import flow

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "duga"
DOORS = {"queries", "actions", "rules"}  # all that one stage may take from another
STAGES = [stage for together in flow.ORDER for stage in together]
PLACE = {stage: place for place, together in enumerate(flow.ORDER) for stage in together}
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("duga", cache_dir=None)


def room(module):
    """The folder of duga a module lies in: "members" of duga.members.queries.access."""
    return module.split(".")[1] if "." in module else ""


def sources(*names):
    """Every Python file of the stages with one of these names (file or folder), with its syntax tree."""
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE).with_suffix("").parts
        if "migrations" not in parts and (not names or set(parts) & set(names)):
            yield path.relative_to(ROOT), ast.parse(path.read_text())


def test_the_flow_is_told_once():
    layers = [[name.strip(" ()") for name in layer.split("|")] for layer in reversed(CONTRACTS["flow"]["layers"])]
    foundation = [name for layer in layers[:2] for name in layer]
    assert sorted(foundation) == sorted(flow.FOUNDATION)
    assert [tuple(layer) for layer in layers[2:]] == list(flow.ORDER)
    assert list(flow.FLOW) == [stage for stage in STAGES if (HOUSE / stage).is_dir()]
    assert CONTRACTS["stage"]["containers"] == [f"duga.{stage}" for stage in flow.FLOW]
    assert CONTRACTS["tables"]["protected_modules"] == [
        f"duga.{stage}.models"
        for stage in flow.FLOW
        if (HOUSE / stage / "models.py").exists() or (HOUSE / stage / "models").is_dir()
    ]
    assert [app.split(".")[1] for app in settings.INSTALLED_APPS if app.startswith("duga.")][-len(flow.FLOW) :] == list(
        flow.FLOW
    )


def test_the_picture_in_the_readme_names_the_stages_in_order():
    text = (ROOT / "README.md").read_text()
    picture = text[text.index("<!-- flow -->") : text.index("<!-- /flow -->")]
    told = [stage for stage in flow.FLOW if f"`{stage}`" in picture]
    places = [picture.index(f"`{stage}`") for stage in told]
    assert told == list(flow.FLOW)
    assert places == sorted(places)


def test_stages_meet_only_at_their_doors(graph):
    wrong = [
        f"{importer} imports {imported}: enter {room(imported)} through {', '.join(sorted(DOORS))}"
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if room(importer) != room(imported)
        and room(imported) in STAGES
        and imported.split(".")[2:3] not in [[door] for door in DOORS]
    ]
    assert wrong == []


def test_what_begins_with_an_underscore_stays_in_its_room():
    wrong = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("duga."):
                continue
            taken = [*node.module.split(".")[2:], *(alias.name for alias in node.names)]
            if room(node.module) != path.parts[1] and any(name.startswith("_") for name in taken if name != "_"):
                wrong.append(f"{path}:{node.lineno} takes {node.module}: ask {room(node.module)} for a public door")
    assert wrong == []


def test_views_never_open_tables_themselves():
    """No ORM in views, forms and tasks: one query or one action each."""
    wrong = []
    for path, tree in sources("views", "forms", "api", "tasks", "urls"):
        wrong += [
            f"{path}:{node.lineno} uses .objects"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
        ]
    assert wrong == []


def test_no_table_points_at_a_later_stage():
    wrong = [
        f"{model._meta.label}.{field.name} points at {field.related_model._meta.label}, a later stage"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        and model._meta.app_label in PLACE and field.related_model._meta.app_label in PLACE
        and PLACE[model._meta.app_label] < PLACE[field.related_model._meta.app_label]
    ]  # fmt: skip
    assert wrong == []


def test_other_stages_tables_are_named_by_string():
    """`models.ForeignKey("places.Area")`, never an imported class of another stage."""
    wrong = []
    for path, tree in sources("models"):
        stage = path.parts[1]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("duga."):
                other = node.module.split(".")[1]
                if other in STAGES and other != stage:
                    wrong.append(f"{path}:{node.lineno} imports {node.module}")
    assert wrong == []


def _actions():
    for stage in flow.FLOW:
        try:
            module = importlib.import_module(f"duga.{stage}.actions")
        except ModuleNotFoundError:
            continue
        modules = [module]
        if hasattr(module, "__path__"):
            modules += [
                importlib.import_module(f"{module.__name__}.{m.name}") for m in pkgutil.iter_modules(module.__path__)
            ]
        for each in modules:
            for name, function in inspect.getmembers(each, inspect.isfunction):
                if function.__module__ == each.__name__ and not name.startswith("_"):
                    yield f"{each.__name__}.{name}", function


@pytest.mark.parametrize("name, function", list(_actions()), ids=lambda value: value if isinstance(value, str) else "")
def test_actions_say_who_acts(name, function):
    kinds = {p.name: p.kind for p in inspect.signature(inspect.unwrap(function)).parameters.values()}
    assert "by" in kinds, f"{name} does not say who acts; a helper begins with _ or belongs in rules or queries"
    assert set(kinds.values()) == {inspect.Parameter.KEYWORD_ONLY}, f"{name} takes unnamed arguments"
    assert inspect.getdoc(function), f"{name} has no docstring"


WRITES = {
    "save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create",
}  # fmt: skip


def test_queries_do_not_write():
    wrong = []
    for path, tree in sources("queries"):
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
                continue
            owner = node.func.value
            text = ast.unparse(owner)
            if ".objects" in text or text in ("self", "instance", "row", "record"):
                wrong.append(f"{path}:{node.lineno} writes: {ast.unparse(node.func)}()")
    assert wrong == []


def test_no_signals_and_no_work_in_save():
    wrong = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""):
                wrong.append(f"{path}:{node.lineno} imports signals: say it in config/reactions.py")
            if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete") and "models" in path.stem:
                wrong.append(f"{path}:{node.lineno} overrides {node.name}(): write an action")
    assert wrong == []


def test_rules_do_not_read_the_clock():
    wrong = [
        f"{path}:{node.lineno} asks the clock: take the moment as an argument"
        for path, tree in sources("rules")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("now", "today", "utcnow", "time_ns")
    ]
    assert wrong == []


def test_the_evidence_core_needs_no_django():
    """Importable in a notebook on its own, and light: the engines load when they are used."""
    import subprocess
    import sys

    code = (
        "import sys, duga.evidence;"
        "heavy = {'django', 'pandas', 'ibis', 'duckdb', 'pyarrow', 'highspy'} & set(sys.modules);"
        "sys.exit(f'duga.evidence drags in {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
