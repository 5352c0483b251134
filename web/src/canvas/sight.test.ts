import { describe, expect, it } from "vitest";

import { allSteps, type FlowDocument } from "./flow";
import { begun, changed } from "./history";
import { lineDiff } from "./lines";
import { FLOW } from "./sample";
import { before, isWithinEach, leaves, standIn } from "./sight";

const ids = (place: string) => before(FLOW, place).map((each) => each.id);

describe("what a step can read", () => {
  it("is what was done before it on its way", () => {
    expect(ids("steps[1]")).toEqual([]);
    expect(ids("steps[2].ways[2].steps[2]")).toEqual(["first", "other"]);
    expect(ids("steps[3].steps[1]")).toEqual([...["first", "kind", "vip", "other", "more"]]);
  });

  it("is the item, too, within a for-each", () => {
    expect(isWithinEach(FLOW, "steps[3].steps[1]")).toBe(true);
    expect(isWithinEach(FLOW, "steps[2].ways[1].steps[1]")).toBe(false);
  });

  it("is written as a path that a template takes", () => {
    const found = leaves("trigger", { id: "c1", "Policy no": 7, tags: [{ name: "vip" }] }, "start");
    expect(found.map((each) => each.path)).toEqual([
      "trigger",
      "trigger.id",
      'trigger["Policy no"]',
      "trigger.tags",
      "trigger.tags[0]",
      "trigger.tags[0].name",
    ]);
  });

  it("is asked by a flow in which the chosen step works values out, without unfinished ones", () => {
    const unfinished: FlowDocument = {
      ...FLOW,
      steps: [{ id: "call", kind: "action", connection: "", operation: "" }, ...FLOW.steps],
    };
    const asked = standIn(unfinished, "steps[3].ways[1].steps[1]", { item: "{{item}}" });
    const steps = allSteps(asked.steps).map((each) => each.step);
    expect(steps.map((each) => each.id)).toEqual([
      ...["first", "kind", "vip", "other", "more", "people", "person"],
    ]);
    expect(steps[2]).toEqual({ id: "vip", kind: "set_values", values: { item: "{{item}}" } });
  });
});

describe("undo and redo", () => {
  it("go back and forth, and a new change forgets what was undone", () => {
    let history = begun("a");
    history = changed(history, { do: "set", to: "b" });
    history = changed(history, { do: "set", to: "c" });
    history = changed(history, { do: "undo" });
    expect(history.now).toBe("b");
    expect(changed(history, { do: "redo" }).now).toBe("c");
    history = changed(history, { do: "set", to: "d" });
    expect(changed(history, { do: "redo" }).now).toBe("d");
    expect(changed(changed(history, { do: "undo" }), { do: "undo" }).now).toBe("a");
  });

  it("take typing in one field as one change", () => {
    let history = begun("");
    for (const to of ["H", "He", "Hey"])
      history = changed(history, { do: "set", to, tag: "title" });
    history = changed(history, { do: "set", to: "Hey!", tag: "other" });
    history = changed(history, { do: "undo" });
    expect(history.now).toBe("Hey");
    expect(changed(history, { do: "undo" }).now).toBe("");
  });
});

describe("two versions line by line", () => {
  it("keep what both have and say what went and came", () => {
    expect(lineDiff("a\nb\nc", "a\nx\nc\nd").map((each) => each.sign + each.text)).toEqual([
      ...[" a", "-b", "+x", " c", "+d"],
    ]);
  });
});
