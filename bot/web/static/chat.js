"use strict";
{
  const HOUR_MS = 3600e3;
  const MOST_KEPT = 200;
  const LINK = /(https:\/\/[^\s<>"]+[^\s<>".,;:!?'»)\]])/;

  // randomUUID is there on https only
  const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36).padStart(7, "0")).join("-");
  const backOffMs = (misses) => Math.min(30, 0.5 * 2 ** misses) * 1000 * (0.8 + Math.random() * 0.4);
  const isUnsent = (message) => message.state === "queued" || message.state === "old";

  /** Session, queue and stream, for a `view` that shows them. Kept per tab: each is a chat of its own and survives a reload. */
  class Talk {
    constructor(view, { base = "", language = "en", key = "chat", continues }) {
      Object.assign(this, { view, base, language, key });
      this.kept = { token: "", cursor: 0, said: [], draft: "" };
      try {
        Object.assign(this.kept, JSON.parse(sessionStorage.getItem(key)));
      } catch {
        // no storage: the chat lasts as long as the page
      }
      // begun by form, before this script was there: only the cookie knows that chat
      this.continues = continues && !this.kept.token;
      this.naps = [];
      this.misses = 0;
      this.sendTrouble = this.hearTrouble = "";
      this.pollUntil = 0;
      this.lastByte = 0;
    }

    save() {
      this.kept.said = this.kept.said.slice(-MOST_KEPT);
      try {
        sessionStorage.setItem(this.key, JSON.stringify(this.kept));
      } catch {
        // as above
      }
    }

    // --- saying ---

    say(text, choice) {
      const { language } = this;
      this.add({ id: newId(), who: "voter", text, choice, language, at: Date.now(), state: "queued" });
      this.send();
    }

    retry(message) {
      message.at = Date.now();
      this.mark(message, "queued");
      this.send();
    }

    drop(message) {
      this.kept.said = this.kept.said.filter((one) => one !== message);
      this.save();
      this.view.removed(message);
      this.send();
    }

    async send() {
      if (this.isSending) return; // two senders would overtake one another
      this.isSending = true;
      for (;;) {
        const next = this.kept.said.find(isUnsent);
        if (!next && !this.continues) break;
        if (next && Date.now() - next.at > HOUR_MS) this.mark(next, "old");
        if (next?.state === "old") break;
        const pauseMs = await this.attempt(next);
        if (pauseMs) await this.nap(pauseMs);
      }
      this.isSending = false;
    }

    /** Open a session, or send `next` with it; return how long to pause then. */
    async attempt(next) {
      let answer;
      const { token, cursor } = this.kept;
      try {
        answer = token ? await this.ask("/chat/messages", next) : await this.open();
      } catch {
        this.tell({ sendTrouble: "offline" });
        return backOffMs(this.misses++);
      }
      const { status } = answer;
      if (token && status === 401) {
        this.forget(token);
        return this.misses++ && backOffMs(this.misses);
      }
      if (token ? status === 408 || status === 429 || status >= 500 : status !== 201) {
        this.tell({ sendTrouble: "busy" });
        return answer.pauseMs || backOffMs(this.misses++);
      }
      this.tell({ sendTrouble: "" });
      if (token) {
        this.misses = 0;
        this.mark(next, status === 202 ? "sent" : "failed");
        if (status === 202 && cursor === this.kept.cursor) this.expect();
      }
      this.listen();
      return 0;
    }

    async open() {
      const opened = await this.ask(`/chat/session${this.continues ? "?continue=1" : ""}`, {});
      if (opened.status !== 201) return opened;
      const { token } = opened.body;
      if (this.continues) {
        const history = await this.ask("/chat/messages", null, token);
        if (history.status !== 200) return history;
        this.continues = false;
        this.kept.said = history.body.messages
          .map((line) => ({ ...line, id: line.client_id || line.id || newId() }))
          .concat(this.kept.said.filter((mine) => !history.body.messages.some((line) => line.client_id === mine.id)));
        this.kept.cursor = history.body.cursor;
        this.view.refilled();
      }
      this.kept.token = token;
      this.save();
      return opened;
    }

    /** Forget a session that has run out, unless another has taken its place meanwhile. */
    forget(token) {
      if (this.kept.token !== token) return;
      Object.assign(this.kept, { token: "", cursor: 0 });
      this.ear?.abort();
      const { said } = this.kept;
      const at = said.findIndex(isUnsent);
      const before = at < 0 ? said : said.slice(0, at);
      if (before.length && before[before.length - 1].who !== "note") {
        said.splice(before.length, 0, { id: newId(), who: "note", text: "restarted" });
      }
      this.save();
      this.view.refilled();
    }

    /** Expect an answer; if none is heard soon, look: a wake-up may be lost, or held back by a proxy. */
    expect() {
      const { cursor, said } = this.kept;
      const answered = said.filter(({ who }) => who !== "voter").pop();
      this.view.expecting(answered?.who !== "person");
      clearTimeout(this.peek);
      this.peek = setTimeout(() => cursor === this.kept.cursor && this.poll(0).catch(() => {}), 2000);
    }

    // --- hearing ---

    async listen() {
      if (this.isListening) return;
      this.isListening = true;
      let misses = 0;
      while (this.kept.token) {
        let pauseMs;
        try {
          pauseMs = Date.now() < this.pollUntil ? await this.poll(25) : await this.stream();
          misses = 0;
          this.tell({ hearTrouble: "" });
        } catch {
          pauseMs = backOffMs(misses);
          misses += 1;
          if (misses > 1) this.tell({ hearTrouble: "offline" });
        }
        if (pauseMs && this.kept.token) await this.nap(pauseMs);
      }
      this.isListening = false;
    }

    async stream() {
      const ear = (this.ear = new AbortController());
      this.lastByte = Date.now();
      const { token, cursor } = this.kept;
      let watch = setTimeout(() => ear.abort(), 20e3);
      try {
        const answer = await this.fetch(`/chat/events?after=${cursor}`, null, token, ear);
        if (answer.status === 401) return this.forget(token);
        if (answer.status === 503) this.pollUntil = Date.now() + 60e3;
        if (answer.status === 503) return 0;
        if (!answer.ok) throw answer.status;
        const reader = answer.body.getReader();
        const decoder = new TextDecoder();
        let rest = "";
        let isFirst = true;
        for (;;) {
          clearTimeout(watch);
          watch = setTimeout(() => {
            // some proxy collects the stream before it hands it on
            if (isFirst) this.pollUntil = Date.now() + 300e3;
            ear.abort();
          }, isFirst ? 10e3 : 40e3);
          const { value, done } = await reader.read();
          if (done) return 500 + Math.random() * 1500;
          if (isFirst) this.tell({ hearTrouble: "" });
          isFirst = false;
          this.lastByte = Date.now();
          const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
          rest = events.pop();
          for (const event of events) this.hear(JSON.parse(/^data:(.*)$/m.exec(event)?.[1] || "{}"));
        }
      } finally {
        clearTimeout(watch);
        ear.abort();
      }
    }

    async poll(waitS) {
      const { token, cursor } = this.kept;
      const began = Date.now();
      const answer = await this.ask(`/chat/events?after=${cursor}&wait=${waitS}`, null, token, waitS);
      if (answer.status === 401) this.forget(token);
      else answer.body.messages.forEach((message) => this.hear(message)); // throws where there is no body
      // with every stream taken the server answers at once
      return cursor === this.kept.cursor && Date.now() - began < 3000 ? 3000 : 0;
    }

    hear(found) {
      const { id, who, name, text, language, buttons } = found;
      if (!(id > this.kept.cursor)) return;
      this.kept.cursor = id;
      if (typeof text !== "string") return;
      this.add({ id, who: who === "bot" ? who : "person", name, text, language, buttons });
      this.view.expecting(false);
    }

    // --- small things ---

    fetch(path, body, token, { signal }) {
      return fetch(this.base + path, {
        method: body ? "POST" : "GET",
        body,
        headers: token ? { Authorization: `Bearer ${token}` } : {},
        signal,
        cache: "no-store",
      });
    }

    /** Return an answer's status, body and wish to pause; throw if none comes in time. A `message` is posted. */
    async ask(path, message, token = this.kept.token, waitS = 0) {
      const ear = new AbortController();
      const timer = setTimeout(() => ear.abort(), (20 + waitS) * 1000);
      try {
        const body = message && JSON.stringify(message, ["id", "text", "choice", "language"]);
        const answer = await this.fetch(path, body, token, ear);
        const pauseMs = Math.min(60, Number(answer.headers.get("Retry-After")) || 0) * 1000 * (1 + Math.random() * 0.2);
        return { status: answer.status, pauseMs, body: answer.ok && (await answer.json()) };
      } finally {
        clearTimeout(timer);
      }
    }

    add(message) {
      this.kept.said.push(message);
      this.save();
      this.view.added(message);
    }

    mark(message, state) {
      message.state = state;
      this.save();
      this.view.changed(message);
    }

    tell(news) {
      Object.assign(this, news);
      this.trouble = navigator.onLine === false ? "offline" : this.sendTrouble || this.hearTrouble;
      this.view.troubled(this.trouble);
      this.kept.said.filter(isUnsent).forEach((message) => this.view.changed(message));
    }

    nap(ms) {
      return new Promise((done) => {
        setTimeout(done, ms);
        this.naps.push(done);
      });
    }

    /** Try all again now: the network is back, or somebody looks at the page. */
    wake(isBack) {
      // a phone that slept or changed networks has a stream that only looks alive
      if (isBack || Date.now() - this.lastByte > 20e3) this.ear?.abort();
      this.naps.splice(0).forEach((done) => done());
    }
  }

  /** The chat as it is seen, inside `root`. */
  class Chat {
    constructor(root, words, options) {
      this.words = words;
      for (const part of ["scroller", "past", "fresh", "typing", "status", "down", "left", "form"]) {
        this[part] = root.querySelector(`.${part}`);
      }
      this.field = this.form.elements.text;
      this.rows = new Map();
      this.talk = new Talk(this, { ...options, continues: this.past.children.length > 0 });
      root.querySelector(".refresh")?.remove();
    }

    start() {
      const { form, field, down, talk } = this;
      form.onsubmit = (event) => {
        event.preventDefault();
        this.submit();
      };
      field.onkeydown = (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) form.onsubmit(event);
      };
      field.oninput = () => this.grow();
      down.onclick = () => {
        this.toEnd();
        field.focus();
      };
      addEventListener("scroll", () => this.isAtEnd() && (down.hidden = true), true);
      addEventListener("online", () => {
        talk.tell();
        talk.wake(true);
      });
      addEventListener("offline", () => talk.tell());
      document.addEventListener("visibilitychange", () => document.hidden || talk.wake());
      field.value = field.value || talk.kept.draft;
      field.required = false;
      if (!talk.continues) this.refilled();
      this.grow();
      talk.tell();
      talk.send();
      talk.listen();
    }

    submit() {
      const text = this.field.value.trim();
      this.field.focus();
      if (!text) return;
      this.field.value = "";
      this.grow();
      this.talk.say(text);
    }

    grow() {
      const { field, left } = this;
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight}px`;
      const room = field.maxLength - field.value.length;
      left.textContent = room > 200 ? "" : this.words.left.replace("{n}", room);
      this.talk.kept.draft = field.value;
      this.talk.save();
    }

    // --- what Talk tells ---

    /** Show all that was said, outside the live region: nobody wants it read out in bulk. */
    refilled() {
      this.rows.clear();
      this.last = null;
      this.past.replaceChildren();
      this.fresh.replaceChildren();
      const { said } = this.talk.kept;
      said.forEach((message) => this.append(message, this.past));
      if (said.length) this.toEnd();
    }

    added(message) {
      const follows = message.who === "voter" || this.isAtEnd();
      this.append(message, this.fresh);
      if (follows) this.toEnd();
      else this.down.hidden = false;
    }

    removed(message) {
      this.rows.get(message.id)?.remove();
    }

    changed(message) {
      const row = this.rows.get(message.id);
      if (!row) return;
      const { words, talk } = this;
      const { state } = message;
      const shown = state === "queued" && talk.trouble ? "waiting" : state;
      if (row.shown === shown) return;
      row.shown = shown;
      const act = (word, does) =>
        this.button(words[word], "", () => {
          this.hush();
          talk[does](message);
          this.field.focus();
        });
      const acts = { failed: [act("again", "retry")], old: [act("yes", "retry"), act("no", "drop")] };
      // only the newest says "Sent": a column of them says nothing
      if (shown === "sent") {
        this.newestSent?.querySelector(".state")?.replaceChildren();
        this.newestSent = row;
      }
      const label = row.querySelector(".state");
      label.className = `state ${shown}`;
      label.replaceChildren(words[shown], ...(acts[shown] || []));
      if (shown === "failed") this.status.textContent = words.notsent;
    }

    troubled(kind) {
      const before = this.trouble;
      this.trouble = kind;
      if (before === kind) return;
      this.status.className = `status ${kind}`;
      this.status.textContent = this.words[kind || (before === "offline" ? "online" : "")] || "";
      clearTimeout(this.calm);
      if (!kind) this.calm = setTimeout(() => this.hush(), 3000);
    }

    hush() {
      if (!this.trouble) this.status.textContent = "";
    }

    expecting(does) {
      const follows = this.isAtEnd();
      this.typing.hidden = !does;
      clearTimeout(this.dots);
      if (does) this.dots = setTimeout(() => this.expecting(false), 15e3);
      if (follows) this.toEnd();
    }

    // --- building ---

    make(tag, properties, ...children) {
      const node = Object.assign(document.createElement(tag), properties);
      node.append(...children);
      return node;
    }

    link(url, className, ...label) {
      return this.make("a", { href: url, className, target: "_blank", rel: "noopener" }, ...label);
    }

    append(message, list) {
      const { who, text, language, buttons = [] } = message;
      if (who === "note") {
        list.append(this.make("li", { className: "note" }, this.words[text]));
        this.last = null;
        return;
      }
      const name = message.name || this.words[who === "voter" ? "you" : who];
      const pieces = text.split(LINK).map((piece, at) => (at % 2 ? this.link(piece, "", ...this.breakable(piece)) : piece));
      const row = this.make(
        "li",
        { className: `message ${who}${this.last === name ? " goes-on" : ""}` },
        this.make("span", { className: "name" }, name),
        this.make("p", { className: "bubble" }, ...pieces),
      );
      if (language) row.lang = language;
      if (who === "voter") this.withdrawChoices();
      if (buttons.length) row.append(this.make("div", { className: "choices" }, ...buttons.map((one) => this.choice(one))));
      row.append(this.make("small", { className: "state", lang: this.talk.language }));
      this.last = name;
      this.rows.set(message.id, row);
      list.append(row);
      if (message.state) this.changed(message);
    }

    breakable(url) {
      return url.split("/").flatMap((step, at) => (at ? ["/", this.make("wbr"), step] : [step]));
    }

    button(label, className, does) {
      return this.make("button", { type: "button", className, onclick: does }, label);
    }

    choice({ label, choice, url }) {
      if (url) return this.link(url, "choice", label);
      return this.button(label, "choice", (event) => {
        this.talk.say(label, choice);
        // not after a touch: it would raise the screen's keyboard
        if (!event.detail || matchMedia("(pointer: fine)").matches) this.field.focus();
      });
    }

    withdrawChoices() {
      this.scroller.querySelectorAll("button.choice").forEach((button) => button.remove());
    }

    /** What scrolls: on a low screen the whole page. */
    get box() {
      return getComputedStyle(this.scroller).overflowY === "visible" ? document.scrollingElement : this.scroller;
    }

    isAtEnd() {
      const { scrollHeight, scrollTop, clientHeight } = this.box;
      return scrollHeight - scrollTop - clientHeight < 80;
    }

    toEnd() {
      this.down.hidden = true;
      this.box.scrollTop = this.box.scrollHeight;
    }
  }

  const page = document.getElementById("chat");
  if (page) new Chat(page, JSON.parse(page.dataset.words), { language: page.dataset.language }).start();
}
