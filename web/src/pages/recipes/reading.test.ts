import { describe, expect, it } from "vitest";

import type { Recipe } from "../../api/recipes";
import { serves } from "./reading";

const recipe: Recipe = {
  id: "x",
  name: "Two-way work",
  apps: ["gohighlevel", "insightly"],
  kind: "sync",
  idea: false,
  what: "Keeps them equal.",
  trigger: "new",
  result: "mirrored",
  label: null,
  parts: [{ records: "task", direction: "both", optional: false }],
};

describe("what a recipe serves", () => {
  it("follows from its words and from what its syncs carry", () => {
    expect(serves(recipe, "tasks")).toBe(true);
    expect(serves(recipe, "notes")).toBe(false);
    expect(serves({ ...recipe, result: "a note for each" }, "notes")).toBe(true);
    expect(serves(recipe, "")).toBe(true);
  });
});
