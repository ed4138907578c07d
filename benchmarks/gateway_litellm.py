"""LiteLLM's router as a peer for `gateway.py`, run by the Python of the environment that it is installed in.

For every line on standard input it asks the partner so many times and prints, as JSON, the seconds of each by
the clock and all of them of the processor.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from importlib.metadata import version


def main(url: str) -> None:
    """Serve orders."""
    import litellm

    litellm.suppress_debug_info = True
    logging.disable(logging.CRITICAL)
    parameters = {"model": "openai/any", "api_base": url, "api_key": "none"}
    router = litellm.Router(model_list=[{"model_name": "any", "litellm_params": parameters}])
    messages = [{"role": "user", "content": "Good morning, how are you today?"}]
    print(json.dumps(version("litellm")), flush=True)
    for line in sys.stdin:
        clock = []
        begun = resource.getrusage(resource.RUSAGE_SELF)
        for _ in range(int(line)):
            at = time.perf_counter()
            stream = router.completion(
                model="any", messages=messages, stream=True, stream_options={"include_usage": True}
            )
            words = sum(bool(c.choices and c.choices[0].delta.content) for c in stream)
            clock.append(time.perf_counter() - at)
            assert words == 50, words
        ended = resource.getrusage(resource.RUSAGE_SELF)
        spent = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
        print(json.dumps({"clock": clock, "processor": spent}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
