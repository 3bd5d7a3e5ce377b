"use strict";
// The desk without reloads. The server renders every page in full; this file only fetches the page again and puts what
// has changed into place. Without it the same links and forms work.
(() => {
  const POLL_MS = 10_000;
  const STALE_MS = 30_000; // a line that died silently looks open: look ourselves from time to time
  const PATIENCE_MS = 15_000;
  const GAP_MS = 1_000; // between two readings: on a busy day something changes all the time
  const KEYS_OFF = "desk:keys-off";

  const body = document.body;
  const byId = (id) => document.getElementById(id);
  if (!body.dataset.here) return; // the sign-in

  // --- reading a page -------------------------------------------------------------------------------------------------

  class SignedOut extends Error {}
  class Strange extends Error {}

  async function read(url, options = {}) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", signal, ...options });
    if (answer.status === 401 || new URL(answer.url).pathname.endsWith("/sign-in")) throw new SignedOut();
    if (answer.status === 403) throw new Strange();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("list")) throw new Error(`no page: ${answer.status}`);
    return { page, status: answer.status };
  }

  // --- putting it into place ------------------------------------------------------------------------------------------

  /** Make `old` like `fresh` and keep every element that stays: focus, a pressed button and a loaded picture survive. */
  function morph(old, fresh) {
    // A form that is on its way keeps its id: the retry must be the same act.
    if (old.name === "id" && old.form?.dataset.tried) return;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !keeps(old, name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value && !keeps(old, name)) old.setAttribute(name, value);
    }
    const keyed = new Map([...old.children].filter(keyOf).map((child) => [keyOf(child), child]));
    const wanted = new Set([...fresh.children].map(keyOf));
    for (const [key, child] of keyed) if (!wanted.has(key)) child.remove();
    let at = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const key = keyOf(child);
      const twin = key ? keyed.get(key) : at && !keyOf(at) && at.nodeName === child.nodeName ? at : null;
      if (!twin) {
        old.insertBefore(document.importNode(child, true), at);
        continue;
      }
      if (twin === at) at = at.nextSibling;
      else old.insertBefore(twin, at);
      if (twin.nodeType === Node.ELEMENT_NODE) morph(twin, child);
      else if (twin.data !== child.data) twin.data = child.data;
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  const keyOf = (node) => node.dataset?.key;
  const KEPT = { BUTTON: ["disabled"], FORM: ["data-busy", "data-tried"] };
  const keeps = (element, name) => KEPT[element.tagName]?.includes(name);

  /** Show what a fetched page holds; the reply field and what is typed in it are never touched. */
  function show(page) {
    if (page.body.dataset.who !== body.dataset.who) return location.reload(); // somebody else has signed in beside us
    const messages = byId("messages");
    const scroller = messages && messages.scrollHeight > messages.clientHeight ? messages : document.scrollingElement;
    const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
    for (const id of ["list", "thread-body", "claim"]) {
      if (byId(id) && page.getElementById(id)) morph(byId(id), page.getElementById(id));
    }
    document.title = page.title;
    const csrf = page.querySelector("input[name=csrf]").value;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
    dress();
    showReady(page.getElementById("ready"));
    showComposer(page.getElementById("composer"));
    settle();
    awaitLate();
    if (messages && wasAtEnd) toEnd();
  }

  function toEnd() {
    const messages = byId("messages");
    if (!messages) return;
    messages.scrollTop = messages.scrollHeight;
    if (body.classList.contains("with-thread") && messages.scrollHeight <= messages.clientHeight) {
      document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight;
    }
  }

  /** Add what only the script knows: until when words are held, and which threads have a draft. */
  function dress() {
    for (const held of document.querySelectorAll("[data-left]")) {
      if (held.dataset.left === held.leftAt) continue;
      held.leftAt = held.dataset.left;
      held.hasLeft = false;
      held.leavesAt = performance.now() + 1000 * Number(held.dataset.left);
    }
    for (const row of document.querySelectorAll("#list li")) {
      row.classList.toggle("has-draft", sessionStorage.getItem(draftKey(row.dataset.key)) !== null);
    }
    showKeys();
    countDown();
  }

  function countDown() {
    for (const held of document.querySelectorAll("[data-left]")) {
      const left = Math.ceil((held.leavesAt - performance.now()) / 1000);
      if (left > 0) {
        held.querySelector(".seconds").textContent = left;
      } else if (!held.hasLeft) {
        held.hasLeft = true;
        held.textContent = "Sending";
        const undo = held.parentElement.querySelector("form");
        if (undo) undo.hidden = true;
        setTimeout(refresh, 1500); // nothing rings for words that leave a thread already resolved
      }
    }
  }

  // --- staying current ------------------------------------------------------------------------------------------------

  let stream = null;
  let begun = 0; // each reading has a number; one that began before what is shown now is thrown away
  let shown = 0;
  let reading = false;
  let again = false;
  let readAt = 0;
  let gap = 0;

  async function refresh() {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again) {
        await new Promise((done) => setTimeout(done, Math.max(0, readAt + gap - performance.now())));
        again = false;
        const number = ++begun;
        const from = performance.now();
        const { page } = await read(body.dataset.here);
        readAt = performance.now();
        gap = Math.max(GAP_MS, readAt - from); // at least half of a slow line is left to what people send
        if (number > shown) show(page);
        else again = true;
        say(isLive() ? "Live" : "Checking every 10 s");
      }
    } catch (error) {
      if (error instanceof SignedOut) say("You are signed out. What you typed stays here. Sign in again and come back.", true);
      else say("No connection. What you see may be old.", true);
      hangUp(); // a stream that still claims to be open is not to be believed
    } finally {
      reading = false;
    }
  }

  const isLive = () => stream?.readyState === EventSource.OPEN;

  function listen() {
    if (stream || document.hidden) return; // six open tabs would use up the browser's connections to us
    stream = new EventSource(body.dataset.events);
    stream.onmessage = refresh;
    stream.onerror = () => {
      if (stream?.readyState === EventSource.CLOSED) hangUp();
    };
  }

  function hangUp() {
    stream?.close();
    stream = null;
  }

  function look() {
    listen();
    if (!isLive() || performance.now() - readAt > STALE_MS) refresh();
  }

  function say(text, isBad = false) {
    const line = byId("line");
    if (line.textContent !== text) line.textContent = text;
    line.classList.toggle("is-bad", isBad);
  }

  // --- acting ---------------------------------------------------------------------------------------------------------

  function flash(text) {
    const place = byId("flash");
    if (!place) return;
    place.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.className = "flash";
    line.textContent = text;
    place.append(line);
  }

  async function act(form, submitter) {
    if (form.dataset.busy) return;
    const kind = submitter?.name === "kind" ? submitter.value : form.dataset.act;
    const words = form.matches("#composer") ? byId("text") : null; // `form.id` is the field of that name
    if (kind === "resolve" && byId("text")?.value.trim()) {
      flash("There is text in the reply field. Send it, keep it as a note or clear it before you resolve.");
      return;
    }
    const fields = new FormData(form);
    fields.set("kind", kind);
    const hadFocus = form.contains(document.activeElement);
    const [button] = submitter ? [submitter] : form.getElementsByTagName("button");
    const label = button.textContent;
    form.dataset.busy = form.dataset.tried = "1";
    for (const one of form.getElementsByTagName("button")) one.disabled = true;
    if (words) {
      words.readOnly = true;
      button.textContent = kind === "say" ? "Sending …" : "Keeping …";
      keepDraft(kind);
    }
    let done = false;
    try {
      const { page, status } = await read(form.action, { method: "POST", body: new URLSearchParams(fields) });
      const refused = page.querySelector("#flash, .thread > .flash")?.textContent.trim() ?? "";
      done = status < 400 && !refused;
      shown = ++begun; // whatever was asked for before this answer is older than it
      flash(refused);
      late = page.getElementById("late")?.hidden === false ? fields.get("id") : null;
      if (done || !words) delete form.dataset.tried;
      if (done && words) {
        posted.set(fields.get("id"), words.value);
        startAfresh("", idIn(page));
      } else if (words && status === 409) startAfresh(words.value, idIn(page)); // refused, so nothing new is stored
      show(page);
      if (done && kind === "undo") giveBack(fields.get("undoes"));
    } catch (error) {
      const kept = words ? " Your text is kept." : "";
      if (error instanceof SignedOut) flash(`Not sent: you are signed out. Sign in again and come back.${kept}`);
      else if (error instanceof Strange) flash(`Not sent: this page is out of date. Reload it.${kept}`);
      else flash(words ? "Not sent. Try again." : "That did not get through. Try again.");
    } finally {
      delete form.dataset.busy;
      for (const one of form.getElementsByTagName("button")) one.disabled = one.id === "send" && "lost" in form.dataset;
      if (words) {
        words.readOnly = false;
        button.textContent = label;
        measure();
      }
    }
    if (words && (hadFocus || done)) words.focus({ preventScroll: true });
    else if (hadFocus && !form.isConnected) (byId("text") ?? byId("thread")).focus({ preventScroll: true });
    else if (hadFocus) button.focus({ preventScroll: true });
    refresh();
  }

  // --- the reply field ------------------------------------------------------------------------------------------------

  // What is typed, its form's id and what was last tried under that id stay in the tab until the server has it: a reload,
  // a shortcut or a walk through other threads loses nothing, and a retry is always the same act.
  const draftKey = (thread) => `desk:draft:${thread}`;
  const ownKey = draftKey(body.dataset.thread);
  const posted = new Map(); // id -> text, to give back what is undone

  const draft = () => JSON.parse(sessionStorage.getItem(ownKey) ?? "null");
  const composer = () => byId("composer");

  function keepDraft(tried = draft()?.tried) {
    const text = byId("text").value;
    if (text || tried) sessionStorage.setItem(ownKey, JSON.stringify({ id: composer().elements.id.value, text, tried }));
    else sessionStorage.removeItem(ownKey);
  }

  function startAfresh(text, id) {
    byId("text").value = text;
    composer().elements.id.value = id;
    delete composer().dataset.tried;
    sessionStorage.removeItem(ownKey);
    if (text) keepDraft();
    measure();
  }

  /** Look whether words whose sending seemed to fail have arrived all the same. */
  function settle() {
    const now = draft();
    if (!now?.tried || !composer() || composer().dataset.busy) return;
    const found = linesOf(now.id);
    if (!found.length) return;
    const squeezed = (text) => text.replace(/\s+/g, "");
    const arrived = found.map((line) => line.querySelector(".text").textContent).join("");
    const isSame = now.tried === found[0].dataset.kind && squeezed(arrived).endsWith(squeezed(now.text));
    posted.set(now.id, now.text);
    startAfresh(isSame ? "" : now.text, newId());
    flash(isSame ? "" : "An earlier form of this text has arrived: read it above before you send this one.");
  }

  const linesOf = (id) => [...document.querySelectorAll("article[data-event]")].filter((line) => line.dataset.event === id);
  const idIn = (page) => page.querySelector("#composer [name=id]")?.value ?? newId();

  let late = null; // the id of words that are stored and not in the thread yet

  function awaitLate() {
    if (late && linesOf(late).length) late = null;
    byId("late")?.toggleAttribute("hidden", !late);
    if (late) setTimeout(refresh, 1000);
  }

  function giveBack(id) {
    const text = posted.get(id);
    if (!text || !composer() || byId("text").value) return;
    startAfresh(text, newId());
    byId("text").focus({ preventScroll: true });
  }

  /** Return an id where no page is at hand; `crypto.randomUUID` exists on https and loopback only. */
  function newId() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Ready replies come and go with the thread; what is being filled in there is left alone. */
  function showReady(fresh) {
    const old = byId("ready");
    if (!old && fresh) byId("foot").insertBefore(document.importNode(fresh, true), composer());
    else if (old && !fresh) old.remove();
  }

  function showComposer(fresh) {
    const old = composer();
    if (!old && fresh) {
      byId("foot").append(document.importNode(fresh, true));
      takeUpDraft();
    } else if (old && !fresh && !byId("text").value && !old.dataset.busy) {
      old.remove();
    } else if (old) {
      const isLost = !fresh || "lost" in fresh.dataset;
      if (isLost === "lost" in old.dataset) return;
      old.toggleAttribute("data-lost", isLost);
      byId("send").disabled = isLost || "busy" in old.dataset;
      if (isLost) byId("hold").firstChild.data = "This thread is not yours now. Claim it to send; a note stays private. ";
      else byId("hold").firstChild.data = fresh.querySelector("#hold").firstChild.data;
    }
  }

  function takeUpDraft() {
    const kept = draft();
    const typed = kept?.text ?? "";
    if (composer() && "ready" in composer().dataset) {
      // A ready reply goes below what was typed already, and once: a reload finds it there.
      const field = byId("text");
      if (typed && !typed.endsWith(field.value)) field.value = `${typed}\n${field.value}`;
      else if (typed) field.value = typed;
      delete composer().dataset.ready;
      keepDraft();
      measure();
      return;
    }
    if (composer() && kept && !byId("text").value) {
      byId("text").value = kept.text;
      composer().elements.id.value = kept.id;
      if (kept.tried) {
        composer().dataset.tried = "1";
        flash("Not sent. Try again.");
        settle();
      }
    } else if (composer() && byId("text").value) keepDraft();
    if (composer()) measure();
  }

  function measure() {
    const field = byId("text");
    if (!field) return;
    const most = Number(composer().dataset.most);
    const length = [...field.value.trim()].length; // the server counts characters, not UTF-16 units
    byId("size").textContent = length > most - 200 ? `${length} of ${most} characters` : "";
    byId("size").classList.toggle("is-over", length > most);
  }

  // --- keys -----------------------------------------------------------------------------------------------------------

  const areKeysOff = () => localStorage.getItem(KEYS_OFF) === "1";

  function showKeys() {
    byId("keys").hidden = false;
    byId("keys").classList.toggle("are-off", areKeysOff());
    byId("keys-switch").textContent = areKeysOff() ? "Turn keys on" : "Turn off";
  }

  function step(by) {
    const links = [...document.querySelectorAll("#list li a")];
    const at = links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const to = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
    if (to) location.assign(to.href);
  }

  const press = (kind) => {
    const form = document.querySelector(`form[data-act=${kind}]`);
    if (form) act(form, null);
  };

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    c: () => press("claim"),
    r: () => byId("text")?.focus(),
    e: () => press("resolve"),
  };

  // --- beginning ------------------------------------------------------------------------------------------------------

  document.addEventListener("submit", (event) => {
    if (event.target.matches("#leave")) {
      for (const key of Object.keys(sessionStorage)) if (key.startsWith("desk:draft:")) sessionStorage.removeItem(key);
    }
    if (!event.target.dataset.act) return;
    event.preventDefault();
    act(event.target, event.submitter);
  });

  document.addEventListener("input", (event) => {
    if (event.target.id !== "text") return;
    keepDraft();
    measure();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || areKeysOff()) return;
    if (document.querySelector("form[data-busy]") || !Object.hasOwn(KEYS, event.key)) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  document.addEventListener("click", (event) => {
    if (event.target.id !== "keys-switch") return;
    if (areKeysOff()) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
    showKeys();
  });

  document.addEventListener("visibilitychange", () => (document.hidden ? hangUp() : look()));
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", (event) => event.persisted && look());
  addEventListener("online", look);
  addEventListener("offline", () => say("No connection. What you see may be old.", true));
  addEventListener("beforeunload", (event) => {
    if (composer()?.dataset.busy) event.preventDefault();
  });

  // A refusal in the address would show again with every reload.
  if (location.search.includes("flash=") || location.search.includes("reply=") || location.search.includes("late=")) history.replaceState(null, "", body.dataset.here);
  document.querySelector("#list [aria-current=true]")?.scrollIntoView({ block: "nearest" });
  takeUpDraft();
  dress();
  toEnd();
  setInterval(countDown, 250);
  setInterval(look, POLL_MS);
  readAt = performance.now();
  listen();
})();
