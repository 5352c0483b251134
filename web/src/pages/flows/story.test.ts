import { describe, expect, it } from "vitest";

import type { FlowDocument, Step } from "../../canvas/flow";
import { type Change, story, type Told } from "./story";

const wait: Step = { id: "wait", kind: "delay", seconds: 60 };
const vip: Step = {
  id: "vip",
  kind: "filter",
  where: { all: [{ field: "trigger.tag", operator: "eq", value: "VIP" }] },
};
const mail: Step = {
  id: "mail",
  title: "Send mail",
  kind: "action",
  connection: "ghl",
  operation: "conversations.send_email",
  inputs: { subject: "Hello", to: "{{trigger.email}}" },
};
const branch: Step = {
  id: "kind",
  kind: "branch",
  ways: [
    {
      title: "Large",
      where: { all: [{ field: "trigger.sum", operator: "greater", value: "9" }] },
      steps: [wait],
    },
  ],
  otherwise: [],
};
const each: Step = { id: "each", kind: "for_each", items: "{{trigger.people}}", steps: [wait] };

const flow = (...steps: Step[]): FlowDocument => ({
  id: "welcome",
  trigger: { kind: "poll", connection: "ghl", operation: "contacts.search", minutes: 5 },
  steps,
});

const said = ({ how, title, where, lines }: Change) => [
  `${how}: ${title}${where && `, ${where}`}`,
  ...lines.map((line) => `${line.label}: ${line.before ?? "-"} → ${line.after ?? "-"}`),
];

const changes = (told: Told[]) => told.flatMap((one) => ("change" in one ? said(one.change) : []));

const way = (title: string | undefined, value: string, ...steps: Step[]) => ({
  ...(title && { title }),
  where: { any: [{ field: "trigger.sum", operator: "less", value }] },
  steps,
});

