import { describe, expect, it } from "vitest";

import {
  freshId,
  inserted,
  made,
  moved,
  movedDown,
  movedUp,
  nameOf,
  removed,
  spotAfter,
} from "./edits";
import { allSteps, isShown, ownerOf, read, spotOf, stepAt } from "./flow";
import { FLOW, wait } from "./sample";

const order = (document: typeof FLOW) => allSteps(document.steps).map((each) => each.step.id);
const placeOf = (document: typeof FLOW, id: string) =>
  allSteps(document.steps).find((each) => each.step.id === id)?.place ?? "";

describe("places in a flow", () => {
  it("are written as the server writes them", () => {
    expect(allSteps(FLOW.steps).map((each) => each.place)).toEqual([
      "steps[1]",
      "steps[2]",
      "steps[2].ways[1].steps[1]",
      "steps[2].ways[2].steps[1]",
      "steps[2].ways[2].steps[2]",
      "steps[3]",
      "steps[3].steps[1]",
    ]);
  });

  it("lead back to what stands there", () => {
    for (const { step, place } of allSteps(FLOW.steps)) expect(read(FLOW, place)).toBe(step);
    expect(stepAt(FLOW, "steps[9].steps[1]")).toBeUndefined();
  });

  it.each([
    ["steps", null],
    ["steps[2].ways[1].steps", "steps[2]"],
    ["steps[2].otherwise", "steps[2]"],
    ["steps[2].ways[1].steps[3].steps", "steps[2].ways[1].steps[3]"],
  ])("know whose list %s is", (list, owner) => {
    expect(ownerOf(list)).toBe(owner);
  });

  it("are told apart from what no canvas can show", () => {
    expect(isShown(FLOW)).toBe(true);
    expect(isShown({ id: "x", trigger: {}, steps: [] })).toBe(false);
    expect(isShown({ ...FLOW, steps: [{ kind: "branch", ways: "none" }] })).toBe(false);
  });
});

describe("edits of a flow", () => {
  it("insert a step anywhere and leave the document before as it was", () => {
    const before = structuredClone(FLOW);
    const edited = inserted(FLOW, { list: "steps[2].otherwise", at: 0 }, wait("new"));
    expect(edited.place).toBe("steps[2].otherwise[1]");
    expect(read(edited.document, edited.place)).toEqual(wait("new"));
    expect(FLOW).toEqual(before);
  });

  it("choose what is next after a removal", () => {
    expect(removed(FLOW, "steps[1]").place).toBe("steps[1]");
    expect(removed(FLOW, "steps[3]").place).toBe("steps[2]");
    expect(removed(FLOW, "steps[3].steps[1]").place).toBe("steps[3]");
    expect(order(removed(FLOW, "steps[2]").document)).toEqual(["first", "people", "person"]);
  });

  it("move a step into a way that stands behind it, though all places shift", () => {
    const edited = moved(FLOW, "steps[1]", { list: "steps[2].ways[2].steps", at: 1 });
    expect(edited?.place).toBe("steps[1].ways[2].steps[2]");
    expect(edited && order(edited.document)).toEqual([
      "kind",
      "vip",
      "other",
      "first",
      "more",
      "people",
      "person",
    ]);
  });

  it("move no step into itself, nor to where it is", () => {
    expect(moved(FLOW, "steps[2]", { list: "steps[2].otherwise", at: 0 })).toBeNull();
    expect(moved(FLOW, "steps[2]", { list: "steps", at: 1 })).toBeNull();
    expect(moved(FLOW, "steps[2]", { list: "steps", at: 2 })).toBeNull();
  });

  it("walk a step down through every list it passes, and up the same way", () => {
    const down: string[] = [];
    let document = FLOW;
    let edited = movedDown(document, "steps[1]");
    while (edited) {
      ({ document } = edited);
      down.push(spotOf(edited.place).list);
      edited = movedDown(document, edited.place);
    }
    expect(down).toEqual([
      "steps[1].ways[1].steps",
      "steps[1].ways[1].steps",
      "steps[1].ways[2].steps",
      "steps[1].ways[2].steps",
      "steps[1].ways[2].steps",
      "steps[1].otherwise",
      "steps",
      "steps[2].steps",
      "steps[2].steps",
      "steps",
    ]);
    edited = movedUp(document, placeOf(document, "first"));
    while (edited) {
      ({ document } = edited);
      edited = movedUp(document, edited.place);
    }
    expect(document).toEqual(FLOW);
  });

  it("name new steps so that paths can use them, each once", () => {
    expect(nameOf("Küche & Bad!", "step")).toBe("kuche_bad");
    expect(nameOf("123", "step")).toBe("step");
    expect(freshId(FLOW, "first")).toBe("first_2");
    const step = made(FLOW, {
      kind: "action",
      title: "Create a task",
      connection: "ghl",
      operation: "contacts.create_task",
    });
    expect(step).toEqual({
      id: "create_task",
      kind: "action",
      connection: "ghl",
      operation: "contacts.create_task",
      inputs: {},
    });
  });

  it("put what is inserted behind the chosen step", () => {
    expect(spotAfter(FLOW, "trigger")).toEqual({ list: "steps", at: 0 });
    expect(spotAfter(FLOW, "steps[2].ways[1].steps[1]")).toEqual({
      list: "steps[2].ways[1].steps",
      at: 1,
    });
    expect(spotAfter(FLOW, null)).toEqual({ list: "steps", at: 3 });
  });
});
