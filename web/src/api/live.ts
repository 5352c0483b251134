// One stream for the whole app tells which nouns changed; what shows them is asked for again.
import { useEffect } from "react";

import { setLiveness } from "./liveness";
import { type Noun, queries } from "./queries";

const PATH = "/api/live";

/** A browser opens six connections to a server: the stream takes one once the page has its own. */
const QUIET = 1_000;

/** So long a stream may be away before anybody is told: it ends now and then and comes back. */
const PATIENCE = 5_000;

/** After a refusal, such as too many pages at once, it is asked again this much later. */
const AGAIN = 15_000;

/** What changes again and again, such as a long run, is asked for this often at most. */
const PAUSE = 1_000;

const pause = (milliseconds: number) =>
  new Promise((resolve) => window.setTimeout(resolve, milliseconds));

/** Ask anew for what shows these nouns, one time after the other, so that answers keep up. */
export class Asker {
  private wanted = new Set<string>();
  private isAsking = false;

  constructor(private readonly ask: (nouns: Set<string>) => Promise<void>) {}

  async add(nouns: string[]): Promise<void> {
    for (const each of nouns) this.wanted.add(each);
    if (this.isAsking) return;
    this.isAsking = true;
    while (this.wanted.size > 0) {
      const nouns = this.wanted;
      this.wanted = new Set();
      await this.ask(nouns);
      await pause(PAUSE);
    }
    this.isAsking = false;
  }
}

const shows = (meta: { of?: readonly Noun[] } | undefined, nouns: Set<string>) =>
  meta?.of?.some((each) => nouns.has(each)) ?? false;

const askAnew = (nouns: Set<string>) =>
  queries.invalidateQueries({ predicate: ({ meta }) => shows(meta, nouns) });

const askAll = () => queries.invalidateQueries({ predicate: ({ meta }) => meta?.of !== undefined });

/** Listens while the page is looked at, and comes back with what it heard last. */
export class Listening {
  private source: EventSource | null = null;
  private last: string | null = null;
  private timers = new Map<string, number>();
  private readonly asker = new Asker(askAnew);

  begin(): void {
    document.addEventListener("visibilitychange", this.look);
    this.after("open", QUIET, this.openOnceQuiet);
  }

  end(): void {
    document.removeEventListener("visibilitychange", this.look);
    this.close();
    setLiveness("opening");
  }

  private readonly look = () => {
    if (document.hidden) this.close();
    else if (this.source === null) this.openOnceQuiet();
  };

  private readonly openOnceQuiet = () => {
    if (document.hidden) return;
    if (queries.isFetching() > 0) this.after("open", QUIET / 4, this.openOnceQuiet);
    else this.open();
  };

  private open(): void {
    this.close();
    const since = this.last === null ? "" : `?last=${encodeURIComponent(this.last)}`;
    const source = new EventSource(`${PATH}${since}`);
    this.source = source;
    source.addEventListener("news", (event) => this.hear(event));
    source.addEventListener("error", () => {
      this.after("lose", PATIENCE, this.lose);
      // while it is connecting the browser comes back by itself
      if (source.readyState === EventSource.CLOSED) {
        this.source = null;
        this.after("open", AGAIN, this.openOnceQuiet);
      }
    });
  }

  private hear(event: MessageEvent<string>): void {
    this.stop("lose");
    setLiveness("live");
    const isFirst = this.last === null;
    this.last = event.lastEventId;
    const { changed } = JSON.parse(event.data) as { changed: string[] };
    // between the page's own questions and the first news anything may have changed
    if (isFirst) void askAll();
    else void this.asker.add(changed);
  }

  private readonly lose = () => {
    setLiveness("lost");
    void askAll();
  };

  private close(): void {
    this.source?.close();
    this.source = null;
    for (const each of [...this.timers.keys()]) this.stop(each);
  }

  private after(name: string, milliseconds: number, act: () => void): void {
    if (name === "lose" && this.timers.has(name)) return;
    this.stop(name);
    const then = () => {
      this.timers.delete(name);
      act();
    };
    this.timers.set(name, window.setTimeout(then, milliseconds));
  }

  private stop(name: string): void {
    window.clearTimeout(this.timers.get(name));
    this.timers.delete(name);
  }
}

/** Listen for as long as somebody is signed in. */
export function useLive(): void {
  useEffect(() => {
    const listening = new Listening();
    listening.begin();
    return () => listening.end();
  }, []);
}
