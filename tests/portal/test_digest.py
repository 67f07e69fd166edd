"""The portal's script and the command line say the same of one file."""

import json
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from liuhen.cli.input_file import digest_file
from tests.portal.test_strict_json import node

SCRIPT = files("liuhen.portal") / "static" / "digest.js"
LONG = b" " * 11 * 2**20


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"a": 1.0}', id="json"),
        pytest.param(b"not json", id="text"),
        pytest.param(
            b'{"type":"finding","data":{"__proto__":1e3},"submitter":{"person":"x"},'
            b'"attachments":[{"name":"a"}]}',
            id="a submission",
        ),
        pytest.param(b'{"data":1,"recorded_at":2}', id="no submission"),
        pytest.param(b'{"data":1,"submitter":null}', id="no submission either"),
        pytest.param(b'{"__proto__":{"data":1}}', id="a member that is no member"),
        pytest.param(b" " * 9 * 2**20 + b"{}", id="a long record"),
        pytest.param(LONG + b"{}", id="white space"),
        pytest.param(b"[" + LONG + b"]", id="a long array"),
        pytest.param(b'"' + "案".encode() * 4 * 2**20 + b'"', id="a character cut off"),
        pytest.param(b"%PDF" + LONG, id="no json"),
        pytest.param(b"\xff" + LONG, id="no text"),
    ],
)
def test_the_script_tells_of_a_file_what_the_command_line_does(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    program = f"""
        import {{ openAsBlob }} from "node:fs";
        import {{ digestsOf }} from {json.dumps(str(SCRIPT))};
        const blob = await openAsBlob({json.dumps(str(file))});
        process.stdout.write(JSON.stringify(await digestsOf(blob)));
    """
    command = [node(), "--no-warnings", "--input-type=module", "--eval", program]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    expected = digest_file(file)
    canonical = expected.canonical_sha256
    assert told["sha256"] == expected.sha256.hex()
    assert told.get("canonical_sha256") == (None if canonical is None else canonical.hex())
    assert told.get("too_long", False) is expected.too_long
    members = expected.members
    assert told.get("members") == (
        None if members is None else {name: digest.hex() for name, digest in members.items()}
    )
