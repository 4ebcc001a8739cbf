"""Who may import whom (design.md §3): the contract holds, and it can fail."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("microcreds/accounts", "microcreds/outbox", "proposals", "partners", "reviews")
OUTER = {"views", "forms", "filters", "admin", "tasks", "adapters", "urls", "templatetags"}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("proposals/services/drafts.py", "import reviews.models"),
        ("microcreds/outbox/models.py", "from proposals import models as left"),
        ("partners/services.py", "from partners import views"),
    ],
)
def test_a_left_or_outward_import_breaks_the_contract(tmp_path, module, line):
    for name in ("microcreds", "proposals", "partners", "reviews"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / module
    target.write_text(f"{line}\n{target.read_text()}")

    result = lint_imports(tmp_path)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout


def test_an_outer_module_uses_outer_modules_of_its_own_app_only():
    broken = []
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                names = (
                    [f"{node.module}.{alias.name}" for alias in node.names]
                    if isinstance(node, ast.ImportFrom) and node.module
                    else [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else []
                )
                for name in names:
                    owner = next((a for a in APPS if name.startswith(a.replace("/", "."))), None)
                    if owner and owner != app:
                        parts = set(name.removeprefix(owner.replace("/", ".")).split("."))
                        if parts & OUTER:
                            broken.append(f"{file.relative_to(ROOT)} imports {name}")
    assert broken == []
