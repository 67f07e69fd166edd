"""Fields of a record's `data`: name, label in both languages, form, and who may see it when.

A record may hold members beside these; they are kept and never shown to anybody without access to
the whole record. A known member must have its form; null says that a value is not known.

Checks run on the append path, so a field is compiled once into one function, and the path of a
member is put together only when it is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from liuhen.core.canonical import JsonValue
from liuhen.core.errors import RecordRefused
from liuhen.core.pointer import to_pointer
from liuhen.domain.reading import day_of, moment_of
from liuhen.domain.rule import Rule
from liuhen.domain.sight import Sight

Form = Callable[[JsonValue], None]
"""Raises `_Unfit` for a value that does not have the form."""

MOST_CHARACTERS = 20_000
MOST_ELEMENTS = 10_000

MISSING = Rule("field-missing", "缺少必填项“{label}”", "the field {name!r} is missing")
UNFIT = Rule("field-form", "“{label}”须为{form}", "the field {name!r} must be {form_en}")


@dataclass(frozen=True, slots=True)
class Label:
    """A word in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One member of `data`, or of an object in it.

    Attributes:
        name: As in the record.
        zh: Its label in Chinese.
        en: Its label in English.
        form: Checks a value.
        form_name: What a value looks like, in a word or two.
        sight: Who may see it when; None: as the field it lies in, and secret at the top.
        required: Whether it must be there, and not null.
        kept: Whether rules rest on it, so that it can never be erased.
        file_digest: Whether it is the SHA-256 of a file, by which the record is looked up.
        options: The words it may be, if it is one of a closed list.
        fields: Members of the object, or of the objects in the list.
        many: Whether it is a list.
    """

    name: str
    zh: str
    en: str
    form: Form
    form_name: str
    sight: Sight | None = None
    required: bool = False
    kept: bool = False
    file_digest: bool = False
    options: Mapping[str, Label] | None = None
    fields: "tuple[Field, ...]" = ()
    many: bool = False


class _Unfit(Exception):
    """A value that does not have its form; the path grows as it rises."""

    def __init__(self, form: str, form_en: str) -> None:
        self.form, self.form_en = form, form_en
        self.path: list[str | int] = []
        self.field: Field | None = None
        self.missing = False


def check_fields(fields: "FieldTable", value: JsonValue) -> None:
    """Check `data` of a record.

    Raises:
        RecordRefused: A field is missing or does not have its form; names both.
    """
    try:
        fields.check(value)
    except _Unfit as unfit:
        raise _refusal(unfit) from None


class FieldTable:
    """Fields by name, compiled."""

    __slots__ = ("_forms", "_required", "_tables", "by_name")

    def __init__(self, fields: tuple[Field, ...]) -> None:
        """Compile some fields."""
        self.by_name = {field.name: field for field in fields}
        self._forms = {field.name: field.form for field in fields}
        self._required = tuple(field.name for field in fields if field.required)
        self._tables = {
            field.name: FieldTable(field.fields)
            for field in fields
            if field.fields or field.file_digest
        }
        if len(self.by_name) != len(fields):
            raise ValueError("two fields have one name")

    def check(self, value: JsonValue) -> None:
        """Check an object; see `check_fields`."""
        if type(value) is not dict:
            raise _Unfit("对象", "an object")
        for name in self._required:
            if value.get(name) is None:
                raise self._placed(_Unfit("", ""), name, missing=True)
        forms = self._forms
        for name, member in value.items():
            form = forms.get(name)
            if form is not None and member is not None:
                try:
                    form(member)
                except _Unfit as unfit:
                    raise self._placed(unfit, name) from None

    def file_digests(self, value: JsonValue) -> list[bytes]:
        """Return the digests of files that an object of this form names."""
        if type(value) is not dict:
            return []
        found: list[bytes] = []
        for name, table in self._tables.items():
            member = value.get(name)
            if self.by_name[name].file_digest:
                found += [bytes.fromhex(member)] if type(member) is str else []
                continue
            for each in member if type(member) is list else [member]:
                found += table.file_digests(each)
        return found

    def is_kept(self, path: tuple[str | int, ...]) -> bool:
        """Return whether the field that a path leads to, or one around it, is kept."""
        if not path:
            return False
        field = self.by_name.get(str(path[0]))
        if field is None:
            return False
        rest = path[2:] if field.many else path[1:]
        return field.kept or self._tables.get(field.name, _NO_TABLE).is_kept(rest)

    def _placed(self, unfit: _Unfit, name: str, *, missing: bool = False) -> _Unfit:
        unfit.path.insert(0, name)
        unfit.field = unfit.field or self.by_name[name]
        unfit.missing = unfit.missing or missing
        return unfit


_NO_TABLE = FieldTable(())


def _refusal(unfit: _Unfit) -> RecordRefused:
    field = unfit.field
    pointer = to_pointer(("data", *unfit.path))
    if field is None:
        return UNFIT.broken(
            pointer, label="data", name="data", form=unfit.form, form_en="an object"
        )
    if unfit.missing:
        return MISSING.broken(pointer, label=field.zh, name=field.name)
    return UNFIT.broken(
        pointer, label=field.zh, name=field.name, form=unfit.form, form_en=unfit.form_en
    )


# Forms


def _text(value: JsonValue) -> None:
    if type(value) is not str or not 0 < len(value) <= MOST_CHARACTERS:
        raise _Unfit(
            f"1至{MOST_CHARACTERS}个字符的文本", f"a text of 1 to {MOST_CHARACTERS} characters"
        )


def _flag(value: JsonValue) -> None:
    if type(value) is not bool:
        raise _Unfit("true或false", "true or false")


def _whole(value: JsonValue) -> None:
    if type(value) is not int or value < 0:
        raise _Unfit("非负整数", "a whole number, 0 or more")


def _matching(pattern: str, form: str, form_en: str) -> Form:
    matches = re.compile(pattern).fullmatch

    def check(value: JsonValue) -> None:
        if type(value) is not str or matches(value) is None:
            raise _Unfit(form, form_en)

    return check


_CODE = _matching(
    r"[A-Za-z0-9._/-]{1,64}", "1至64位字母、数字和._/-", "1 to 64 of letters, digits and ._/-"
)
_DECIMAL = _matching(
    r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,8})?",
    "以文本书写的十进制数，如“43.00”",
    'a decimal number written as a text, such as "43.00"',
)
_DIGEST = _matching(r"[0-9a-f]{64}", "64位小写十六进制摘要", "64 lower-case hex digits")


def _day(value: JsonValue) -> None:
    if type(value) is not str or len(value) != 10 or day_of(value) is None:
        raise _Unfit("日期，如“2026-03-31”", 'a day such as "2026-03-31"')


def _moment(value: JsonValue) -> None:
    if type(value) is not str or moment_of(value) is None:
        raise _Unfit(
            "带时区的时间，如“2026-03-31T09:30:00+08:00”",
            'a time with its offset such as "2026-03-31T09:30:00+08:00"',
        )


def _list_of(form: Form, most: int = MOST_ELEMENTS) -> Form:
    def check(value: JsonValue) -> None:
        if type(value) is not list or len(value) > most:
            raise _Unfit(f"最多{most}项的列表", f"a list of at most {most}")
        for position, element in enumerate(value):
            try:
                form(element)
            except _Unfit as unfit:
                unfit.path.insert(0, position)
                raise

    return check


def _decimals(value: JsonValue) -> None:
    if type(value) is not dict:
        raise _Unfit("对象", "an object")
    for name, member in value.items():
        try:
            _DECIMAL(member)
        except _Unfit as unfit:
            unfit.path.insert(0, name)
            raise


# Fields. Every function takes name and labels, and what `Field` takes besides them.


def text(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds free text."""
    return _field(name, zh, en, _text, "text", more)


