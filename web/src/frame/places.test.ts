import { describe, expect, it } from "vitest";

import { isClosed } from "./places";

const viewer = { change: false, admin: false };
const operator = { change: true, admin: false };
const admin = { change: true, admin: true };

describe("a page that is only there to change something", () => {
  it("is closed to viewers", () => {
    for (const path of [
      "/syncs/new",
      "/syncs/people/mapping",
      "/syncs/people/rules",
      "/flows/new",
      "/flows/thanks/build",
    ])
      expect([viewer, operator, admin].map((may) => isClosed(path, may))).toEqual([
        true,
        false,
        false,
      ]);
  });

  it("is closed to operators, too, where it lets an app in", () => {
    const told = [viewer, operator, admin].map((may) => isClosed("/connections/new", may));
    expect(told).toEqual([true, true, false]);
  });

  it("is not what everybody may look at", () => {
    for (const path of ["/", "/syncs", "/syncs/people", "/connections/ghl", "/settings"])
      expect(isClosed(path, viewer)).toBe(false);
  });
});
