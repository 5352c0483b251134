import { describe, expect, it } from "vitest";

import {
  brakesTold,
  itemOf,
  overOf,
  phasesOf,
  replayStand,
  stepName,
  whatCame,
  wroteSomething,
} from "./runs";

const ends = { a: "ghl", b: "insightly" };

describe("what a run came to", () => {
  it("is told in one sentence", () => {
    const counts = { created_a: 1, updated_a: 1, updated_b: 2, decided: 9 };
    expect(whatCame({ counts, said: null })).toBe("1 record created, 3 changed");
    expect(whatCame({ counts: { decided: 9 }, said: null })).toBe("Nothing had to be changed.");
    expect(whatCame({ counts, said: "It stopped." })).toBe("It stopped.");
  });

  it("is told phase by phase, without what did not happen", () => {
    const counts = { pages_a: 1, read_a: 1200, decided: 3, updated_b: 3 };
    expect(phasesOf(counts, ends)).toEqual([
      { title: "Read both apps", lines: ["1,200 read in ghl"] },
      { title: "Compared and decided", lines: ["3 looked at"] },
      { title: "Wrote", lines: ["3 changed in insightly"] },
    ]);
  });

  it("can be taken back only where it is over and wrote something", () => {
    expect(wroteSomething({ counts: { updated_b: 1 }, state: "done" })).toBe(true);
    expect(wroteSomething({ counts: { updated_b: 1 }, state: "running" })).toBe(false);
    expect(wroteSomething({ counts: { read_a: 9 }, state: "done" })).toBe(false);
  });
});

describe("a replay", () => {
  it("says how many of its runs are over, and whether some failed again", () => {
    expect(overOf({ done: 3, dead: 1, ready: 5, waiting: 1 })).toBe(4);
    expect(replayStand({ state: "going", runs: { dead: 1 } }).word).toBe("Under way");
    expect(replayStand({ state: "done", runs: { done: 3, dead: 1 } }).tone).toBe("care");
    expect(replayStand({ state: "done", runs: { done: 3 } }).word).toBe("Done");
  });
});

describe("a step of a run", () => {
  it("has its title, or the name of its place", () => {
    expect(stepName({ title: "Greet", place: "greet" })).toBe("Greet");
    expect(stepName({ title: null, place: "each[2].create_note" })).toBe("Create note");
    expect([itemOf("each[2].create_note"), itemOf("create_note")]).toEqual(["item 2", ""]);
  });
});

describe("brakes", () => {
  it("are told in words", () => {
    expect(brakesTold({ min_changes: 100, max_share: 0.3 })).toBe(
      "A run of this sync may change 100 records, or 30 % of the linked ones if that is more.",
    );
  });
});
