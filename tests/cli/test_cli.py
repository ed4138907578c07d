"""The command line as a whole: fast to start, one line for bad input, clean when it is cut off."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from duologue import __version__
from duologue.cli import COMMANDS, main

DUOLOGUE = [sys.executable, "-m", "duologue.cli"]


def test_version_is_there_in_300_ms() -> None:
    """Time of the processor, which is the wall clock's on a machine that isn't busy with other things."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([*DUOLOGUE, "--version"], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.stdout == f"duologue {__version__}\n"
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(once() for _ in range(5)) < 0.3


def test_help_imports_neither_numpy_nor_the_runtime() -> None:
    code = (
        "import sys; from duologue.cli import main\n"
        "for argv in (['--help'], ['speak', '--help'], ['chat', '--help'], ['train', 'voice']):\n"
        "    try: main(argv)\n"
        "    except SystemExit: pass\n"
        "heavy = {'numpy', 'onnxruntime', 'soundfile', 'torch', 'xllamacpp'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, help_ in COMMANDS.items():
        assert name in done.stdout
        assert help_ in done.stdout


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["spaek"], "invalid choice: 'spaek'"),
        (["speak"], "required: TEXT"),
        (["speak", "hi", "--speed", "quick"], "invalid float value: 'quick'"),
        (["speak", "hi", "--nonsense"], "unrecognized arguments: --nonsense"),
        (["train", "voice", "dreams"], "there is no stage 'dreams'"),
        (["train", "text", "dreams"], "there is no stage 'dreams'"),
        (["train", "dance"], "invalid choice: 'dance'"),
        (["chat", ""], "message 1 is empty"),
        (["chat", "hi", "--model", "nowhere.gguf"], "there are no weights 'nowhere.gguf'"),
        (["chat", "hi", "--json", "{"], "is not JSON"),
        (["models", "export"], "needs --format hf or gguf, and -o DIR"),
    ],
)
def test_bad_arguments_are_one_line_and_exit_2(
    argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(argv)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    complaint = capsys.readouterr().err
    assert says in complaint
    assert complaint.count("\n") == 1


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().err


def test_training_stages_are_listed_from_their_modules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "voice"]) == 0
    listing = capsys.readouterr().out
    for stage in ("corpus", "prosody", "export"):
        assert f"  {stage} " in listing
    assert main(["train", "text"]) == 0
    listing = capsys.readouterr().out
    for stage in ("corpus", "pretrain", "tasks"):
        assert f"  {stage} " in listing


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("A long text goes into a pipe that nobody reads to its end. " * 40)
    process = subprocess.Popen(
        [*DUOLOGUE, "speak", "long.txt", "--stream", "-o", "-"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(4) == b"RIFF"
    process.stdout.close()
    complaint = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == 141
    assert "Traceback" not in complaint
    assert "BrokenPipe" not in complaint


def test_ctrl_c_leaves_no_half_written_file(tmp_path: Path) -> None:
    # Python takes no notice of SIGINT where the shell that started the tests told it to be ignored.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from duologue.cli import main; sys.exit(main())"
    )
    (tmp_path / "long.txt").write_text("This goes on for a while, until somebody presses two keys. " * 2_000)
    process = subprocess.Popen(
        [sys.executable, "-c", code, "speak", "long.txt", "--stream", "-o", "out.wav"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(list(tmp_path.iterdir())) == 2, "it never began to write"
    os.kill(process.pid, signal.SIGINT)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in complaint
    assert [p.name for p in tmp_path.iterdir()] == ["long.txt"]