const TABLE: [string, FlowDocument, FlowDocument, string[]][] = [
  ["nothing", flow(vip, mail), flow(vip, mail), []],
  [
    "a step that was added",
    flow(vip, mail),
    flow(vip, { ...wait, seconds: 172_800 }, mail),
    ["Added: Wait (2 days), after “Filter”", "Wait: - → 2 days"],
  ],
  [
    "a step that was taken away, with what it did",
    flow(vip, mail),
    flow(mail),
    ["Taken away: Filter (trigger.tag is VIP), first", "Go on only if: trigger.tag is VIP → -"],
  ],
  [
    "inputs that were changed, added and taken away",
    flow(mail),
    flow({ ...mail, inputs: { subject: "Good day", tags: ["a", "b"] } }),
    [
      "Changed: Send mail, first",
      "Subject: Hello → Good day",
      "Tags: - → a, b",
      "To: {{trigger.email}} → -",
    ],
  ],
  [
    "values within values, and things called by name",
    flow({ ...mail, inputs: { address: { city: "Rome" }, stage: { name: "New" } } }),
    flow({
      ...mail,
      inputs: { address: { city: "Oslo" }, stage: { name: "Won" }, rows: [{ a: 1 }] },
    }),
    [
      "Changed: Send mail, first",
      "Address, City: Rome → Oslo",
      "Stage: “New” → “Won”",
      "Rows, 1, A: - → 1",
    ],
  ],
  [
    "another operation of another app, and what follows an error",
    flow(mail),
    flow({
      ...mail,
      connection: "crm",
      operation: "contact.create",
      on_error: { then: "go_on", attempts: 8 },
    }),
    [
      "Changed: Send mail, first",
      "Connection: ghl → crm",
      "What it does: Conversations: send email → Contact: create",
      "When it has failed for good: The run stops and is kept, to be done again → The next step follows",
    ],
  ],
  [
    "values under the names that later steps read them by",
    flow({ id: "set", kind: "set_values", values: { full_name: "Ada" } }),
    flow({ id: "set", kind: "set_values", values: { full_name: "Bea" } }),
    ["Changed: Set values, first", "full_name: Ada → Bea"],
  ],
  [
    "a step that was moved",
    flow(vip, wait, mail),
    flow(mail, vip, wait),
    ["Moved: Send mail, first", "Place: after “Wait” → first"],
  ],
  [
    "a step that was moved into a way and changed there",
    flow(branch, mail),
    flow({ ...branch, otherwise: [{ ...mail, title: "Write" }] }),
    [
      "Moved: Write, first, in “Otherwise” of “Branch”",
      "Place: after “Branch” → first, in “Otherwise” of “Branch”",
      "Title: Send mail → Write",
    ],
  ],
  [
    "a step that was only renamed, and nothing of those that read it",
    flow(vip, { ...mail, inputs: { subject: "{{steps.vip.why}}" } }),
    flow({ ...vip, id: "best" }, { ...mail, inputs: { subject: "{{steps.best.why}}" } }),
    ["Changed: Filter, first", "Name for later steps: vip → best"],
  ],
  [
    "a step within a way of a branch",
    flow(branch),
    flow({ ...branch, ways: [way("Large", "9", { ...wait, seconds: 120 })] }),
    [
      "Changed: Branch, first",
      "Large is taken if: trigger.sum is greater than 9 → trigger.sum is less than 9",
      "Changed: Wait, first, in “Large” of “Branch”",
      "Wait: 1 minute → 2 minutes",
    ],
  ],
  [
    "ways that were added, taken away and turned round",
    flow({ ...branch, ways: [way("A", "1"), way("B", "2"), way("C", "3")] }),
    flow({ ...branch, ways: [way("C", "3"), way("A", "1"), way("D", "4", vip)] }),
    [
      "Changed: Branch, first",
      "D is taken if: - → trigger.sum is less than 4",
      "B is taken if: trigger.sum is less than 2 → -",
      "Order of the ways: A, C → C, A",
      "Added: Filter (trigger.tag is VIP), first, in “D” of “Branch”",
      "Go on only if: - → trigger.tag is VIP",
    ],
  ],
  [
    "a way with another title",
    flow({ ...branch, ways: [way("A", "1", wait)] }),
    flow({ ...branch, ways: [way("Z", "1", wait)] }),
    ["Changed: Branch, first", "Title of a way: A → Z"],
  ],
  [
    "what is done for each item, and another list",
    flow(each),
    flow({ ...each, items: "{{trigger.friends}}", at_most: 1000, steps: [wait, vip] }),
    [
      "Changed: For each, first",
      "The list: {{trigger.people}} → {{trigger.friends}}",
      "Added: Filter (trigger.tag is VIP), after “Wait”, in “For each”",
      "Go on only if: - → trigger.tag is VIP",
    ],
  ],
  [
    "a for-each that went while its step stayed",
    flow(each),
    flow(wait),
    [
      "Taken away: For each ({{trigger.people}}), first",
      "The list: {{trigger.people}} → -",
      "Moved: Wait, first",
      "Place: first, in “For each” → first",
    ],
  ],
  [
    "how often it looks, and the flow's title",
    flow(mail),
    {
      ...flow(mail),
      title: "Welcome",
      trigger: { ...flow().trigger, minutes: 15, emits: "new", first: "nothing" },
    },
    [
      "Changed: The flow",
      "Title: - → Welcome",
      "Changed: What starts it",
      "Minutes between two looks: 5 → 15",
      "A run starts for: what is new or changed → what is new",
    ],
  ],
  [
    "another trigger",
    { ...flow(), trigger: { kind: "manual" } },
    { ...flow(), trigger: { kind: "schedule", cron: "0 9 * * *", zone: "UTC" } },
    [
      "Changed: What starts it",
      "What starts it: A person starts it → A timetable",
      "When: - → Every day at 9:00",
      "Time zone: - → UTC",
    ],
  ],
];

describe("what lies between two versions", () => {
  it.each(TABLE)("tells %s", (_what, before, after, wanted) => {
    expect(changes(story(before, after))).toEqual(wanted);
  });

  it("folds what did not change, and goes from the trigger down", () => {
    const told = story(flow(vip, branch, mail), flow(vip, branch, { ...mail, title: "Write" }));
    expect(told.map((one) => ("same" in one ? one.same : one.change.title))).toEqual([
      ["What starts it", "Filter", "Branch", "Wait"],
      "Write",
    ]);
  });

  it("tells conditions in full, with their groups", () => {
    const rows = [
      { field: "a", operator: "exists", value: false },
      {
        any: [
          { field: "b", operator: "in", value: ["x", "y"] },
          { field: "c", operator: "changed" },
        ],
      },
    ];
    const told = story(flow(vip), flow({ ...vip, where: { all: rows } }));
    expect(changes(told)).toContain(
      "Go on only if: trigger.tag is VIP → a is empty and (b is one of x, y or c changed)",
    );
  });

  it("does not take a step for a renamed one that does something else", () => {
    const told = story(flow(vip), flow({ ...mail, id: "other" }));
    expect(told.filter((one) => "change" in one && one.change.how !== "Changed")).toHaveLength(2);
  });
});
