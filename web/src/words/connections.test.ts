import { expect, test } from "vitest";

import { goesOn, standstill } from "./connections";

test("what goes on again is told after what was done, and nothing where nothing had stopped", () => {
  expect(goesOn("It works.", null)).toBe("It works.");
  expect(goesOn("It works.", { syncs: ["people"], flow_runs: 0 })).toBe(
    "It works. The sync people goes on by itself.",
  );
  expect(goesOn("It works.", { syncs: ["people", "tasks"], flow_runs: 1 })).toBe(
    "It works. These syncs go on by themselves: people, tasks. One run of a flow that waited for it goes on.",
  );
  expect(goesOn("It works.", { syncs: [], flow_runs: 12 })).toBe(
    "It works. 12 runs of flows that waited for it go on.",
  );
});

test("whoever has to do something about a stopped sync is told, and nobody else", () => {
  expect(standstill()).toBe("");
  expect(standstill({ state: "active", reason: null })).toBe("");
  expect(standstill({ state: "halted", reason: "connection_broken" })).toContain("goes on once");
  expect(standstill({ state: "halted", reason: "mass_change" })).toContain("let it go on");
});
