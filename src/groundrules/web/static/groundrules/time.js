// The time page's own conveniences: lengths in one tap, a clock that ticks, and entries kept while there is no network.
// What is kept is only what was typed, when, and a key that makes sending it twice the same as sending it once.
(() => {
  "use strict";
  const form = document.querySelector("#time-form");
  const line = document.querySelector("#line");
  const waiting = document.querySelector("#waiting");
  if (!form || !line) return;
  const LENGTH = /^\s*(\d{1,2}h\d{0,2}m?|\d{1,4}m(in)?|\d*[.,]\d{1,2}h?|\d{1,3}|\d:[0-5]\d)(?=\s|$)/i;

  const write = (text) => {
    line.value = text;
    line.focus();
    line.dispatchEvent(new Event("refresh", { bubbles: true }));
  };
  document.addEventListener("click", (event) => {
    const length = event.target.closest("[data-length]");
    if (length) write(`${length.dataset.length} ${line.value.replace(LENGTH, "").trim()}`.trim() + " ");
    const choice = event.target.closest("[data-line]");
    if (choice) write(choice.dataset.line);
  });

  const tick = () => {
    for (const face of document.querySelectorAll("[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(face.dataset.since)) / 1000));
      const parts = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
      face.textContent = parts.map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
    }
  };
  tick();
  setInterval(tick, 1000);

  // The queue.
  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("groundrules-time", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const withStore = async (mode, act) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const request = act(database.transaction("kept", mode).objectStore("kept"));
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    } finally { database.close(); }
  };
  const all = () => withStore("readonly", (store) => store.getAll());
  const keep = (entry) => withStore("readwrite", (store) => store.put(entry));
  const forget = (key) => withStore("readwrite", (store) => store.delete(key));
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  const say = (text) => {
    if (!waiting) return;
    waiting.textContent = text;
    waiting.hidden = text === "";
  };
  const show = async (problem = "") => {
    const kept = await all();
    const count = kept.length === 1 ? "1 entry waits" : `${kept.length} entries wait`;
    say(kept.length ? `${count} on this phone. ${problem || "Sent when you are back online."}` : problem);
    const list = document.querySelector("#kept");
    if (!list) return;
    list.replaceChildren(...kept.map((entry) => {
      const item = document.createElement("li");
      item.textContent = `${entry.line} (typed ${new Date(entry.typed_at).toLocaleString()})`;
      return item;
    }));
  };

  let sending = false;
  const send = async () => {
    if (sending || !navigator.onLine) return;
    sending = true;
    try {
      const kept = await all();
      if (kept.length === 0) return;
      const asked = await fetch(form.dataset.queue, { headers: { Accept: "application/json" } });
      if (asked.redirected || !asked.ok) { await show("Sign in again to send."); return; }
      const { token } = await asked.json();
      const problems = [];
      for (const entry of kept) {
        const answer = await fetch(form.dataset.queue, {
          method: "POST",
          headers: { "Content-Type": "application/json", "X-CSRFToken": token },
          body: JSON.stringify(entry),
        });
        const said = await answer.json();
        if (answer.ok) { await forget(entry.key); } else { problems.push(`${entry.line}: ${said.problem}.`); }
      }
      await show(problems.join(" "));
      if (problems.length === 0) window.location.assign("/time/");
      if (problems.length > 0) offerToMend(kept.filter((entry) => problems.some((p) => p.startsWith(entry.line))));
    } catch { await show("Could not be sent; it is kept."); } finally { sending = false; }
  };

  // A line the server could not read comes back into the form, so that its writer can mend it.
  const offerToMend = (refused) => {
    const first = refused[0];
    if (!first || line.value !== "") return;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = `Mend “${first.line}”`;
    again.addEventListener("click", async () => { await forget(first.key); write(first.line); show(); });
    waiting?.append(" ", again);
  };

  form.addEventListener("submit", async (event) => {
    if (navigator.onLine || (event.submitter && event.submitter.name === "act")) return;
    event.preventDefault();
    if (line.value.trim() === "") return;
    const values = new FormData(form);
    const key = values.get("key") || newKey();
    const kind = values.get("kind") || "";
    const place = values.get("place") || "";
    await keep({ key, line: line.value.trim(), kind, place, typed_at: new Date().toISOString() });
    line.value = "";
    const field = form.querySelector("[name=key]");
    if (field) field.value = newKey();
    await show();
  });

  window.addEventListener("online", send);
  navigator.serviceWorker?.register("/time/worker.js", { scope: "/time/" });
  show().then(send);
})();
