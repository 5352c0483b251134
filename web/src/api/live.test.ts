import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Asker, Listening } from "./live";
import { isLive } from "./liveness";
import { every, LIVE, type Noun, queries } from "./queries";

class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    Stream.opened.push(this);
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }

  tell(id: string, ...changed: Noun[]): void {
    const data = JSON.stringify({ changed });
    this.dispatchEvent(new MessageEvent("news", { data, lastEventId: id }));
  }

  breakOff(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

const newest = () => Stream.opened.at(-1) as Stream;
const wait = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

function hide(isHidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

async function shown(name: string, of?: Noun[]): Promise<() => boolean> {
  await queries.fetchQuery({ queryKey: [name], queryFn: () => name, meta: { of } });
  return () => queries.getQueryCache().find({ queryKey: [name] })?.state.isInvalidated ?? false;
}

describe("the stream", () => {
  let listening: Listening;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Stream);
    Stream.opened = [];
    listening = new Listening();
    listening.begin();
  });

  afterEach(() => {
    listening.end();
    queries.clear();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("is opened once the page is quiet, and then it is asked rarely", async () => {
    expect(Stream.opened).toHaveLength(0);
    await wait(1_000);
    newest().tell("a");
    expect(isLive()).toBe(true);
    expect(every()).toBeGreaterThan(LIVE);
  });

  it("has what it tells of asked for again, and nothing else", async () => {
    await wait(1_000);
    newest().tell("a");
    await wait(1_000);
    const [runs, people] = [await shown("runs", ["run", "sync"]), await shown("people")];
    const alerts = await shown("alerts", ["alert"]);
    newest().tell("b", "run");
    expect([runs(), alerts(), people()]).toEqual([true, false, false]);
  });

  it("is left while nobody looks, and comes back with what was heard last", async () => {
    await wait(1_000);
    newest().tell("a.1");
    hide(true);
    expect(newest().readyState).toBe(Stream.CLOSED);
    await wait(600_000);
    expect(Stream.opened).toHaveLength(1);
    hide(false);
    expect(newest().url).toBe("/api/live?last=a.1");
  });

  it("tells of a break only if it lasts, and then it is asked often", async () => {
    await wait(1_000);
    newest().tell("a");
    newest().breakOff(0);
    await wait(2_000);
    expect(isLive()).toBe(true);
    newest().tell("b");
    await wait(10_000);
    expect(isLive()).toBe(true);
    newest().breakOff(0);
    await wait(5_000);
    expect(isLive()).toBe(false);
    expect(every()).toBe(LIVE);
    newest().tell("c");
    expect(isLive()).toBe(true);
  });

  it("is tried again after a refusal", async () => {
    await wait(1_000);
    newest().breakOff(Stream.CLOSED);
    await wait(14_000);
    expect(Stream.opened).toHaveLength(1);
    await wait(1_000);
    expect(Stream.opened).toHaveLength(2);
  });
});

describe("asking anew", () => {
  it("waits for its answers, and leaves nothing out that changed meanwhile", async () => {
    vi.useFakeTimers();
    const asked: string[][] = [];
    let answer = () => {};
    const asker = new Asker((nouns) => {
      asked.push([...nouns]);
      return new Promise((resolve) => (answer = resolve));
    });
    void asker.add(["run"]);
    void asker.add(["record"]);
    void asker.add(["run", "sync"]);
    await wait(10_000);
    expect(asked).toEqual([["run"]]);
    answer();
    await wait(1_000);
    expect(asked).toEqual([["run"], ["record", "run", "sync"]]);
    vi.useRealTimers();
  });
});
