import { describe, expect, it } from "vitest";

import { differences } from "./attempts";

describe("what differs between two attempts", () => {
  it("is told place by place, as deep as it lies", () => {
    const before = { to: "ann", lines: [{ n: 1 }, { n: 2 }], gone: true };
    const after = { to: "bob", lines: [{ n: 1 }, { n: 3 }], fresh: null };
    expect(differences(before, after)).toEqual([
      { place: "to", before: "ann", after: "bob" },
      { place: "lines.1.n", before: 2, after: 3 },
      { place: "fresh", before: undefined, after: null },
      { place: "gone", before: true, after: undefined },
    ]);
  });

  it("is nothing where both are the same", () => {
    expect(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([]);
  });

  it("is the whole where one is of another kind", () => {
    expect(differences(null, { a: 1 })).toEqual([{ place: "", before: null, after: { a: 1 } }]);
    expect(differences([1], { 0: 1 })).toEqual([{ place: "", before: [1], after: { 0: 1 } }]);
  });
});
