"""Several processes give what one gives: losses, weights, and what a checkpoint of theirs goes on with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the [train] extra")
pytest.importorskip("safetensors")
pytest.importorskip("matplotlib")
if not torch.distributed.is_available() or not torch.distributed.is_gloo_available():
    pytest.skip("this PyTorch has no gloo", allow_module_level=True)

from safetensors.torch import load_file

from duologue.text.errors import TextError
from duologue.text.train import checkpoints, journal
from duologue.text.train.distributed_checkpoint import main as convert
from duologue.text.train.distributed_checkpoint import read_model
from duologue.text.train.loss import linear_cross_entropy
from duologue.text.train.processes import start

ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
ROWS, LENGTH = 4, 16
Crowd = Callable[[int, list[str]], str]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which every second token is the one before it plus one; a third are not asked for."""
    path = tmp_path_factory.mktemp("tokens") / "a.bin"
    first = np.random.default_rng(0).integers(0, 200, 1000)
    np.stack([first, first + 1], 1).astype(np.uint16).tofile(path)
    np.random.default_rng(1).integers(0, 3, 2000).clip(0, 1).astype(np.uint8).tofile(
        path.with_suffix(".mask")
    )
    return path


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """Runs in so many processes; gives what they said where they failed."""
    said = tmp_path_factory.mktemp("crowd") / "said"
    script = Path(__file__).with_name("crowd.py")
    with (
        said.open("w") as log,
        subprocess.Popen(
            [sys.executable, str(script)],
            env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        ) as process,
    ):  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None

        def run(world: int, arguments: list[str]) -> str:
            process.stdin.write(json.dumps([world, arguments]) + "\n")
            process.stdin.flush()
            return "" if process.stdout.readline() == "0\n" else said.read_text()[-4000:] or "no word"

        yield run
        process.stdin.close()


def arguments(tokens: Path, out: Path, steps: int, *more: str, micro: int = ROWS) -> list[str]:
    return [
        "--out", str(out), "--sources", str(tokens), "--depth", "2", "--context", "32", "--no-evaluation",
        "--no-copying", "--device", "cpu", "--batch", str(ROWS), "--length", str(LENGTH),
        "--micro", str(micro), "--tokens", str(steps * ROWS * LENGTH), "--warmup", "2",
        "--warmdown", "0", *more,
    ]  # fmt: skip


def assert_same(a: Path, b: Path, weights: float = 2e-4) -> None:
    """Every step's figures, and the weights at the end (AdamW magnifies what rounds)."""
    ours, theirs = (journal.read(p / "log.csv") for p in (a, b))
    assert ours["step"].tolist() == theirs["step"].tolist() == list(range(1, len(ours["step"]) + 1))
    for name in ("loss", "norm", "balance", "z"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=2e-4, err_msg=name)
    here, others = load_file(a / "model.safetensors"), load_file(b / "model.safetensors")
    assert list(here) == list(others)
    for name, tensor in here.items():
        torch.testing.assert_close(
            tensor, others[name], rtol=1e-3, atol=weights, msg=lambda m, n=name: f"{n}: {m}"
        )


