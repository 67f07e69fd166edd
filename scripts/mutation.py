"""Run mutmut on a copy of the project, and list what survived; see scripts/mutation."""

import argparse
import ast
import json
import os
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant  # type: ignore[import-not-found]

ROOT = Path(__file__).resolve().parents[1]
CORE = ROOT / "service" / "liuhen" / "core"
COPIES = ROOT / ".mutation"
TESTS = ["tests/unit/core", "tests/unit/adapters/test_evidence.py"]
NEAREST = {
    "canonical": ["canonical", "rule_vectors", "strict_json"],
    "chain_checks": ["examine", "facts", "hidden_facts"],
    "chain_view": ["examine", "facts", "time_bounds"],
    "disclosure": ["disclosure", "row_rules", "rule_vectors", "selection"],
    "draft": ["submission", "record"],
    "entry_check": ["entry_check"],
    "envelope": ["submission", "record", "rule_vectors"],
    "examine": ["examine", "facts", "hidden_facts", "standing_checks", "witness_checks"],
    "file_check": ["file_check", "examine", "facts", "sent_members"],
    "head_checks": ["head_checks", "facts"],
    "head_signature": ["head_signature", "rule_vectors", "cosignature"],
    "json_number": ["canonical", "strict_json", "rule_vectors"],
    "json_scanner": ["strict_json", "canonical", "rule_vectors"],
    "log_checks": ["log_checks"],
    "log_standing": ["log_standing", "standing_checks"],
    "merkle": ["merkle", "rule_vectors"],
    "node_answers": ["node_answers", "facts"],
    "note": ["note", "checkpoint", "head_signature"],
    "receipt": ["receipt", "rule_vectors"],
    "record": ["record", "submission", "rule_vectors"],
    "sent_members": ["sent_members"],
    "shown_fields": ["shown_fields", "disclosure"],
    "standing_checks": ["standing_checks"],
    "strict_json": ["strict_json", "canonical"],
    "submission": ["submission", "record", "padding"],
    "time_bounds": ["time_bounds", "examine", "facts"],
    "verdict": ["examine", "facts", "hidden_facts", "time_bounds"],
    "verdict_table": ["examine", "facts", "standing_checks", "time_bounds", "witness_checks"],
}
"""The files of `tests/unit/core` that hold a module; for any other module all of TESTS are run."""

EXAMINE = "tests/unit/core/test_examine.py"
STANDING = "tests/unit/core/test_standing_checks.py"
SLOW = [
    "tests/unit/core/test_receipt.py::test_the_largest_record_has_a_receipt_that_can_be_read",
    "tests/unit/core/test_submission.py::test_a_record_whose_receipt_nobody_could_read_is_refused",
    "tests/unit/core/test_submission.py::test_65536_leaves_pass_and_one_more_does_not",
    f"{EXAMINE}::test_a_bent_anchored_size_never_waits_once_the_contract_has_the_checkpoint",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[1-receipt0-nodes0]",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[1-receipt1-nodes1]",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[32-receipt0-nodes0]",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[32-receipt1-nodes1]",
    f"{STANDING}::test_no_standing_makes_a_match_of_what_is_none_without_it",
    f"{STANDING}::test_nodes_that_tell_two_standings_never_make_a_match",
    f"{STANDING}::test_a_match_in_a_forked_log_is_under_an_anchored_head_and_warns",
    f"{STANDING}::test_silence_beside_an_answer_never_makes_a_match_of_it",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[1-receipt2-nodes2]",
    f"{EXAMINE}::test_one_byte_bent_anywhere_is_never_a_match_and_never_waits[32-receipt2-nodes2]",
    "tests/unit/core/test_merkle.py::test_all_proofs_to_size_130_have_the_accumulated_hash",
    "tests/unit/core/test_disclosure.py::test_every_bent_bit_of_the_rows_is_refused",
    "tests/unit/core/test_canonical.py::test_a_second_implementation_agrees",
    "tests/unit/adapters/test_evidence.py::test_every_key_is_proven[300]",
]
"""Tests of seconds, whose rules quick tests hold as well: they would run for each survivor."""

AT_IMPORT = ["draft", "envelope", "record", "submission"]
"""Modules at work while tests are collected, before mutmut bends anything in its process."""

# Every wrapper of mutmut is a frame more, and derandomised examples are the same for each mutant.
CONFTEST = """
sys.setrecursionlimit(6000)
hypothesis.settings.register_profile(
    "mutation", derandomize=True, deadline=None, max_examples=25, database=None
)
hypothesis.settings.load_profile("mutation")
"""
MOST_BYTES = 4 * 2**30
STATES = {
    0: "survived",
    1: "killed",
    3: "killed",
    33: "without test",
    36: "timed out",
    -24: "timed out",
    -9: "timed out",
}


def tests_of(module: str) -> list[str]:
    """Return the files, or folders, whose tests are run for the mutants of a module."""
    return [f"tests/unit/core/test_{name}.py" for name in NEAREST.get(module, [])] or TESTS


