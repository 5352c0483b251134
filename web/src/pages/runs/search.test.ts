import { describe, expect, it } from "vitest";

import { readRunSearch, spanOf } from "./search";

describe("the filters in the address of runs", () => {
  it("are read as far as they are known", () => {
    const read = readRunSearch({
      kind: "flows",
      states: "dead",
      state: "nonsense",
      text: 12,
      from: "2026-02-30x",
    });
    expect(Object.fromEntries(Object.entries(read).filter(([, value]) => value))).toEqual({
      kind: "flows",
      states: "dead",
      text: "12",
    });
  });

  it("mean whole days where the reader is", () => {
    const { since, until } = spanOf({ from: "2026-01-31", to: "2026-01-31" });
    expect(new Date(since ?? "").getHours()).toBe(0);
    expect(new Date(until ?? "").getDate()).toBe(1);
    expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(86_400_000);
    expect(spanOf({})).toEqual({ since: undefined, until: undefined });
  });
});