@pytest.fixture(scope="module")
def one(crowd: Crowd, tokens: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five steps in one process; `one`/checkpoint.pt after three is kept as `early.pt`."""
    out = tmp_path_factory.mktemp("one")
    assert not crowd(1, arguments(tokens, out, 3))
    shutil.copy(out / "checkpoint.pt", out / "early.pt")
    assert not crowd(1, arguments(tokens, out, 5))
    return out


@pytest.mark.parametrize(
    ("world", "experts"), [(2, 1), (2, 2), (4, 2)], ids=["two", "two-experts", "four-experts"]
)
def test_several_processes_learn_what_one_learns(
    crowd: Crowd, tokens: Path, one: Path, tmp_path: Path, world: int, experts: int
) -> None:
    more = ["--expert-parallel", str(experts)]
    assert not crowd(world, arguments(tokens, tmp_path, 5, *more, micro=ROWS // world))
    assert_same(tmp_path, one)


def test_adamw_and_parts_of_a_batch_agree_too(crowd: Crowd, tokens: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    assert not crowd(1, arguments(tokens, a, 3, "--adamw", micro=2))
    assert not crowd(2, arguments(tokens, b, 3, "--adamw", "--expert-parallel", "2", micro=1))
    assert_same(a, b, weights=2e-3)  # its first updates are of one size, whatever the gradient's


def test_the_dense_twin_agrees_too(crowd: Crowd, tokens: Path, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    assert not crowd(1, arguments(tokens, a, 3, "--dense"))
    assert not crowd(2, arguments(tokens, b, 3, "--dense", micro=2))
    losses = [journal.read(out / "log.csv")["loss"] for out in (a, b)]
    assert len(losses[0]) == 3
    np.testing.assert_allclose(*losses, rtol=2e-4)


def test_what_two_wrote_goes_on_in_one_and_in_four(
    crowd: Crowd, tokens: Path, one: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two, four, alone = tmp_path / "two", tmp_path / "four", tmp_path / "alone"
    assert not crowd(2, arguments(tokens, two, 3, "--expert-parallel", "2", micro=2))
    assert checkpoints.newest(two).name == "checkpoint-3"
    weights = load_file(two / "model.safetensors")
    (two / "model.safetensors").unlink()
    monkeypatch.setattr(sys, "argv", ["convert", str(two)])
    convert()
    for name, tensor in load_file(two / "model.safetensors").items():
        assert torch.equal(tensor, weights[name]), name
    shutil.copytree(two, four)
    shutil.copytree(two, alone)
    assert not crowd(1, arguments(tokens, alone, 5))
    assert not crowd(4, arguments(tokens, four, 5, micro=1))
    assert_same(alone, one)
    assert_same(four, one)
    assert (alone / "checkpoint.pt").exists()
    assert [p.name for p in four.glob("checkpoint-*")] == ["checkpoint-5"]


def test_what_one_wrote_goes_on_in_two(crowd: Crowd, tokens: Path, one: Path, tmp_path: Path) -> None:
    shutil.copy(one / "early.pt", tmp_path / "checkpoint.pt")
    log = (one / "log.csv").read_text().splitlines(keepends=True)
    (tmp_path / "log.csv").write_text("".join(log[:4]))
    assert not crowd(2, arguments(tokens, tmp_path, 5, "--expert-parallel", "2", micro=2))
    assert_same(tmp_path, one)


def test_torchrun_starts_it(tokens: Path, tmp_path: Path) -> None:
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    more = arguments(tokens, tmp_path, 2, "--expert-parallel", "2")
    done = subprocess.run(
        [*torchrun, "-m", "duologue.text.train.pretrain", *more],
        env=ENVIRONMENT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.count("M active") == 1  # the first process speaks for all
    assert checkpoints.newest(tmp_path).name == "checkpoint-2"
    assert read_model(tmp_path).config.layers == 2


def test_what_cannot_be_shared_is_refused(
    crowd: Crowd, tokens: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "a batch of 4 rows can't be shared by 3 processes evenly" in crowd(
        3, arguments(tokens, tmp_path, 2)
    )
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with pytest.raises(TextError, match=r"1 process\(es\) can't be divided into groups of 2; torchrun"):
        start("cpu", 2)
    with pytest.raises(TextError, match="it isn't the run of several processes"):
        read_model(tmp_path)


def test_a_profile_says_where_the_time_goes(crowd: Crowd, tokens: Path, tmp_path: Path) -> None:
    assert not crowd(1, arguments(tokens, tmp_path, 14, "--profile", "2"))
    text = (tmp_path / "profile.md").read_text("utf-8")
    stages = text[text.index("| stage") : text.index("| operation")].splitlines()[2:-1]
    shares = {row.split("|")[1].strip(): float(row.split("|")[3].strip(" %")) for row in stages}
    assert set(shares) >= {"batch", "forward", "head and losses", "backward", "clipping", "optimiser"}
    assert sum(shares.values()) == pytest.approx(100, abs=1)
    assert "aten::mm" in text
    assert 0 < float(text[text.index("MFU") + 4 : text.index("%")]) < 100


def test_the_head_in_bfloat16_is_near_the_exact_one() -> None:
    torch.manual_seed(0)
    weight = torch.randn(64, 32, requires_grad=True)
    x, targets = torch.randn(200, 32, requires_grad=True), torch.randint(0, 64, (200,))
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        loss = linear_cross_entropy(x, weight, targets, rows=64, dtype=dtype)
        found.append((loss, *torch.autograd.grad(loss, (x, weight))))
    for exact, near in zip(*found, strict=True):
        assert near.dtype == torch.float32
        assert (exact - near).norm() < 0.01 * exact.norm()