def configuration(module: str) -> str:
    """Return pyproject.toml of the copy: the project's, with `src` for `service`, and mutmut's."""
    project = (ROOT / "pyproject.toml").read_text()
    deselected = [f"--deselect={test}" for test in SLOW]
    # A message is for people and may be worded anew: what stands in a `raise` is left alone.
    return f"""{project.replace('pythonpath = ["service", "."]', 'pythonpath = ["src", "."]')}
[tool.mutmut]
source_paths = ["src"]
only_mutate = {json.dumps([f"src/liuhen/core/{module}.py"])}
do_not_mutate_patterns = ['^\\s*raise\\b']
also_copy = ["scripts"]
pytest_add_cli_args_test_selection = {json.dumps(tests_of(module))}
pytest_add_cli_args = {json.dumps(["-q", "-x", *deselected])}
use_git_change_detection = false
timeout_multiplier = 3.0
timeout_constant = 1.0
"""


def has_functions(module: str) -> bool:
    """Return whether a module has a function: mutmut fails where it finds nothing to bend."""
    tree = ast.parse((CORE / f"{module}.py").read_text())
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))


def make_copy(module: str) -> Path:
    """Lay out sources, tests and configuration as mutmut wants them; mutants stay."""
    copy = COPIES / module
    copy.mkdir(parents=True, exist_ok=True)
    for source, place in (("service", "src"), ("tests", "tests"), ("scripts", "scripts")):
        shutil.rmtree(copy / place, ignore_errors=True)
        shutil.copytree(
            ROOT / source, copy / place, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    with (copy / "tests" / "conftest.py").open("a") as conftest:
        conftest.write(CONFTEST)
    (copy / "pyproject.toml").write_text(configuration(module))
    return copy


def forget_survivors(module: str) -> None:
    """Let what survived the last run be tried again: there may be a test for it now."""
    (COPIES / module / "afresh.json").unlink(missing_ok=True)
    file = result_file(module)
    if file.exists():
        results = json.loads(file.read_text())
        codes = results["exit_code_by_key"]
        results["exit_code_by_key"] = {
            key: code if STATES.get(code) in {"killed", "timed out"} else None
            for key, code in codes.items()
        }
        file.write_text(json.dumps(results))


def run(module: str, children: int) -> int:
    """Bend one module, and return how mutmut ended; what it prints goes to a file."""
    copy = make_copy(module)
    forget_survivors(module)
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
    with (copy / "mutmut.log").open("w") as log:
        done = subprocess.run(
            command,
            cwd=copy,
            env={**os.environ, "NO_COLOR": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        print(f"{module}: mutmut ended with {done.returncode}; see {log.name}", file=sys.stderr)
    elif module in AT_IMPORT:
        run_afresh(module)
    return done.returncode


def run_afresh(module: str) -> None:
    """Try again, each in a process of its own, what survived in a module that acts at import."""
    copy = COPIES / module
    killed = []
    for key in [key for key, state in verdicts(module) if state in {"survived", "without test"}]:
        command = [sys.executable, "-m", "pytest", "-q", "-x", *tests_of(module)]
        command += [f"--deselect={test}" for test in SLOW]
        environment = {**os.environ, "MUTANT_UNDER_TEST": key}
        done = subprocess.run(
            command, cwd=copy / "mutants", env=environment, capture_output=True, check=False
        )
        if done.returncode:
            killed.append(key)
            (copy / "afresh.json").write_text(json.dumps(killed))


def result_file(module: str) -> Path:
    """Return where mutmut keeps what became of each mutant."""
    return COPIES / module / "mutants" / "src" / "liuhen" / "core" / f"{module}.py.meta"


def verdicts(module: str) -> Iterator[tuple[str, str]]:
    """Return each mutant's name and what became of it."""
    afresh = COPIES / module / "afresh.json"
    killed = json.loads(afresh.read_text()) if afresh.exists() else []
    file = result_file(module)
    if file.exists():
        codes = json.loads(file.read_text())["exit_code_by_key"]
        for key, code in codes.items():
            yield key, "killed" if key in killed else STATES.get(code, "not run")


def show(module: str) -> None:
    """Print the score of a module, and each survivor with what was changed."""
    found = dict(verdicts(module))
    if found:
        count = Counter(found.values())
        states = ", ".join(f"{n} {state}" for state, n in sorted(count.items()))
        print(f"{module}: {len(found)} mutants, {states}")
    for key, state in sorted(found.items()):
        if state in {"survived", "without test"}:
            diff = get_diff_for_mutant(key, path=result_file(module).with_suffix(""))
            print(f"  {key} ({state})", diff, sep="\n")


def main() -> int:
    """Run, or show what the last run found."""
    known = sorted(path.stem for path in CORE.glob("*.py") if path.stem != "__init__")
    parser = argparse.ArgumentParser(prog="scripts/mutation")
    parser.add_argument("module", nargs="*", help="modules of core/; all of them when left out")
    parser.add_argument("--show", action="store_true", help="show what the last run found")
    parser.add_argument("--children", type=int, default=os.cpu_count(), help="mutants at a time")
    asked = parser.parse_args()
    if unknown := set(asked.module) - set(known):
        parser.error(f"core has no {', '.join(sorted(unknown))}")
    # A loop that a mutant makes endless must not eat the machine.
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    failed = 0
    for module in asked.module or known:
        if not has_functions(module):
            print(f"{module}: nothing to bend")
            continue
        failed |= 0 if asked.show else run(module, asked.children)
        show(module)
    return failed


if __name__ == "__main__":
    sys.exit(main())
