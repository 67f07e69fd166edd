"""The portal's script and the core read the same JSON alike: two readers that differ see two
records in one file.
"""

import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.core.canonical import canonical_text
from liuhen.core.errors import AuditError
from liuhen.core.strict_json import parse_json

SCRIPT = files("liuhen.portal") / "static" / "strict_json.js"
TEXTS = [
    *("{}", "[]", "null", "true", "false", '""', "0", "-0", "-0.0", "1.0", "1e2", "1E+2", "0.1"),
    *("1e400", "-1e400", "1e-400", "5e-324", "1.7976931348623157e308", "0.1000000000000000055"),
    *(
        "9007199254740991",
        "9007199254740992",
        "-9007199254740991",
        "1e20",
        "1e21",
        "1e15",
        "123e-2",
    ),
    *(
        "333333333.33333329",
        "1E30",
        "4.50",
        "2e-3",
        "0.000000000000000000000000001",
        "1e1000000000",
    ),
    *("01", "+1", "1.", ".5", "1e", "0x1", "--1", "NaN", "Infinity", "-", "1_0", "\u0663"),
    *('{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"b":1,"a":2}', '{"\ufb33":1,"\U0001f602":2}'),
    *('{"a":1,}', "[1,]", "[,]", '{"a"}', "{a:1}", "{'a':1}", "[1 2]", '{"a":1 "b":2}', "[", "{"),
    *("", " ", "\ufeff{}", "{} {}", "// x\n1", "nul", "truefalse", "\u00a0 1", "\t\r\n 1 \n"),
    *('"\\ud800"', '"\\udc00"', '"\\ud83d\\ude02"', '"\\ude02\\ud83d"', '"\\x"', '"\\u12"'),
    *('"\u0001"', '"\\u0001\\b\\f\\n\\r\\t\\/\\\\\\""', '"\u007f\u2028"', '"\n"', '"€$"', '"a'),
    *("[" * 256 + "]" * 256, "[" * 257 + "]" * 257, '{"a":' * 256 + "1" + "}" * 256),
    '{"\u20ac":"Euro","\\r":"CR","1":"One","\u0080":"Control","\u00f6":"o","\U0001f600":"smile"}',
]


def node() -> str:
    beside = Path(sys.executable).with_name("node")
    found = str(beside) if beside.exists() else shutil.which("node")
    if found is None:
        pytest.skip("there is no node")
    return found


def by_script(texts: list[str]) -> list[str | None]:
    """Return what the script makes of each text: its canonical form, or None."""
    program = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ canonicalForm, NotStrictJson }} from {json.dumps(str(SCRIPT))};
        const read = (text) => {{
          try {{ return canonicalForm(text); }}
          catch (error) {{ if (error instanceof NotStrictJson) return null; throw error; }}
        }};
        const texts = JSON.parse(readFileSync(0, "utf8"));
        process.stdout.write(JSON.stringify(texts.map(read)));
    """
    command = [node(), "--input-type=module", "--eval", program]
    answer = subprocess.run(
        command, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    found: list[str | None] = json.loads(answer.stdout)
    return found


def by_core(text: str) -> str | None:
    try:
        return canonical_text(parse_json(text.encode()))
    except (AuditError, UnicodeEncodeError):
        return None


def test_the_script_reads_every_text_as_the_core_does() -> None:
    expected = [by_core(text) for text in TEXTS]
    assert dict(zip(TEXTS, by_script(TEXTS), strict=True)) == dict(
        zip(TEXTS, expected, strict=True)
    )
    assert any(expected)
    assert not all(expected)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(2**54), 2**54)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=5)
@given(st.lists(VALUES, min_size=1))
def test_the_script_prints_values_as_the_core_does(values: list[object]) -> None:
    texts = [json.dumps(value, ensure_ascii=index % 2 == 0) for index, value in enumerate(values)]
    assert by_script(texts) == [by_core(text) for text in texts]
