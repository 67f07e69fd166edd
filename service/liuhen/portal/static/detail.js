// The details of a verdict: times and their worth, nodes side by side, content. The same words in
// the same places as portal/detail_view.py.

import { text } from "./messages.js";

const MOST_FIELDS = 200;
const SAID_ELSEWHERE = new Set([
  ...["format", "record_id", "type", "origin", "recorded_at", "case", "nonce", "after_block"],
  ...["case_prev", "case_seq", "~"],
]);

// Say one bound of the time, a line each: when, which block, who tells of it.
export function boundText(bound, time) {
  if (bound == null) return text("bound.none");
  const lines = [
    bound.time === null ? text("bound.untold") : time(bound.time),
    filled(text("bound.block"), bound),
  ];
  if (bound.hash !== null) lines.push(bound.hash);
  const names = { names: bound.nodes.join(", ") };
  return [...lines, ...bound.by.map((each) => filled(text(`bound.${each}`), names))].join("\n");
}

// Say what the two bounds amount to, and what a block's time is worth on this chain.
export function timeText(facts) {
  const [lower, upper] = [facts.not_before != null, facts.not_after != null];
  const one = lower ? "only_not_before" : "only_not_after";
  const which = lower && upper ? "both" : lower || upper ? one : "neither";
  const lines = [filled(text(`bound.${which}`), facts)];
  if (lower || upper) lines.push(text(`bound.worth_${facts.chain_kind}`));
  return lines.join("\n");
}

// Say what a reader must see first: a fork of the log, and its end.
export function warningsOf(facts) {
  return (facts.warnings ?? []).map((warning) => filled(text(`warning.${warningKey(warning)}`), warning));
}

// Say what each node answered, the receipt's own claim first; where all agree, nothing.
export function answersOf(check) {
  if (check.state === "passed" || !Array.isArray(check.facts.answers)) return [];
  const said = "receipt" in check.facts ? [filled(text("answer.receipt"), check.facts)] : [];
  return [...said, ...check.facts.answers.map((answer) => answerText(answer, check.reason))];
}

// Return the fields of a receipt's record to show, and how many more there are.
export function fieldsOf(receiptText) {
  const receipt = JSON.parse(receiptText);
  const rows = (receipt.content ?? receipt.rows).filter((row) => Array.isArray(row) && row.length === 3);
  const inData = rows.filter(([path]) => path[0] === "data");
  const others = rows.filter((row) => row[0][0] !== "data" && !isPlain(row));
  const fields = [...inData, ...others].map(([path, , value]) => [pointerOf(path), factText(value)]);
  const more = fields.length - MOST_FIELDS;
  return {
    fields: fields.slice(0, MOST_FIELDS),
    more: more > 0 ? filled(text("bound.more_fields"), { count: more }) : "",
  };
}

// Whether a row says nothing new: machinery, or a member of the envelope left empty.
function isPlain([path, , value]) {
  const empty = value === null || (typeof value === "object" && Object.keys(value).length === 0);
  return empty || (path[0] === "version" && value === 1) || SAID_ELSEWHERE.has(path[0]);
}

function pointerOf(path) {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function warningKey({ code, successor }) {
  return code === "log-closed" && successor === null ? "log-closed-for-good" : code;
}

function answerText(answer, reason) {
  if ("why" in answer) return filled(text("answer.silent"), answer);
  if (reason === "node-on-another-chain") return filled(text("answer.chain"), answer);
  if (answer.size === null) return filled(text("answer.newest"), answer);
  const told = filled(text(answer.root === null ? "answer.no_head" : "answer.head"), answer);
  if (answer.block_hash === null) return told;
  return `${told}\n${filled(text("answer.block_hash"), answer)}`;
}

// Fill facts into the gaps of a sentence, in one pass: a fact is no template.
function filled(sentence, facts) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => factText(facts[name]));
}

function factText(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}
