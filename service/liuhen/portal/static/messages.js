// The page's messages, by key. No sentence is written in script.

const texts = new Map();
for (const item of document.getElementById("messages").content.querySelectorAll("[data-key]")) {
  texts.set(item.dataset.key, item.textContent);
}

// Return the message of a key; undefined where there is none.
export function find(key) {
  return texts.get(key);
}

// Return the message of a key; a reader must never see the key itself.
export function text(key) {
  const found = texts.get(key);
  if (found === undefined) throw new Error(`no message ${key}`);
  return found;
}
