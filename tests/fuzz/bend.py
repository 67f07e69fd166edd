"""Bytes that are nearly right: a good example with a few edits, as files and answers get damaged.

Random bytes hardly get past a parser's first line. An edit keeps most of what the parser wants and
so reaches the rules further in. Each edit is one draw, so that Hypothesis can shrink what fails.
"""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

TOKENS = (
    *(b"\x00", b"\x7f", b"\x80", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf"),
    *(b"\n", b"\n\n", b"\r\n", b" ", b"\t", b"+", b"=", b"/", b"\xe2\x80\x94 ", b"\xe2\x80\xa8"),
    *(b"0", b"00", b"-0", b"+1", b"1_0", b"\xd9\xa3", b"1e400", b"1.0", b"NaN", b"-Infinity"),
    *(b"9007199254740992", b"9223372036854775808", b"18446744073709551616", b"9" * 400),
    *(
        b"null",
        b"true",
        b"{}",
        b"[]",
        b'""',
        b'"\\ud800"',
        b'"\\u0000"',
        b"[" * 600,
        b'{"a":' * 300,
    ),
    *(b"0x", b"0x0", b'"0x"', b"\\", b'"', b",", b":", b"{", b"}", b"[", b"]"),
    *(
        b"\xc0",
        b"\xf8\xff",
        b"\xbf\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xd8\x62",
        b"\x9b" + b"\xff" * 8,
    ),
)
"""Spellings of numbers, ends and lengths that parsers get wrong."""


@st.composite
def bent(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Draw one of the seeds with one to four edits."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        data = _edited(draw, data, seeds)
    return data


def _edited(draw: st.DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start = draw(st.integers(0, len(data)))
    end = min(len(data), start + draw(st.integers(0, 70)))
    edits: tuple[Callable[[], bytes], ...] = (
        lambda: data[:start] + data[end:],
        lambda: data[:start] + draw(st.sampled_from(TOKENS)) + data[end:],
        lambda: data[:start] + draw(st.sampled_from(TOKENS)) + data[start:],
        lambda: data[:start] + draw(st.binary(min_size=1, max_size=4)) + data[start + 1 :],
        lambda: data[:end] + data[start:],
        lambda: data[:start],
        lambda: data[:start] + draw(st.sampled_from(seeds))[start:],
    )
    return draw(st.sampled_from(edits))()
