"""Only ``reviews`` moves a proposal: nobody else writes the columns of the process."""

import ast
from pathlib import Path

from django.conf import settings

from reviews.plans import WRITTEN

APPS = ("microcreds", "proposals", "partners", "reviews")
# ``plans.effects`` makes the proposal as the move leaves it, ``services`` writes it down.
WRITERS = {"reviews/plans/effects.py", "reviews/services.py"}
# A new draft has its first moment; these are columns that others may write.
STAGE_COLUMNS = set(WRITTEN) - {"unit_id", "assignee_id", "duplicate_of_id"}
CREATION = {("proposals/services/drafts.py", "stage_since")}
# A column of that name which is not the proposal's: of what is asked of a contact, of an MoU.
OF_OTHERS = {("partners/asks.py", "due_on"), ("reviews/mou/moving.py", "due_on")}


def written_columns(source: str) -> set[str]:
    """Columns that code assigns, passes to ``update`` or ``create``, or names for ``bulk_update``
    and ``update_fields``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name == "setattr" and len(node.args) > 1:
                found |= {value.value for value in node.args[1:2] if _is_text(value)}
            if name in ("update", "create", "update_or_create", "get_or_create", "Proposal"):
                found |= {keyword.arg for keyword in node.keywords if keyword.arg}
            if name in ("bulk_update", "save", "asave"):
                found |= {leaf.value for leaf in ast.walk(node) if _is_text(leaf)}
    return found & STAGE_COLUMNS


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_only_reviews_writes_the_columns_of_the_process():
    culprits = set()
    for app in APPS:
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if name not in WRITERS and "/migrations/" not in name:
                culprits |= {(name, column) for column in written_columns(path.read_text())}
    assert culprits - CREATION - OF_OTHERS == set()


def test_a_writer_would_be_found():
    assert written_columns("p.stage = 'active'") == {"stage"}
    assert written_columns("qs.update(whose_turn='nobody')") == {"whose_turn"}
    assert written_columns("setattr(p, 'due_on', day)") == {"due_on"}
    assert written_columns("qs.bulk_update(rows, ['wake_on'])") == {"wake_on"}
