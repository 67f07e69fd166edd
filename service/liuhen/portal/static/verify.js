// The verification page: take files by choice or by drop, hash them here, ask the service.

import { canDigest, digestsOf } from "./digest.js";
import { text } from "./messages.js";
import { render } from "./verdict.js";

const RECEIPT_START = '{"anchors":'; // a receipt file is canonical, so it always begins like this
const TLOG_PROOF_START = "c2sp.org/tlog-proof@v1\n";
const RECEIPT_SCHEMA = /"schema":"audit-receipt\/v[0-9]+"/;

class Mistake extends Error {}

const page = Object.fromEntries(
  ["ask", "answer", "form", "drop", "receipt", "files", "chosen", "mistake", "progress"].map(
    (id) => [id, document.getElementById(id)],
  ),
);
const dropText = document.getElementById("drop-text");
const download = document.getElementById("download");
let dropped = [];

for (const item of document.querySelectorAll(".script-only")) {
  if (item !== download) item.hidden = false;
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  verify().catch((error) => {
    if (!(error instanceof Mistake)) console.error(error);
    showMistake(error instanceof Mistake ? error.message : text("mistake.no_answer"));
  });
});
for (const input of [page.receipt, page.files]) input.addEventListener("change", showChosen);
document.getElementById("print").addEventListener("click", () => globalThis.print());

for (const name of ["dragenter", "dragover"]) {
  page.drop.addEventListener(name, (event) => {
    event.preventDefault();
    showDragging(true);
  });
}
page.drop.addEventListener("dragleave", (event) => {
  if (!page.drop.contains(event.relatedTarget)) showDragging(false);
});
page.drop.addEventListener("drop", (event) => {
  event.preventDefault();
  showDragging(false);
  dropped = [...dropped, ...event.dataTransfer.files];
  showChosen();
});

function showDragging(isOver) {
  page.drop.classList.toggle("over", isOver);
  const message = isOver ? page.drop.dataset.active : page.drop.dataset.text;
  if (dropText.textContent !== message) dropText.textContent = message;
}

function chosenFiles() {
  return [...page.receipt.files, ...page.files.files, ...dropped];
}

function showChosen() {
  // Files that were chosen show in their inputs already; those that were dropped show here.
  page.chosen.replaceChildren(
    ...dropped.map((file) => {
      const item = document.createElement("li");
      item.textContent = file.name;
      return item;
    }),
  );
  page.chosen.hidden = dropped.length === 0;
}

async function verify() {
  page.mistake.hidden = true;
  const { receipts, files } = await sort(chosenFiles());
  if (receipts.length > 1) throw new Mistake(text("mistake.two_receipts"));
  if (receipts.length === 0 && files.length === 0) throw new Mistake(text("mistake.no_input"));
  if (receipts.length === 0 && files.length > 1) throw new Mistake(text("mistake.one_file"));
  const question = {};
  if (receipts.length) question.receipt = receipts[0];
  if (files.length) question.files = await digests(files);
  page.progress.textContent = text("progress.asking");
  showVerdict(await ask(question), question.receipt);
}

// Tell the receipt from the files to compare, whichever way they came in.
async function sort(all) {
  const receipts = [];
  const files = [];
  for (const file of all) {
    const isAlone = all.length === 1 || [...page.receipt.files].includes(file);
    if (isAlone && await isProof(file)) throw new Mistake(text("mistake.proof"));
    const content = await receiptText(file);
    if (content === null) files.push(file);
    else receipts.push(content);
  }
  return { receipts, files };
}

// Return a receipt file's text; null for any other file.
async function receiptText(file) {
  try {
    const start = await file.slice(0, RECEIPT_START.length).text();
    const isChosen = [...page.receipt.files].includes(file);
    if (!isChosen && start !== RECEIPT_START) return null;
    const content = await file.text();
    return isChosen || RECEIPT_SCHEMA.test(content) ? content : null;
  } catch {
    throw new Mistake(text("mistake.file_unreadable"));
  }
}

// Tell a proof for other tools: a tlog-proof is text, a COSE receipt begins with its tag.
async function isProof(file) {
  const start = new Uint8Array(await file.slice(0, TLOG_PROOF_START.length).arrayBuffer());
  const isCose = start[0] === 0xd2 && start[1] === 0x84;
  return isCose || new TextDecoder().decode(start) === TLOG_PROOF_START;
}

async function digests(files) {
  if (!canDigest()) throw new Mistake(text("mistake.no_digest"));
  page.progress.textContent = text("progress.hashing");
  try {
    const found = [];
    for (const file of files) found.push(await digestsOf(file));
    return found;
  } catch {
    throw new Mistake(text("mistake.file_unreadable"));
  }
}

async function ask(question) {
  const response = await fetch(page.form.dataset.verify, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: JSON.stringify(question),
  });
  const body = await response.json();
  if (response.ok) return body;
  if (response.status === 400) throw new Mistake(`${text("mistake.not_a_receipt")} ${body.detail}`);
  throw new Mistake(`${body.title}: ${body.detail}`);
}

function showVerdict(verdict, receipt) {
  page.answer.querySelector('[data-slot="body"]').replaceChildren(render(verdict, receipt));
  const json = new Blob([JSON.stringify(verdict, null, 2)], { type: "application/json" });
  download.href = URL.createObjectURL(json);
  download.hidden = false;
  page.progress.textContent = "";
  page.ask.hidden = true;
  page.answer.hidden = false;
  page.answer.querySelector('[data-slot="banner"]').focus();
}

function showMistake(message) {
  page.progress.textContent = "";
  page.mistake.querySelector('[data-slot="text"]').textContent = message;
  page.mistake.hidden = false;
  page.mistake.focus();
}
