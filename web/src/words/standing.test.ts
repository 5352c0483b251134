import { describe, expect, it } from "vitest";

import type { Standing } from "../api/syncs";
import { standOf } from "./standing";

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

describe("how a sync stands", () => {
  it("is told in a word", () => {
    expect(standOf({ state: "active" }, standing()).word).toBe("In step");
    expect(standOf({ state: "paused" }, standing()).tone).toBe("quiet");
  });

  it("says what was given up on", () => {
    const refused = standing({ waiting: { failed: 2, ready: 1 } });
    expect(standOf({ state: "active" }, refused).word).toBe("Some were refused");
  });
});
