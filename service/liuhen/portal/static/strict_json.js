// Read JSON without forgiving, and print its canonical form (RFC 8785).
//
// JSON.parse keeps the last of two members with one name and changes numbers that a double cannot
// hold; two readers that repair differently see two records in one file. What is refused here has
// no canonical form: such a file is compared byte for byte only.

const MOST_CONTAINERS = 256;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export class NotStrictJson extends Error {}

// Return the canonical form of a JSON text, or throw NotStrictJson.
export function canonicalForm(text) {
  const reader = new Reader(text);
  const canonical = reader.value(0);
  reader.end();
  return canonical;
}

class Reader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.take(SPACE);
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw new NotStrictJson(`at ${this.at}`);
    this.at = pattern.lastIndex;
    return found[0];
  }

  takes(character) {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    this.take(SPACE);
    return true;
  }

  expect(character) {
    if (!this.takes(character)) throw new NotStrictJson(`at ${this.at}`);
  }

  end() {
    if (this.at !== this.text.length) throw new NotStrictJson(`at ${this.at}`);
  }

  value(depth) {
    const first = this.text[this.at];
    let canonical;
    if (first === "{") return this.object(depth + 1);
    if (first === "[") return this.array(depth + 1);
    if (first === '"') canonical = JSON.stringify(this.string());
    else if (first === "t") canonical = this.take(/true/y);
    else if (first === "f") canonical = this.take(/false/y);
    else if (first === "n") canonical = this.take(/null/y);
    else canonical = canonicalNumber(this.take(NUMBER));
    this.take(SPACE);
    return canonical;
  }

  string() {
    const value = JSON.parse(this.take(STRING));
    if (LONE_SURROGATE.test(value)) throw new NotStrictJson("half a surrogate pair");
    return value;
  }

  object(depth) {
    checkDepth(depth);
    const members = new Map();
    this.expect("{");
    if (!this.takes("}")) {
      do {
        const name = this.string();
        this.take(SPACE);
        this.expect(":");
        if (members.has(name)) throw new NotStrictJson("a member named twice");
        members.set(name, this.value(depth));
      } while (this.takes(","));
      this.expect("}");
    }
    // Sorting without a comparison goes by UTF-16 code units, which is what RFC 8785 asks for.
    const names = [...members.keys()].sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${members.get(name)}`).join(",")}}`;
  }

  array(depth) {
    checkDepth(depth);
    const items = [];
    this.expect("[");
    if (!this.takes("]")) {
      do items.push(this.value(depth));
      while (this.takes(","));
      this.expect("]");
    }
    return `[${items.join(",")}]`;
  }
}

function checkDepth(depth) {
  if (depth > MOST_CONTAINERS) throw new NotStrictJson("too deep");
}

// Print a number as ECMAScript does, if that is the same decimal value as the text.
function canonicalNumber(text) {
  const number = Number(text);
  const printed = Object.is(number, -0) ? "0" : String(number);
  if (!Number.isFinite(number) || decimal(text) !== decimal(printed)) {
    throw new NotStrictJson("a number that would change");
  }
  if (/^-?[0-9]+$/.test(printed) && !Number.isSafeInteger(number)) {
    throw new NotStrictJson("an integer beyond 2^53 - 1");
  }
  return printed;
}

// Return sign, digits and exponent of a decimal text, the same for all spellings of one value.
function decimal(text) {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  const digits = (whole + fraction).replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  const shift = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length);
  return `${sign}${kept}e${shift}`;
}
