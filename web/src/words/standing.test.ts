import { describe, expect, it } from "vitest";

import type { Overview } from "../api/overview";
import type { Standing, Sync } from "../api/syncs";
import { standOf, verdictOf } from "./standing";

const sync = (changes: Partial<Sync> = {}): Sync => ({
  id: "syn_1",
  name: "contacts",
  records: "contact",
  a_connection: "a",
  b_connection: "b",
  state: "active",
  reason: null,
  why: null,
  every_seconds: 300,
  recipe: null,
  mapping: [],
  ...changes,
});

const standing = (changes: Partial<Standing> = {}): Standing => ({
  name: "contacts",
  state: "active",
  why: null,
  links: 2,
  records: { a: {}, b: {} },
  waiting: {},
  reads: "It looks every 5 minutes.",
  next_poll: null,
  latest_run: {
    id: "run_1",
    kind: "poll",
    state: "done",
    started_at: "2030-01-07T12:00:00Z",
    finished_at: null,
    person: null,
    plan: null,
    counts: {},
    said: null,
  },
  ...changes,
});

const told = (changes: Partial<Overview> = {}): Overview => ({
  syncs: [{ sync: sync(), standing: standing() }],
  flows: [],
  connections: [],
  alerts: [],
  waiting: 0,
  ...changes,
});

describe("one sentence", () => {
  it("says that everything is in step", () => {
    expect(verdictOf(told())).toEqual({ tone: "good", sentence: "Everything is in step." });
  });

  it("never says so of nothing, or of what is paused", () => {
    expect(verdictOf(told({ syncs: [] })).sentence).toBe("Nothing is set up yet.");
    const paused = [{ sync: sync({ state: "paused" }), standing: standing() }];
    expect(verdictOf(told({ syncs: paused })).tone).toBe("quiet");
  });

  it("says why a sync stopped before it says what waits", () => {
    const halted = [
      { sync: sync({ state: "halted", why: "Insightly has no contacts." }), standing: standing() },
    ];
    const verdict = verdictOf(told({ syncs: halted, waiting: 3 }));
    expect(verdict.tone).toBe("bad");
    expect(verdict.sentence).toContain("Insightly has no contacts.");
    expect(verdict.todo?.to).toBe("/syncs/contacts");
  });

  it("counts what waits for a person", () => {
    expect(verdictOf(told({ waiting: 1 })).sentence).toBe(
      "1 record waits for your decision; the rest is in step.",
    );
  });

  it("counts what was given up on", () => {
    const refused = [{ sync: sync(), standing: standing({ waiting: { failed: 2, ready: 1 } }) }];
    expect(verdictOf(told({ syncs: refused })).sentence).toBe("2 changes could not be written.");
    expect(standOf(sync(), refused[0]?.standing).word).toBe("Some were refused");
  });
});
