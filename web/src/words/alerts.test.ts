import { describe, expect, it } from "vitest";

import type { Rule } from "../api/alerts";
import { placeOf, ruleTold } from "./alerts";

const rule: Rule = {
  kind: "delay",
  on: true,
  threshold: 30,
  unit: "minutes",
  deliver: "at_once",
  at: "08:00",
  zone: "UTC",
  remind_hours: 24,
  channels: [],
};

describe("a rule of alerts", () => {
  it("says when and to whom", () => {
    expect(ruleTold(rule)).toBe(
      "It is told to every channel at once, again every 24 hours while it lasts, and once more when it is over.",
    );
    expect(
      ruleTold({ ...rule, deliver: "daily", channels: ["ops", "boss"], remind_hours: 0 }),
    ).toBe("It is told to ops, boss once a day at 08:00 (UTC), and once more when it is over.");
    expect(ruleTold({ ...rule, on: false })).toBe("It is not told.");
  });
});

describe("what is in trouble", () => {
  it("is shown at its own page, if it has one", () => {
    const of = (what: string) => placeOf({ subject: { what, id: "x", name: "a b" } });
    expect([of("sync"), of("channel")]).toEqual(["/syncs/a%20b", undefined]);
  });
});
