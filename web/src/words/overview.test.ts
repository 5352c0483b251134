import { describe, expect, it } from "vitest";

import type { AlertTold } from "../api/alerts";
import type { ConnectionRow, FlowRow, Overview, SyncRow, Trouble } from "../api/overview";
import {
  dayWords,
  flowRowStand,
  mattersOf,
  overOf,
  quotaWords,
  syncStand,
  todoOf,
  verdictOf,
} from "./overview";

const NOON = "2030-01-07T12:00:00Z";
const DAY = Array.from({ length: 24 }, () => 0);

const trouble = (changes: Partial<Trouble> = {}): Trouble => ({
  kind: "connection",
  what: "connection",
  name: "crm",
  since: NOON,
  sentence: "Its app refuses it.",
  advice: "instep connect insightly --renew",
  ...changes,
});

const alert = (changes: Partial<AlertTold> = {}): AlertTold => ({
  id: "alr_1",
  kind: "connection",
  subject: { what: "connection", id: "con_1", name: "crm" },
  sentence: "Its app refuses it.",
  advice: "instep connect insightly --renew",
  since: NOON,
  opened_at: NOON,
  over_at: null,
  snoozed_until: null,
  acknowledged_by: null,
  ...changes,
});

const connection = (changes: Partial<ConnectionRow> = {}): ConnectionRow => ({
  id: "con_1",
  name: "crm",
  connector: "insightly",
  status: "active",
  problem: null,
  verified_at: NOON,
  expires_at: null,
  quota: null,
  syncs: ["people"],
  flows: ["welcome"],
  ...changes,
});

const sync = (changes: Partial<SyncRow> = {}): SyncRow => ({
  id: "syn_1",
  name: "people",
  kind: "contact",
  a: "ghl",
  b: "crm",
  state: "active",
  reason: null,
  sentence: null,
  every_seconds: 300,
  due_at: NOON,
  ok_at: NOON,
  running: null,
  running_kind: null,
  waiting: 0,
  failed: 0,
  review: 0,
  done: 0,
  per_hour: DAY,
  failed_per_hour: DAY,
  latency_ms: null,
  ...changes,
});

const flow = (changes: Partial<FlowRow> = {}): FlowRow => ({
  id: "flw_1",
  name: "welcome",
  title: null,
  state: "active",
  sentence: null,
  by_itself: false,
  failing_since: null,
  trigger: "poll",
  heard_at: NOON,
  trigger_problem: null,
  changed_at: NOON,
  ok_at: NOON,
  waiting: 0,
  failed: 0,
  done: 0,
  per_hour: DAY,
  failed_per_hour: DAY,
  latency_ms: null,
  ...changes,
});

const told = (changes: Partial<Overview> = {}): Overview => ({
  at: NOON,
  hours_from: NOON,
  state: "in_step",
  sentence: "Everything is in step.",
  since: null,
  advice: null,
  troubles: [],
  syncs: [sync()],
  flows: [],
  connections: [connection()],
  alerts: [],
  ...changes,
});

const inTrouble = (...troubles: Trouble[]) => told({ state: "trouble", troubles });

describe("one sentence", () => {
  it("says that everything is in step", () => {
    expect(verdictOf(told())).toEqual({ tone: "good", sentence: "Everything is in step." });
  });

  it("says what is not, since when, and what to do", () => {
    expect(verdictOf(inTrouble(trouble()))).toEqual({
      tone: "bad",
      sentence: "Not everything is in step: the connection crm: Its app refuses it.",
      since: NOON,
      todo: { label: "Connect it again", to: "/connections/crm" },
    });
  });

  it("counts what else there is, subject by subject, and leaves the ways out to the list", () => {
    const review = trouble({ kind: "review", what: "sync", name: "people", since: null });
    const failing = trouble({ kind: "failure", what: "flow", name: "welcome" });
    const verdict = verdictOf(inTrouble(failing, { ...failing, kind: "dead_letter" }, review));
    expect(verdict.sentence).toBe("Not everything is in step: the flow welcome and 1 other thing.");
    expect(verdict.todo).toBeUndefined();
  });

  it("is milder where only a decision is waited for", () => {
    const review = trouble({ kind: "review", what: "sync", name: "people", since: null });
    expect(verdictOf(inTrouble(review)).tone).toBe("care");
  });

  it("never says of nothing that it is in step", () => {
    const nothing = told({ state: "empty", sentence: "Connect an app.", syncs: [] });
    expect(verdictOf(nothing).sentence).toBe("Nothing is kept in step yet.");
  });
});

describe("what is the matter", () => {
  it("has its alert with it, and what is no trouble any more is told apart", () => {
    const over = alert({ id: "alr_2", kind: "delay" });
    const now = { troubles: [trouble()], alerts: [over, alert()] };
    expect(mattersOf(now)[0]?.troubles[0]?.alert?.id).toBe("alr_1");
    expect(overOf(now)).toEqual([over]);
  });

  it("leads to where something can be done", () => {
    expect(todoOf(trouble({ kind: "dead_letter", what: "flow", name: "welcome" }))).toMatchObject({
      to: "/runs",
      search: { flow: "welcome", states: "dead" },
    });
    expect(todoOf(trouble({ kind: "brake", what: "sync", name: "people" })).to).toBe(
      "/syncs/people",
    );
    expect(todoOf(trouble({ kind: "failure", what: "channel", name: "mail" })).to).toBe(
      "/settings",
    );
  });
});

describe("a sync or flow", () => {
  const broken = told({ connections: [connection({ status: "broken" })] });

  it("is never in step while it has no way to its app", () => {
    expect(syncStand(sync(), broken)).toEqual({ tone: "bad", word: "No way to crm" });
    expect(flowRowStand(flow(), broken).word).toBe("No way to crm");
    expect(syncStand(sync({ a: "x", b: "y" }), broken).word).toBe("In step");
  });

  it("is behind, refused or waits for a person, before it is in step", () => {
    const late = inTrouble(trouble({ kind: "delay", what: "sync", name: "people" }));
    expect(syncStand(sync(), late).word).toBe("Behind");
    expect(syncStand(sync({ failed: 1 }), told()).word).toBe("Some were refused");
    expect(syncStand(sync({ review: 1 }), told()).word).toBe("Needs your decision");
    expect(syncStand(sync({ ok_at: null }), told()).word).toBe("Not run yet");
  });

  it("says whether a person or the flow itself paused it", () => {
    expect(flowRowStand(flow({ state: "paused" }), told()).word).toBe("Paused");
    const itself = flow({ state: "paused", by_itself: true, failing_since: NOON });
    expect(flowRowStand(itself, told()).word).toBe("Paused itself");
  });
});

describe("figures", () => {
  it("of a day are summed up", () => {
    const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone: "UTC" });
    const done = [...DAY];
    done[2] = 5;
    expect(dayWords(done, DAY, NOON, clock)).toBe(
      "5 done in the last 24 hours, the most (5) in the hour from 14:00.",
    );
    expect(dayWords(DAY, done, NOON, clock)).toBe("Nothing done in the last 24 hours; 5 failed.");
  });

  it("of calls say what is left", () => {
    const quota = {
      at_once: 90,
      per_second: 10,
      daily: 1000,
      today: 900,
      reserve: 100,
      resets_at: null,
      paused_until: null,
    };
    expect(quotaWords(quota)).toBe("900 of 1,000 calls left today");
    expect(quotaWords({ ...quota, daily: null, today: null })).toContain("90 calls possible");
  });
});
