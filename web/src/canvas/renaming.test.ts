import { describe, expect, it } from "vitest";

import type { FlowDocument } from "./flow";
import { inText, renamed } from "./renaming";
import { FLOW } from "./sample";

const told = (text: string) => inText(text, "find", "search");

describe("a step's other name", () => {
  it.each([
    ["Hello {{steps.find.name}}!", "Hello {{steps.search.name}}!"],
    ['{{ steps["find"].x }}', '{{ steps["search"].x }}'],
    ["{{steps['find']}}", '{{steps["search"]}}'],
    ["{{a | default: steps.find.b | upper}}", "{{a | default: steps.search.b | upper}}"],
    ["{{steps.find.a}}{{steps.find.b}}", "{{steps.search.a}}{{steps.search.b}}"],
  ])("is taken over by what reads it: %s", (before, after) => {
    expect(told(before)).toBe(after);
  });

  it.each([
    "steps.find outside of an expression",
    "{{steps.finder.a}}",
    "{{trigger.steps.find}}",
    "{{values.find}}",
    '{{a | default: "steps.find.b }} {{steps.find"}}',
    "{{steps.find.a", // not closed: left to its author
  ])("leaves alone what is something else: %s", (text) => {
    expect(told(text)).toBe(text);
  });

  it("reaches conditions, nested inputs and every branch, and changes nothing else", () => {
    const row = { field: "steps.find.city", operator: "eq", value: "{{steps.find.town}}" };
    const document: FlowDocument = {
      id: "f",
      trigger: { kind: "manual" },
      steps: [
        { id: "find", kind: "action", inputs: { where: { field: "steps.find.a" } } },
        {
          id: "ways",
          kind: "branch",
          ways: [{ where: { any: [{ all: [row] }] }, steps: [] }],
          otherwise: [
            { id: "note", kind: "action", inputs: { deep: { list: ["{{steps.find.id}}"] } } },
          ],
        },
      ],
    };
    const after = renamed(document, "steps[1]", "search");
    const text = JSON.stringify(after?.steps.slice(1));
    expect(text).not.toContain("find");
    expect(text.match(/steps\.search/g)).toHaveLength(3);
    expect(after?.steps[0]).toEqual({
      id: "search",
      kind: "action",
      inputs: { where: { field: "steps.find.a" } },
    });
  });

  it("is refused where another step has it", () => {
    expect(renamed(FLOW, "steps[1]", "person")).toBeNull();
    expect(renamed(FLOW, "steps[1]", "first")).toBeNull();
  });
});
