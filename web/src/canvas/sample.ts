// Flows for the tests of this folder.
import type { FlowDocument, Step } from "./flow";

export const wait = (id: string): Step => ({ id, kind: "delay", seconds: 60 });

/** One branch with two ways and an empty rest, and a for-each behind it. */
export const FLOW: FlowDocument = {
  id: "welcome",
  trigger: { kind: "manual" },
  steps: [
    wait("first"),
    {
      id: "kind",
      kind: "branch",
      ways: [
        { title: "VIP", where: { all: [] }, steps: [wait("vip")] },
        { where: { all: [] }, steps: [wait("other"), wait("more")] },
      ],
      otherwise: [],
    },
    { id: "people", kind: "for_each", items: "{{trigger.people}}", steps: [wait("person")] },
  ],
};

export const longFlow = (steps: number): FlowDocument => ({
  ...FLOW,
  steps: Array.from({ length: steps }, (_each, at) => wait(`step_${at}`)),
});