def texts(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a list of free texts."""
    return _field(name, zh, en, _list_of(_text), "texts", more, many=True)


def code(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a code: an identifier without blanks."""
    return _field(name, zh, en, _CODE, "code", more)


def codes(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a list of codes."""
    return _field(name, zh, en, _list_of(_CODE), "codes", more, many=True)


def decimal(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a decimal number, written as a text."""
    return _field(name, zh, en, _DECIMAL, "decimal", more)


def decimals(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds decimal numbers by names that are not known beforehand."""
    return _field(name, zh, en, _decimals, "decimals by name", more)


def whole(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a whole number, 0 or more."""
    return _field(name, zh, en, _whole, "whole number", more)


def flag(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds true or false."""
    return _field(name, zh, en, _flag, "true or false", more)


def day(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a day."""
    return _field(name, zh, en, _day, "day", more)


def moment(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a time with its offset."""
    return _field(name, zh, en, _moment, "time", more)


def digest(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds a SHA-256."""
    return _field(name, zh, en, _DIGEST, "SHA-256", more)


def choice(
    name: str, zh: str, en: str, options: Mapping[str, tuple[str, str]], **more: object
) -> Field:
    """Return a field that holds one word of a closed list; `options` gives label pairs."""
    words = frozenset(options)

    def check(value: JsonValue) -> None:
        if type(value) is not str or value not in words:
            listed = ", ".join(options)
            raise _Unfit(f"下列之一：{listed}", f"one of: {listed}")

    labels = {word: Label(*label) for word, label in options.items()}
    return _field(name, zh, en, check, "word", {**more, "options": labels})


def group(name: str, zh: str, en: str, *fields: Field, **more: object) -> Field:
    """Return a field that holds an object with fields of its own."""
    return _field(name, zh, en, FieldTable(fields).check, "object", {**more, "fields": fields})


def groups(
    name: str, zh: str, en: str, *fields: Field, most: int = MOST_ELEMENTS, **more: object
) -> Field:
    """Return a field that holds a list of objects.

    What every record adds to the facts of its case is written anew with each that follows, so
    `most` is given where a list goes into them.
    """
    form = _list_of(FieldTable(fields).check, most)
    return _field(name, zh, en, form, "objects", {**more, "fields": fields}, many=True)


def anything(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that may hold any value."""
    return _field(name, zh, en, lambda _: None, "anything", more)


def money(name: str, zh: str, en: str, **more: object) -> Field:
    """Return a field that holds {amount, currency}."""
    amount = decimal("amount", "数额", "amount", required=True)
    currency = code("currency", "币种", "currency", required=True)
    return group(name, zh, en, amount, currency, **more)


def _field(
    name: str,
    zh: str,
    en: str,
    form: Form,
    form_name: str,
    more: Mapping[str, object],
    *,
    many: bool = False,
) -> Field:
    return Field(name=name, zh=zh, en=en, form=form, form_name=form_name, many=many, **more)  # type: ignore[arg-type]  # Field's own members, passed through
