// Show a verdict of /v1/verify: the same words in the same places as the page made by the server
// (portal/verdict_view.py). All markup comes from the page's templates.

import { answersOf, boundText, fieldsOf, timeText, warningsOf } from "./detail.js";
import { find, text } from "./messages.js";

const ABOUT = [
  ...["record_id", "type", "origin", "case", "recorded_at", "not_before", "not_after"],
  ...["seen_not_later", "time", "entry_index"],
];
const MOST_NAMED = 20;
const BOUNDS = ["not_before", "not_after"];
const BEIJING_MILLISECONDS = 8 * 3600 * 1000; // one time zone, without summer time, since 1991
const LAST_MOMENT = Date.UTC(10000, 0, 1) - BEIJING_MILLISECONDS; // years have four digits

// Return the filled-in answer; `receipt` is the text of the receipt file, where there is one.
export function render(verdict, receipt) {
  const answer = copy(`answer-${headline(verdict)}`);
  const warnings = warningsOf(verdict.facts);
  for (const warning of warnings) slot(answer, "warnings").append(element("li", warning));
  slot(answer, "warnings").hidden = warnings.length === 0;
  slot(answer, "reason").textContent = text(`reason.${decidingReason(verdict)}`);
  for (const note of notes(verdict)) slot(answer, "notes").append(element("li", note));
  for (const [label, value] of about(verdict)) {
    slot(answer, "about").append(line(label, document.createTextNode(value)));
  }
  slot(answer, "about-section").hidden = Object.keys(verdict.facts).length === 0;
  renderFields(answer, verdict, receipt);
  for (const check of verdict.checks) slot(answer, "checks").append(renderCheck(check));
  slot(answer, "checks-section").hidden = verdict.checks.length === 0;
  return answer;
}

// Show what the record says, only where nothing contradicts it.
function renderFields(answer, verdict, receipt) {
  const agrees = receipt !== undefined && ["match", "waiting"].includes(verdict.outcome);
  const { fields, more } = agrees ? fieldsOf(receipt) : { fields: [], more: "" };
  for (const [pointer, value] of fields) {
    slot(answer, "fields").append(line(pointer, document.createTextNode(value)));
  }
  slot(answer, "more").textContent = more;
  slot(answer, "fields-section").hidden = fields.length === 0;
}

function headline(verdict) {
  if (verdict.reason === "cosignatures-missing") return "not_cosigned";
  const isReceipt = verdict.outcome === "different" && verdict.reason !== "file";
  if (isReceipt) return "different_receipt";
  const hidden = shownFacts(verdict).some((facts) => facts.withheld || facts.closed);
  return verdict.outcome === "match" && hidden ? "match_in_part" : verdict.outcome;
}

function decidingReason(verdict) {
  if (verdict.outcome !== "different") return verdict.reason;
  return verdict.checks.find((check) => check.code === verdict.reason).reason;
}

function notes(verdict) {
  const found = [text("note.limits")];
  if (verdict.facts.chain_kind === "development") found.push(text("note.development"));
  for (const facts of shownFacts(verdict)) {
    for (const name of ["withheld", "closed"]) {
      const note = text(`note.${name}`).replace("{count}", facts[name]);
      if (facts[name]) found.push(note.replace("{names}", () => names(facts)));
    }
  }
  found.push(text("note.policy"));
  return found;
}

// Return the facts about what rows show: of the record, and of content beside it.
function shownFacts(verdict) {
  const content = verdict.checks.filter((check) => check.code === "content");
  return [verdict.facts, ...content.map((check) => check.facts)];
}

// Name the first withheld fields.
function names(facts) {
  const named = facts.withheld_fields.slice(0, MOST_NAMED);
  const left = facts.withheld - named.length;
  const more = left > 0 ? text("note.more_names").replace("{count}", left) : "";
  return named.join(", ") + more;
}

function about(verdict) {
  const facts = "chain_kind" in verdict.facts
    ? { ...verdict.facts, time: timeText(verdict.facts) }
    : verdict.facts;
  const isTold = (name) => facts[name] != null || (BOUNDS.includes(name) && name in facts);
  const lines = ABOUT.filter(isTold).map((name) => [text(`fact.${name}`), shown(name, facts[name])]);
  if (Object.keys(facts).length) lines.push([text("fact.life"), text(`life.${verdict.life ?? "none"}`)]);
  return lines;
}

function renderCheck(check) {
  const item = copy(`check-${check.state}`);
  const name = text(`check.${check.code}`);
  slot(item, "name").textContent = check.code === "file" ? `${name} ${check.facts.name}` : name;
  slot(item, "reason").textContent = text(`reason.${check.reason}`);
  const answers = answersOf(check);
  for (const answer of answers) slot(item, "answers").append(element("li", answer));
  slot(item, "answers").hidden = answers.length === 0;
  const facts = Object.entries(check.facts).filter(([, value]) => value !== null);
  slot(item, "details").hidden = facts.length === 0;
  for (const [name, value] of facts) {
    slot(item, "facts").append(line(find(`fact.${name}`) ?? name, element("code", shown(name, value))));
  }
  return item;
}

function shown(name, value) {
  if (name === "type") return find(`type.${value}`) ?? value;
  if (BOUNDS.includes(name)) return boundText(value, (seconds) => shown("timestamp", seconds));
  const moment = momentOf(name, value);
  if (moment < LAST_MOMENT) return time(new Date(moment));
  return typeof value === "string" ? value : JSON.stringify(value);
}

// Return a time in milliseconds; NaN where the fact is none, or a number beyond exact ones.
function momentOf(name, value) {
  if (name === "recorded_at") return Date.parse(value);
  const isSeconds = ["seen_not_later", "timestamp"].includes(name);
  return isSeconds && typeof value === "number" ? value * 1000 : NaN;
}

// Say a time twice: as people here read it, and in UTC.
function time(moment) {
  const local = new Date(moment.getTime() + BEIJING_MILLISECONDS).toISOString();
  const [year, month, day] = local.slice(0, 10).split("-");
  const parts = { year, month, day, clock: local.slice(11, 19) };
  const spoken = Object.entries(parts).reduce(
    (said, [name, part]) => said.replace(`{${name}}`, part),
    text("time.beijing"),
  );
  return `${spoken}\n${moment.toISOString().slice(0, 19)}Z`;
}

function copy(id) {
  return document.getElementById(id).content.cloneNode(true);
}

function slot(fragment, name) {
  return fragment.querySelector(`[data-slot="${name}"]`);
}

function element(name, content) {
  const made = document.createElement(name);
  made.textContent = content;
  return made;
}

function line(label, value) {
  const row = document.createElement("div");
  const description = document.createElement("dd");
  description.append(value);
  row.append(element("dt", label), description);
  return row;
}
