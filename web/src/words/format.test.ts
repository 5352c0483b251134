import { describe, expect, it } from "vitest";

import { count, formatAgo, formatDuration, formatEvery, formatValue } from "./format";

describe("times and numbers", () => {
  const now = Date.parse("2030-01-07T12:00:00Z");

  it.each([
    ["2030-01-07T11:59:50Z", "just now"],
    ["2030-01-07T11:55:00Z", "5 minutes ago"],
    ["2030-01-07T09:00:00Z", "3 hours ago"],
    ["2030-01-05T12:00:00Z", "2 days ago"],
    ["2030-01-07T12:10:00Z", "in 10 minutes"],
  ])("tells how long ago %s is", (iso, told) => {
    expect(formatAgo(iso, now)).toBe(told);
  });

  it.each([
    [400, "0.4 s"],
    [45_000, "45 s"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
    [-5, "0 s"],
  ])("tells %d milliseconds", (milliseconds, told) => {
    expect(formatDuration(milliseconds)).toBe(told);
  });

  it("counts in singular and plural", () => {
    expect([count(1, "contact"), count(1200, "contact"), count(2, "person", "people")]).toEqual([
      "1 contact",
      "1,200 contacts",
      "2 people",
    ]);
  });

  it("says how often a sync looks", () => {
    expect([formatEvery(60), formatEvery(300)]).toEqual(["every minute", "every 5 minutes"]);
  });

  it.each([
    [null, "empty"],
    ["", "empty"],
    [[], "empty"],
    [["vip", "lead"], "vip, lead"],
    [true, "yes"],
    ["Anna", "Anna"],
  ])("says the value %j", (value, told) => {
    expect(formatValue(value)).toBe(told);
  });
});
