"""The rules of the store and the gateway that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import duologue

SOURCE = Path(duologue.__file__).parent
ABOVE = {
    "store": ("gateway", "voice", "text", "studio", "arena", "server", "web", "cli"),
    "gateway": ("studio", "arena", "server", "web", "cli"),
}


@pytest.mark.parametrize("room", sorted(ABOVE))
def test_a_room_imports_one_way(room: str) -> None:
    forbidden = tuple(f"duologue.{above}" for above in ABOVE[room])
    for path in (SOURCE / room).rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        modules = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
        modules |= {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
        assert not any(module.startswith(forbidden) for module in modules), path


def test_importing_the_rooms_costs_nothing() -> None:
    code = (
        "import sys, duologue.gateway, duologue.store\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'httpx', 'numpy', 'xllamacpp') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("room", sorted(ABOVE))
def test_every_public_name_is_there(room: str) -> None:
    from importlib import import_module

    module = import_module(f"duologue.{room}")
    for name in module.__all__:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


def test_no_secret_is_in_the_example() -> None:
    text = (SOURCE.parents[1] / "examples" / "gateway.toml").read_text("utf-8")
    assert "sk-" not in text
    assert "duo_" not in text
