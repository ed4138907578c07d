"""The OpenAPI document: schemathesis finds no fault that is ours, and the document says what is true.

A short run of the coverage phase here; the long one is
`schemathesis run URL/openapi.json --max-examples 100`, see docs/serving.md.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from duologue.gateway.access import Access
from runningserver import Running

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,ignored_auth"
)
PATHS = r"^/(health|metrics|v1/(audio|models|voices|text-to-dialogue$))"  # chat takes minutes: the long run


def test_schemathesis(running: Any, tmp_path: Path) -> None:
    server: Running = running(keys_required=True)
    key = Access(server.store).create_key("schema", ["speech", "chat"])
    assert httpx.get(f"{server.url}/openapi.json", timeout=60).status_code == 200  # made once, for all
    program = Path(sys.executable).with_name("schemathesis")
    assert program.exists() or shutil.which("schemathesis")
    done = subprocess.run(
        [
            str(program), "run", f"{server.url}/openapi.json", "--phases", "coverage", "--max-examples", "4",
            "--seed", "1", "--checks", CHECKS, "--include-path-regex", PATHS, "--request-timeout", "60",
            "-H", f"Authorization: Bearer {key}", "--no-color",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
    assert server.idle()


def test_the_document_says_what_is_true(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "422" not in operation["responses"], path
            for status, answer in operation["responses"].items():
                if path.startswith("/v1/audio") and status.startswith(("4", "5")):
                    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Problem")
    speech = document["paths"]["/v1/audio/speech"]["post"]
    assert {"200", "400", "401", "403", "429", "503"} <= set(speech["responses"])
    assert {"HTTPBearer", "APIKeyHeader"} <= set(document["components"]["securitySchemes"])


def test_one_shape_for_all_errors(client: httpx.Client) -> None:
    for method, path, status in (
        ("GET", "/nothing/here", 404),
        ("DELETE", "/v1/models", 405),
        ("POST", "/v1/audio/speech", 400),
        ("GET", "/v1/models/none", 404),
    ):
        answer = client.request(method, path)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
        assert answer.headers["x-request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert client.request("DELETE", "/v1/models").headers["allow"]


def test_figures(client: httpx.Client) -> None:
    client.post("/v1/audio/speech", json={"input": "Hello.", "response_format": "pcm"})
    until = time.monotonic() + 10  # an answer is charged when it has been sent
    while "duologue_audio_seconds_total{" not in client.get("/metrics").text and time.monotonic() < until:
        time.sleep(0.05)
    text = client.get("/metrics").text
    for name in (
        "duologue_request_seconds_bucket",
        'duologue_first_piece_seconds_count{kind="speech"}',
        'duologue_audio_seconds_total{deployment="duologue-voice"}',
        'duologue_characters_total{deployment="duologue-voice"}',
        "duologue_queue_steps",
        "duologue_model_requests",
    ):
        assert name in text
    assert client.get("/health").json()["status"] == "ready"
    assert client.get("/health/live").json() == {"status": "live"}
