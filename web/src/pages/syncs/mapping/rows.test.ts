import { describe, expect, it } from "vitest";

import {
  atItsLine,
  changed,
  type FieldShown,
  joined,
  type MapLine,
  obstacle,
  readLines,
  stepsOf,
  turned,
  turningOf,
  unnamed,
  without,
  withSeen,
  withSteps,
  written,
} from "./rows";

const field = (name: string, changes: Partial<FieldShown> = {}): FieldShown => ({
  name,
  type: "text",
  readonly: false,
  identity: null,
  custom: false,
  samples: [],
  words: [],
  ...changes,
});

describe("the lines of a mapping", () => {
  it("are read with what a stored line leaves out", () => {
    expect(readLines([{ a: "city" }])).toEqual([
      { a: "city", b: "city", direction: "both", authority: "a", clears: false },
    ]);
  });

  it("join two fields the way both apps allow", () => {
    const readonly = field("made_at", { readonly: true });
    expect(joined([], field("city"), field("town"))[0]?.direction).toBe("both");
    expect(joined([], readonly, field("since"))[0]?.direction).toBe("to_b");
    expect(joined([], field("since"), readonly)[0]?.direction).toBe("to_a");
  });

  it("say why two fields do not go together", () => {
    expect(obstacle(field("city"), field("town"))).toBeNull();
    expect(obstacle(field("email", { type: "email" }), field("town"))).toContain(
      "an e-mail address",
    );
    const readonly = field("made_at", { readonly: true });
    expect(obstacle(readonly, readonly)).toBe("Both apps only let this be read.");
  });

  it("are taken away and changed by side A's field", () => {
    const lines = joined(joined([], field("city"), field("town")), field("zip"), field("code"));
    expect(without(lines, "city").map((each) => each.a)).toEqual(["zip"]);
    expect(changed(lines, "zip", { authority: "ask" })[1]?.authority).toBe("ask");
  });

  const line = (more: Partial<MapLine> = {}): MapLine => {
    const [found] = readLines([{ a: "ref", b: "ref", ...more }]);
    if (!found) throw new Error("there is one line");
    return found;
  };

  it("show stored steps and give them back the same", () => {
    const own = line({ to_b: ["upper", { prefix: "AU-" }] });
    expect(turningOf(own)).toBe("to_b");
    expect(stepsOf(own, "to_b")).toEqual({ tidying: "upper", prefix: "AU-", suffix: "" });
    expect(withSteps(own, "to_b", stepsOf(own, "to_b")).to_b).toEqual(own.to_b);
    expect(turned(own, "to_b")).toBe(own);
    expect(turned(own, "none")).not.toHaveProperty("to_b");
  });

  it("travel one way alone once something is done that nobody can take back", () => {
    const steps = { tidying: "", prefix: "AU-", suffix: "" };
    expect(withSteps(line({ to_b: [] }), "to_b", steps).direction).toBe("both");
    expect(withSteps(line({ to_b: [] }), "to_b", { ...steps, tidying: "lower" }).direction).toBe(
      "to_b",
    );
  });

  it("offer the words that were seen, each with its like on the other side", () => {
    const words = withSeen([["won", "Closed"]], ["Won", "open", "lost"], ["Open", "Gone"]);
    expect(words).toEqual([
      ["won", "Closed"],
      ["open", "Open"],
      ["lost", ""],
    ]);
    expect(unnamed(words, ["Open", "Gone"])).toEqual(["Gone"]);
  });

  it("are sent without what is empty or unfinished", () => {
    const [sent] = written([
      line({
        value_map: [
          ["a", "b"],
          ["", ""],
        ],
        unknown: "drop",
      }),
    ]);
    expect(sent).toMatchObject({ value_map: [["a", "b"]], unknown: "drop" });
    expect(written([turned(line(), "value_map")])[0]).not.toHaveProperty("unknown");
    expect(written([turned(line(), "to_a")])[0]).not.toHaveProperty("to_a");
  });

  it("hear what is wrong with them as of themselves", () => {
    expect(atItsLine("Row 3 of the mapping travels both ways.")).toBe(
      "This line travels both ways.",
    );
    expect(atItsLine("Row 3 of the mapping: It is never read.")).toBe("It is never read.");
  });
});
