"""Run one target of tests/fuzz under libFuzzer: `fuzz.py TARGET [SECONDS]`; see scripts/fuzz."""

import sys
from contextlib import suppress
from pathlib import Path

import atheris  # type: ignore[import-untyped, unused-ignore]  # see scripts/fuzz

with atheris.instrument_imports(include=["liuhen"]):
    from tests.fuzz.targets import TARGETS

CORPUS = Path(".fuzz")


def main(arguments: list[str]) -> int:
    """List the targets, or run one until it fails or the time is over."""
    if not arguments or arguments[0] not in TARGETS:
        sys.stdout.write("".join(f"{name}\n" for name in TARGETS))
        return 2
    name, *seconds = arguments
    target = TARGETS[name]

    def run(body: bytes) -> None:
        with suppress(*target.refusals):
            target.run(body)

    corpus = CORPUS / name.replace(" ", "-")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={int(seconds[0]) if seconds else 60}", "-rss_limit_mb=2048"]
    longest = 2 * max(map(len, target.seeds)) + 1000
    atheris.Setup(["fuzz", str(corpus), *options, f"-max_len={longest}", "-timeout=10"], run)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
