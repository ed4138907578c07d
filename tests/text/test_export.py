"""Export: the Hugging Face form and the GGUF hold the same model, to the last tensor and the last logit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from duologue.text import TextError, tensors
from duologue.text.chat import TEMPLATE, render
from duologue.text.checkpoint import Checkpoint
from duologue.text.export import export, main, open_checkpoint, write_gguf
from duologue.text.gguf import Gguf
from duologue.text.huggingface import write
from duologue.text.tokenizer import FOLDER, VOCABULARY
from duologue.text.weights import find

if TYPE_CHECKING:
    from duologue.text.model import Model


@pytest.fixture(params=["experts", "dense"])
def any_checkpoint(
    request: pytest.FixtureRequest, checkpoint: Checkpoint, dense_checkpoint: Checkpoint
) -> Checkpoint:
    return checkpoint if request.param == "experts" else dense_checkpoint


def save(checkpoint: Checkpoint, folder: Path) -> Path:
    """As training saves it."""
    folder.mkdir()
    tensors.write(folder / "model.safetensors", checkpoint.arrays, {})
    (folder / "config.json").write_text(json.dumps(checkpoint.config))
    return folder


def test_a_gguf_gives_the_checkpoint_back(any_checkpoint: Checkpoint, tmp_path: Path) -> None:
    write_gguf(any_checkpoint, tmp_path / "m.gguf", "f32")
    back = open_checkpoint(tmp_path / "m.gguf")
    assert back.vocabulary == any_checkpoint.vocabulary
    assert set(back.arrays) == set(any_checkpoint.arrays)
    for name, array in any_checkpoint.arrays.items():
        assert np.array_equal(back.arrays[name], array), name
    same = {k: v for k, v in back.config.items() if k not in ("active", "expert_width")}
    assert same == {k: any_checkpoint.config[k] for k in same}
    wide = [c.config["active"] * c.config["expert_width"] for c in (back, any_checkpoint)]
    assert wide[0] == wide[1]
    assert [p.name for p in tmp_path.iterdir()] == ["m.gguf"]


@pytest.mark.parametrize(("kind", "error"), [("f16", 2e-3), ("q8_0", 2e-2)])
def test_smaller_types_are_near(checkpoint: Checkpoint, tmp_path: Path, kind: str, error: float) -> None:
    write_gguf(checkpoint, tmp_path / "m.gguf", kind)
    back = open_checkpoint(tmp_path / "m.gguf")
    for name, array in checkpoint.arrays.items():
        assert np.abs(back.arrays[name] - array).max() <= error * np.abs(array).max(), name
        exact = array.ndim == 1 or "router" in name
        assert np.array_equal(back.arrays[name], array) is exact, name


def test_the_gguf_says_what_it_is(weights: Path) -> None:
    gguf = Gguf.open(weights)
    meta = gguf.metadata
    assert gguf.architecture == "qwen3moe"
    assert meta["general.license"] == "apache-2.0"
    assert meta["general.author"]
    assert meta["tokenizer.ggml.pre"] == "qwen2"
    assert meta["tokenizer.ggml.eos_token_id"] == 2
    assert meta["tokenizer.ggml.add_bos_token"] is False
    assert meta["tokenizer.chat_template"] == TEMPLATE
    assert gguf.markers == ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
    assert gguf.tensors["blk.0.ffn_gate_exps.weight"].shape == (4, 32, 64)
    assert gguf.tensors["blk.0.ffn_gate_inp.weight"].kind == "F32"


def test_q8_0_reads_as_the_gguf_package_reads(weights: Path) -> None:
    theirs = pytest.importorskip("gguf")
    ours = Gguf.open(weights)
    for name in ("blk.1.ffn_down_exps.weight", "blk.0.attn_q.weight"):
        tensor = ours.tensors[name]
        raw = np.frombuffer(weights.read_bytes()[tensor.start : tensor.start + tensor.size], np.uint8)
        expected = theirs.quants.dequantize(raw, theirs.GGMLQuantizationType.Q8_0)
        assert np.array_equal(ours.array(name).ravel(), expected.ravel())


def test_the_hugging_face_form_is_complete(checkpoint: Checkpoint, tmp_path: Path) -> None:
    written = write(checkpoint, tmp_path / "hf")
    assert {p.name for p in written} == {
        "model.safetensors", "config.json", "generation_config.json",
        "tokenizer.json", "tokenizer_config.json", "chat_template.jinja",
    }  # fmt: skip
    config = json.loads((tmp_path / "hf" / "config.json").read_text())
    assert config["norm_topk_prob"] is True
    assert config["num_experts"] == config["num_local_experts"] == 4
    assert config["rope_theta"] == config["rope_parameters"]["rope_theta"] == 10_000
    arrays = tensors.read(tmp_path / "hf" / "model.safetensors")
    assert arrays["model.layers.1.mlp.experts.3.up_proj.weight"].shape == (32, 64)
    assert np.array_equal(arrays["model.layers.0.self_attn.k_proj.weight"],
                          checkpoint.arrays["blocks.0.attention.qkv.weight"][64:128])  # fmt: skip
    assert json.loads((tmp_path / "hf" / "tokenizer.json").read_text()) == json.loads(
        (FOLDER / "tokenizer.json").read_text()
    )


def test_bfloat16_is_rounded_to_nearest(tmp_path: Path) -> None:
    values = np.array([1.0, 1.00390625, 1.01171875, -3.1415927, 0.0], np.float32)
    tensors.write(tmp_path / "x.safetensors", {"x": values}, {}, "bfloat16")
    assert tensors.read(tmp_path / "x.safetensors")["x"].tolist() == [1.0, 1.0, 1.015625, -3.140625, 0.0]


def test_no_torch_is_needed(weights: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "for n in ('torch', 'transformers', 'tokenizers', 'safetensors', 'gguf'): sys.modules[n] = None\n"
        "from pathlib import Path; from duologue.text.export import export\n"
        "print(len(export(Path(sys.argv[1]), Path(sys.argv[2]), 'hf')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(weights), str(tmp_path / "hf")], capture_output=True, text=True
    )
    assert done.stdout == "6\n", done.stderr


def test_the_command(checkpoint: Checkpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, out = save(checkpoint, tmp_path / "run"), tmp_path / "new" / "m.gguf"
    monkeypatch.setattr(sys, "argv", ["export", str(source), "-o", str(out), "--name", "Mine", "--sums"])
    main()
    assert find(None, out.parent).path == out
    assert Gguf.open(out).metadata["general.name"] == "Mine"
    monkeypatch.setattr(sys, "argv", ["export", str(tmp_path / "nowhere"), "-o", str(out)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2


def test_what_cannot_be_exported_is_one_clear_error(checkpoint: Checkpoint, tmp_path: Path) -> None:
    folder = save(checkpoint, tmp_path / "run")
    with pytest.raises(TextError, match="the format 'onnx' is unknown"):
        export(folder, tmp_path / "x", "onnx")
    with pytest.raises(TextError, match="the type 'q4_0' is unknown"):
        export(folder, tmp_path / "x", "gguf", "q4_0")
    config: dict[str, Any] = dict(checkpoint.config)
    (folder / "config.json").write_text(json.dumps(config | {"width": 65}))
    with pytest.raises(
        TextError, match=r"embedding.weight .* is \(8192, 64\); the configuration says \(8192, 65\)"
    ):
        export(folder, tmp_path / "x", "hf")
    (folder / "config.json").write_text("{}")
    with pytest.raises(TextError, match="lacks vocabulary"):
        export(folder, tmp_path / "x", "hf")
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(b"short")
    with pytest.raises(TextError, match="not a safetensors file"):
        export(folder, tmp_path / "x", "hf")


def ours(checkpoint: Checkpoint) -> Model:
    """The checkpoint in our own PyTorch model."""
    torch = pytest.importorskip("torch")
    from duologue.text.model import Model, ModelConfig

    model = Model(ModelConfig(**checkpoint.config))
    model.load_state_dict({k: torch.from_numpy(v.copy()) for k, v in checkpoint.arrays.items()})
    return model.eval()


PROMPTS = (
    "Zoë's café had 1,234 visitors in 2019 — a record! 😀\n\n  So it goes.",
    render(
        [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why is\tthe sky blue?"}]
    ),
    "def f(x):\n    return x  # 中文, עברית",
)


def test_logits_equal_those_of_transformers(any_checkpoint: Checkpoint, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    write(any_checkpoint, tmp_path / "hf")
    theirs, report = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "hf", dtype=torch.float32, output_loading_info=True
    )
    assert not any(report[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "hf")
    messages = [{"role": "user", "content": "Hello."}]
    assert tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True) == render(
        messages
    )
    model = ours(any_checkpoint)
    with torch.no_grad():
        for prompt in PROMPTS:
            tokens = tokenizer(prompt, return_tensors="pt").input_ids
            assert tokenizer.decode(tokens[0]) == prompt
            assert (model(tokens) - theirs(tokens).logits).abs().max() < 1e-4


def test_logits_equal_those_of_llama_cpp(any_checkpoint: Checkpoint, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    tokenizers = pytest.importorskip("tokenizers")
    import xllamacpp

    write_gguf(any_checkpoint, tmp_path / "m.gguf", "f32")
    params = xllamacpp.CommonParams()
    params.verbosity = -1
    params.model.path = str(tmp_path / "m.gguf")
    params.n_ctx = 512
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.flash_attn_type = (
        xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )  # it rounds to f16
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    server = xllamacpp.Server(params)
    tokenizer = tokenizers.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    model = ours(any_checkpoint)
    for prompt in PROMPTS:
        tokens = tokenizer.encode(prompt).ids
        with torch.no_grad():
            expected = model(torch.tensor([tokens]))[0].log_softmax(-1).numpy()
        for end in (len(tokens) // 2, len(tokens)):
            # Text at the full length, so that llama.cpp's tokenizer is held to ours as well.
            asked = prompt if end == len(tokens) else tokens[:end]
            # Without a temperature: half a character drawn by chance would come without its probabilities.
            order = {"prompt": asked, "max_tokens": 1, "logprobs": VOCABULARY, "temperature": 0}
            done = server.handle_completions(order)
            assert done["usage"]["prompt_tokens"] == end
            found = {
                t["id"]: t["logprob"] for t in done["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
            }
            assert len(found) == VOCABULARY
            ordered = np.array([found[i] for i in range(VOCABULARY)])
            assert np.abs(ordered - expected[end - 1]).max() < 1e-4
