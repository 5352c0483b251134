import { describe, expect, it } from "vitest";

import type { Entry } from "../api/activity";
import { changedFields, changeSaid, differences, entrySaid } from "./audit";

const change = { noun: "sync", id: "syn_1", name: "people", rows: null, more: null };
const cadence = { ...change, before: { every_seconds: 60 }, after: { every_seconds: 120 } };
const entry: Entry = {
  number: 1,
  at: "2026-01-31T08:00:00Z",
  actor: "ann",
  actor_kind: "user",
  origin: "127.0.0.1",
  act: "syncs update",
  noun: "sync",
  object: "people",
  object_id: "syn_1",
  changes: [cadence],
  digest: "d",
};

describe("an entry of the audit log", () => {
  it("says what somebody did, by name", () => {
    expect(entrySaid(entry)).toBe("Changed the sync people");
    expect(entrySaid({ ...entry, act: "syncs pause" })).toBe("Paused the sync people");
    expect(entrySaid({ ...entry, act: "sign in" })).toBe("Signed in");
    const made = { ...change, before: null, after: { name: "robot" } };
    expect(entrySaid({ ...entry, noun: "token", object: "robot", changes: [made] })).toBe(
      "Made the API token robot",
    );
  });

  it("names the fields that differ", () => {
    expect(changedFields(entry)).toBe("How often");
    expect(differences(cadence)).toEqual([
      { field: "How often", before: "every minute", after: "every 2 minutes" },
    ]);
  });

  it("shows inside of lists and objects only what differs", () => {
    const mapping = (direction: string) => ({
      mapping: [{ a: "city", direction }, { a: "email" }],
    });
    const told = differences({ ...change, before: mapping("both"), after: mapping("to_a") });
    expect(told).toEqual([{ field: "Mapping · 1 · Direction", before: "both", after: "to_a" }]);
  });

  it("shows moments as moments, and leaves out what never was anything", () => {
    const made = {
      ...change,
      before: null,
      after: { due_at: null, created_at: 1_769_846_400_000 },
    };
    const [only, ...others] = differences(made);
    expect([only?.field, only?.before, others]).toEqual(["Created at", null, []]);
    expect(only?.after).toContain("2026");
  });

  it("counts what is not told row by row", () => {
    expect(changeSaid({ noun: "write", rows: 3 })).toBe("3 writes");
    expect(changeSaid({ more: 2 })).toBe("and 2 more objects");
    expect(changeSaid({ ...change, before: {}, after: null })).toBe(
      "The sync people was taken away",
    );
  });
});
