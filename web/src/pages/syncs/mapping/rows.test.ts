import { describe, expect, it } from "vitest";

import {
  changed,
  type FieldShown,
  joined,
  obstacle,
  readLines,
  transformed,
  transformOf,
  without,
} from "./rows";

const field = (name: string, changes: Partial<FieldShown> = {}): FieldShown => ({
  name,
  type: "text",
  readonly: false,
  identity: null,
  custom: false,
  samples: [],
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

  it("keep a transform that cannot be shown as one word", () => {
    const own = readLines([{ a: "ref", b: "ref", to_b: ["upper", { prefix: "AU-" }] }])[0];
    if (!own) throw new Error("there is one line");
    expect(transformOf(own)).toBe("own");
    expect(transformed(own, "own")).toBe(own);
    expect(transformed(own, "none")).not.toHaveProperty("to_b");
    expect(transformed(own, "to_a:lower").to_a).toEqual(["lower"]);
  });
});
