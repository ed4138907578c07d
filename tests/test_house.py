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
    assert text.count("\n") <= (320 if path.is_relative_to(SOURCE / "voice") else 420)
    assert path.stem not in ("utils", "helpers", "misc", "common")


def test_the_base_install_needs_no_pytorch() -> None:
    code = (
        "import sys\nfor name in ('torch', 'scipy', 'onnx', 'matplotlib'): sys.modules[name] = None\n"
        "from duologue.voice import Voice\nprint(len(Voice.load().speak('Hello there.').audio))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5_000


# What may import what of PyTorch and its company in the text room, beside training.
TORCH = frozenset({"torch", "transformers", "tokenizers", "safetensors", "gguf", "matplotlib", "scipy"})
TRAINED = frozenset({"model.py", "experts.py", "tokenizer.py", "export.py"})


def test_the_text_room_imports_one_way() -> None:
    """It knows no command line, server or voice; PyTorch only where a model is trained or exported."""
    rooms = tuple(
        f"duologue.{room}" for room in ("cli", "server", "web", "studio", "arena", "gateway", "voice")
    )
    for path in (SOURCE / "text").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        nodes = list(ast.walk(tree))
        modules = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
        modules |= {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
        assert not any(m.startswith(rooms) for m in modules), path
        if "train" not in path.relative_to(SOURCE).parts:
            assert not any(m.startswith("duologue.text.train") for m in modules), path
            if path.name not in TRAINED:
                assert not {m.split(".")[0] for m in modules} & TORCH, path


def test_the_text_model_answers_without_pytorch(weights: Path) -> None:
    code = (
        "import sys\n"
        f"for name in {sorted(TORCH)}: sys.modules[name] = None\n"
        "from duologue.text import Text\n"
        "with Text.load(sys.argv[1], threads=1, slots=1) as text:\n"
        "    answer = text.chat([{'role': 'user', 'content': 'Hello.'}], max_tokens=3)\n"
        "print(answer.usage.completion_tokens)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(weights)], capture_output=True, text=True)
    assert done.stdout == "3\n", done.stderr


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
