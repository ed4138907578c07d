"""`duologue chat`: a question, a pipe, a conversation; and the export of its model."""

from __future__ import annotations

import io
import json
import os
import re
import select
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from duologue.cli import main
from duologue.text import tensors
from duologue.text.gguf import Gguf

if TYPE_CHECKING:
    from duologue.text import Text

SUMMARY = (
    r"\d+ tokens read, \d+ written, cut by --max-tokens or the context in [\d.]+ s, \d+ tokens per second"
)


class Piped(io.TextIOWrapper):
    """Standard input as a pipe has it."""

    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode()), encoding="utf-8")


def ask(capsys: pytest.CaptureFixture[str], weights: Path, *argv: str) -> tuple[str, str]:
    code = main(["chat", *argv, "--model", str(weights), "--threads", "1"])
    told = capsys.readouterr()
    assert code == 0, told.err
    return told.out, told.err


def test_a_question_is_answered_as_the_engine_answers(
    text: Text, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = ask(capsys, weights, "Hello", "there.", "--seed", "4", "--max-tokens", "9")
    messages = [{"role": "user", "content": "Hello there."}]
    assert out == text.chat(messages, seed=4, max_tokens=9).text + "\n"
    assert re.fullmatch(SUMMARY + r"; seed 4; cost 0\n", err)


def test_system_stop_and_temperature_reach_the_engine(
    text: Text, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello."}]
    whole = text.chat(messages, temperature=0, seed=1, max_tokens=20).text
    argv = ["Hello.", "--system", "Be brief.", "--temperature", "0", "--seed", "1", "--max-tokens", "20"]
    out, _ = ask(capsys, weights, *argv, "--stop", "never", "--stop", whole[6:9])
    assert out == whole[: whole.index(whole[6:9])] + "\n"


def test_a_pipe_alone_and_after_an_instruction(
    text: Text, weights: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for argv, question in (([], "A story."), (["Shorten this:", "-"], "Shorten this:\n\nA story.")):
        monkeypatch.setattr(sys, "stdin", Piped("A story."))
        out, _ = ask(capsys, weights, *argv, "--seed", "2", "--max-tokens", "6")
        assert out == text.chat([{"role": "user", "content": question}], seed=2, max_tokens=6).text + "\n"


def test_json_by_a_schema_from_a_file(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 10, "maximum": 19}},
              "required": ["n"]}  # fmt: skip
    (tmp_path / "schema.json").write_text(json.dumps(schema))
    for source in (str(tmp_path / "schema.json"), json.dumps(schema)):
        out, err = ask(capsys, weights, "A number.", "--json", source)
        assert 10 <= json.loads(out)["n"] <= 19
        assert "cut" not in err


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["word " * 600], "tokens long and the context is 512"),
        (["Hi", "--temperature", "9"], "temperature is 9; give 0 to 5"),
        (["Hi", "--threads", "0"], "threads is 0"),
        (
            ["Hi", "--json", '{"type": "integer", "minimum": 2, "maximum": 1}'],
            "no JSON can satisfy the schema",
        ),
        (["Hi", "--json", "nowhere.json"], "nowhere.json: No such file or directory"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(
    argv: list[str], says: str, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["chat", "--model", str(weights), *argv]) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a Unix thing")
def test_a_conversation_on_a_terminal(weights: Path) -> None:
    """Ask, stop with ctrl-C, ask on, leave with ctrl-D; nothing of llama.cpp shows."""
    import pty

    argv = [
        sys.executable,
        "-m",
        "duologue.cli",
        "chat",
        "--model",
        str(weights),
        "--threads",
        "1",
        "--seed",
        "1",
    ]
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "dumb"
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background begins with ctrl-C ignored
        os.execv(sys.executable, argv)
    shown = ""

    def until(mark: str) -> None:
        nonlocal shown
        shown, deadline = "", time.monotonic() + 60
        while mark not in shown:
            assert time.monotonic() < deadline, shown
            if select.select([terminal], [], [], 0.2)[0]:
                shown += os.read(terminal, 65_536).decode(errors="replace")

    until("> ")
    assert shown.startswith("Random. ctrl-C stops an answer")
    os.write(terminal, b"Hello.\n")
    until("Hello.\r\n")
    if shown.endswith("Hello.\r\n"):  # the answer takes a quarter of a second: stop it at its first word
        os.read(terminal, 64)
    os.write(terminal, b"\x03")
    until("> ")
    assert "(stopped)" in shown
    os.write(terminal, b"word " * 100 + b"\n")
    until("; seed 1; cost 0")
    until("> ") if "> " not in shown.split("cost 0")[1] else None
    os.write(terminal, b"/new\n")
    until("> ")
    os.write(terminal, b"\x04")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0


def test_export_to_hugging_face_and_gguf(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["models", "export", "--model", str(weights)]
    assert main([*argv, "--format", "hf", "-o", str(tmp_path / "hf")]) == 0
    told = capsys.readouterr()
    assert "model.safetensors" in told.out
    assert "cost 0" in told.err
    embedding = tensors.read(tmp_path / "hf" / "model.safetensors")["model.embed_tokens.weight"]
    assert np.array_equal(embedding, Gguf.open(weights).array("token_embd.weight"))
    assert main([*argv, "--format", "gguf", "-o", str(tmp_path / "same")]) == 0
    assert (tmp_path / "same" / weights.name).read_bytes() == weights.read_bytes()
    assert main([*argv, "--format", "gguf", "--type", "f16", "-o", str(tmp_path / "half")]) == 0
    assert Gguf.open(tmp_path / "half" / "random-f16.gguf").tensors["token_embd.weight"].kind == "F16"
    assert main([*argv, "--format", "hf", "--type", "f16", "-o", str(tmp_path)]) == 2
