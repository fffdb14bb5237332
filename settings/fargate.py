"""Sizes that Fargate offers.

Source: the ECS API reference, RegisterTaskDefinition, parameters cpu and memory.
"""


def _steps(first: int, last: int, step: int) -> frozenset[int]:
    return frozenset(range(first, last + 1, step))


# CPU units (1024 to a vCPU): MiB of memory
MEMORY_BY_CPU = {
    256: frozenset({512, 1024, 2048}),
    512: _steps(1024, 4096, 1024),
    1024: _steps(2048, 8192, 1024),
    2048: _steps(4096, 16384, 1024),
    4096: _steps(8192, 30720, 1024),
    8192: _steps(16384, 61440, 4096),
    16384: _steps(32768, 122880, 8192),
}
