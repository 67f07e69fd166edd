// The naive reference: the recursions of RFC 9162 section 2.1, word for word.
import { createHash } from "node:crypto";

const PREFIX = { leaf: Buffer.of(0), node: Buffer.of(1) };

export const sha256 = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const leafHash = (entry) => sha256(PREFIX.leaf, entry);
export const nodeHash = (left, right) => sha256(PREFIX.node, left, right);
export const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;

/** Largest power of two smaller than `n`. */
export function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** A tree whose leaf hashes are given; `root` of any range is remembered. */
export class Tree {
  #leaves;
  #roots = new Map();

  constructor(leaves) {
    this.#leaves = leaves;
  }

  /** MTH(D[start:end]). */
  root(end = this.#leaves.length, start = 0) {
    if (end === start) return sha256();
    if (end - start === 1) return this.#leaves[start];
    const key = `${start}:${end}`;
    if (!this.#roots.has(key)) {
      const middle = start + split(end - start);
      this.#roots.set(key, nodeHash(this.root(middle, start), this.root(end, middle)));
    }
    return this.#roots.get(key);
  }

  /** PATH(m, D[start:end]), section 2.1.3.1. */
  inclusion(index, end, start = 0) {
    if (end - start === 1) return [];
    const middle = start + split(end - start);
    return index < middle
      ? [...this.inclusion(index, middle, start), this.root(end, middle)]
      : [...this.inclusion(index, end, middle), this.root(middle, start)];
  }

  /** PROOF(m, D[n]), section 2.1.4.1. */
  consistency(oldSize, newSize) {
    return this.#subproof(oldSize, 0, newSize, true);
  }

  #subproof(oldEnd, start, end, whole) {
    if (oldEnd === end) return whole ? [] : [this.root(end, start)];
    const middle = start + split(end - start);
    return oldEnd <= middle
      ? [...this.#subproof(oldEnd, start, middle, whole), this.root(end, middle)]
      : [...this.#subproof(oldEnd, middle, end, false), this.root(middle, start)];
  }
}

/** A tree of equal leaves: its size may be anything, since a range is known by its width. */
export class UniformTree extends Tree {
  #leaf;
  #roots = new Map();

  constructor(leaf) {
    super([]);
    this.#leaf = leaf;
  }

  root(end, start = 0) {
    const width = end - start;
    if (width === 1) return this.#leaf;
    if (!this.#roots.has(width)) {
      const left = split(width);
      this.#roots.set(width, nodeHash(this.root(left), this.root(width - left)));
    }
    return this.#roots.get(width);
  }
}
