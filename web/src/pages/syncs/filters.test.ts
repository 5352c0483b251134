import { describe, expect, it } from "vitest";

import { groupOf, readFilter } from "./filters";

describe("a filter", () => {
  const stored = {
    any: [
      { field: "tags", operator: "contains", value: "vip" },
      { field: "business_id", operator: "eq", value: "b1", words: "business is Acme" },
    ],
  };

  it("comes back as it was where nothing was changed", () => {
    const read = readFilter(stored);
    expect(read && groupOf(read.word, read.rows)).toEqual(stored);
  });

  it("is nobody's where it has no rows", () => {
    expect(readFilter(null)).toEqual({ word: "all", rows: [] });
    expect(groupOf("all", [])).toBeNull();
  });

  it("is not shown as rows where it nests", () => {
    expect(readFilter({ all: [{ any: [] }] })).toBeNull();
  });

  it("splits what is one of several", () => {
    const row = { field: "state", operator: "in", value: "TX, CA ," };
    expect(groupOf("all", [row])).toEqual({
      all: [{ field: "state", operator: "in", value: ["TX", "CA"] }],
    });
  });

  it("tells an empty field from a filled one", () => {
    const empty = { all: [{ field: "email", operator: "exists", value: false }] };
    const read = readFilter(empty);
    expect(read?.rows[0]?.operator).toBe("empty");
    expect(groupOf("all", [{ field: "email", operator: "empty", value: "" }])).toEqual(empty);
  });

  it("forgets the words of a row that was changed", () => {
    const read = readFilter(stored);
    const row = read?.rows[1];
    if (!row) throw new Error("there are two rows");
    expect(groupOf("all", [{ ...row, value: "b2" }])).toEqual({
      all: [{ field: "business_id", operator: "eq", value: "b2" }],
    });
  });
});
