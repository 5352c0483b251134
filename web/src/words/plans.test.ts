import { describe, expect, it } from "vitest";

import { doesSomething, figures, holds, type PlannedItem } from "./plans";

const ends = { a: "ghl", b: "insightly" };

const item: PlannedItem = {
  id: 1,
  what: "update",
  record: "Anna Doe",
  a: "1",
  b: "2",
  changes: [
    { field: "city", side: "b", before: "Old, Town", after: "=SUM(1)", why: "changed there only" },
    { field: "tags", side: "b", before: [], after: ["vip", "lead"], why: "added there" },
  ],
};

describe("plans", () => {
  it("tells its counts in words and leaves out what is nought", () => {
    expect(figures({ to_create_b: 1200, to_update: 0, reviews: 1 }, ends)).toEqual([
      { label: "to create in insightly", value: "1,200", what: "create" },
      { label: "for you to decide", value: "1", what: "review" },
    ]);
  });

  it("knows whether it does anything", () => {
    expect(doesSomething({ decided: 5, reviews: 1 })).toBe(false);
    expect(doesSomething({ matched: 1 })).toBe(true);
  });

  it("finds an item by its record, its field or a value", () => {
    expect(["anna", "city", "vip", "nobody"].map((words) => holds(item, words))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
