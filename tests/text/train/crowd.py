"""Runs of `pretrain` in CPU processes: a line `[2, ["--out", ...]]` in, a line `0` or `1` out.

As torchrun would start them, but forked from here, so that PyTorch is imported once for all runs. Every step
is logged. What a run says goes to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import traceback

import matplotlib.pyplot  # noqa: F401  (imported once, before the forks)
import torch.distributed.checkpoint  # noqa: F401

from duologue.text.train import distributed_checkpoint, loop, parallel, pretrain  # noqa: F401


def member(rank: int, world: int, port: int, arguments: list[str]) -> int:
    """One process of a run."""
    os.dup2(2, 1)
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(world),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
    }  # fmt: skip
    loop.REPORT = 0.0
    sys.argv = ["pretrain", *arguments]
    try:
        pretrain.main()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def run(world: int, arguments: list[str]) -> int:
    """Fork `world` processes and wait for them; 0 when all went well."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    children = []
    for rank in range(world):
        child = os.fork()
        if child == 0:
            os._exit(member(rank, world, port, arguments))
        children.append(child)
    failed = 0
    while children:
        child, status = os.wait()
        children.remove(child)
        if status and not failed:  # the others would wait for this one for half an hour
            failed = 1
            for other in children:
                os.kill(other, signal.SIGTERM)
    return failed


if __name__ == "__main__":
    for line in sys.stdin:
        print(run(*json.loads(line)), flush=True)
