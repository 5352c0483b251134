import { describe, expect, it } from "vitest";

import { doesSomething, figures } from "./plans";

const ends = { a: "ghl", b: "insightly" };

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
});
