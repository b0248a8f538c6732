// SPDX-License-Identifier: MIT
// Follows the events of one sim through lost connections and servers that come back.

/// The server sends something at least every two seconds.
const SILENT_MS = 7000;
const RETRY_MS = 1000;

export class LiveStream {
  /// `onState(state)`: the whole state, after each event. `onConnection(kind, text)`: live or lost.
  constructor(url, onState, onConnection) {
    this.url = url;
    this.onState = onState;
    this.onConnection = onConnection;
    this.state = null;
    this.open();
    setInterval(() => this.watch(), 1000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.watch(); });
  }

  open() {
    this.heard = Date.now();
    this.source = new EventSource(this.url);
    this.source.addEventListener("whole", (event) => this.take(event, true));
    this.source.addEventListener("change", (event) => this.take(event, false));
    this.source.addEventListener("beat", () => this.hear());
    this.source.addEventListener("error", () => this.lose());
  }

  hear() {
    this.heard = Date.now();
    this.onConnection("live", "");
  }

  take(event, isWhole) {
    const news = JSON.parse(event.data);
    if (isWhole) this.state = { values: {}, absent: {}, cars: [] };
    const state = this.state;
    if (!state) return;
    for (const [name, value] of Object.entries(news)) {
      if (name !== "values" && name !== "absent") state[name] = value;
    }
    for (const [name, value] of Object.entries(news.values)) {
      state.values[name] = value;
      delete state.absent[name];
    }
    for (const [name, reason] of Object.entries(news.absent)) {
      state.absent[name] = reason;
      delete state.values[name];
    }
    this.hear();
    this.onState(state);
  }

  lose() {
    this.onConnection("lost", "connection lost, trying again");
    // After an answer that is no stream a browser gives up.
    if (this.source.readyState === EventSource.CLOSED) this.openLater();
  }

  openLater() {
    if (this.later) return;
    this.source.close();
    this.later = setTimeout(async () => {
      this.later = null;
      try {
        const answer = await fetch("/api/live", { cache: "no-store" });
        if (answer.status === 401)
          this.onConnection("lost", "the server has a new token: open the address that pitbridge serve shows");
      } catch {
        // It is not there yet.
      }
      this.open();
    }, RETRY_MS);
  }

  watch() {
    // A tablet that has left the network learns nothing of it.
    if (!this.later && Date.now() - this.heard > SILENT_MS) {
      this.onConnection("lost", "the server says nothing, trying again");
      this.openLater();
    }
  }
}
