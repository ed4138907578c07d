"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import duologue

SOURCE = Path(duologue.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(SOURCE)) for p in FILES])
def test_a_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= 420
    assert path.stem not in ("utils", "helpers", "misc", "common")


def test_the_base_install_needs_no_pytorch() -> None:
    code = (
        "import sys\nfor name in ('torch', 'scipy', 'onnx', 'matplotlib'): sys.modules[name] = None\n"
        "from duologue.voice import Voice\nprint(len(Voice.load().speak('Hello there.').audio))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5_000


def test_rooms_import_one_way() -> None:
    """Nothing in the voice room knows of the command line, the server or PyTorch outside training."""
    for path in (SOURCE / "voice").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        modules = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not any(m.startswith(("duologue.cli", "duologue.server", "duologue.web")) for m in modules), (
            path
        )
        if "train" not in path.parts:
            assert not any(m.startswith("duologue.voice.train") for m in modules), path
