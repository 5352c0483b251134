import { describe, expect, it } from "vitest";

import type { Happening, PersonField, Spoken } from "../api/contacts";
import {
  decidedBy,
  former,
  listed,
  readKind,
  sameness,
  statusWord,
  typedValue,
  waitsWord,
  whereabouts,
  wroteWord,
} from "./contacts";

const spoken = (connection: string, value: unknown): Spoken => ({
  connection,
  value,
  known: true,
  wrote: null,
  waits: null,
  refused: null,
});

const field = (changes: Partial<PersonField> = {}): PersonField => ({
  field: "city",
  sync: "people",
  direction: "both",
  authority: "ghl",
  values: [spoken("ghl", "Perth"), spoken("ins", "Hobart")],
  same: false,
  writes_to: "ghl",
  ...changes,
});

const happening = (changes: Partial<Happening> = {}): Happening => ({
  key: "note:1",
  kind: "note",
  connections: ["ghl"],
  title: "Called",
  at: "2030-01-07T12:00:00Z",
  text: null,
  status: null,
  done: null,
  direction: null,
  unread: 0,
  person: null,
  asked_at: null,
  waits: [],
  ...changes,
});

describe("a field", () => {
  it("says whose word counts, and which way it goes", () => {
    expect(decidedBy(field())).toBe("ghl decides");
    expect(decidedBy(field({ authority: "newest" }))).toBe("The newest change wins");
    expect(decidedBy(field({ authority: "ask" }))).toBe("You are asked");
    expect(decidedBy(field({ direction: "to_b" }))).toBe("ghl decides; it goes one way");
    expect(decidedBy(field({ direction: "to_a" }))).toBe("ins decides; it goes one way");
  });

  it("says by a word whether the apps agree", () => {
    expect(sameness(field()).word).toBe("Differs");
    expect(sameness(field({ same: true })).word).toBe("Same");
    expect(sameness(field({ same: null })).word).toBe("One app only");
  });

  it("says what is on its way to it, and why it holds what it does", () => {
    const waits = { state: "ready", sentence: null, value: "Darwin", person: "ann" };
    expect(waitsWord(waits)).toBe("Darwin waits to be sent.");
    expect(waitsWord({ ...waits, state: "failed", sentence: "It is too long." })).toBe(
      "Darwin was refused. It is too long.",
    );
    const wrote = { at: null, before: "Perth", why: "ann edited it", person: "ann" };
    expect(wroteWord(wrote)).toBe(" over Perth: ann edited it.");
    expect(wroteWord({ ...wrote, before: null, why: null })).toBe(".");
  });

  it("can be taken back to what the leading app held, but never to nothing", () => {
    expect(former(field())).toBe("Perth");
    expect(former(field({ writes_to: "ins" }))).toBe("Hobart");
    expect(former(field({ values: [spoken("ghl", null)] }))).toBeNull();
    expect(former(field({ values: [spoken("ghl", ["a", "b"])] }))).toBe("a, b");
    expect(former(field({ values: [spoken("ghl", [])] }))).toBeNull();
  });

  it("is typed as it is stored: no separators in numbers", () => {
    expect(typedValue(250000)).toBe("250000");
    expect(typedValue(true)).toBe("yes");
  });
});

describe("a happening", () => {
  it("says where it is and what becomes of it elsewhere", () => {
    expect(whereabouts(happening({ connections: ["ghl", "ins"] }))).toBe("In ghl and ins.");
    const waits = [{ connection: "ins", state: "noticed", sentence: null }];
    expect(whereabouts(happening({ waits }))).toBe("In ghl; for ins it waits for the next run.");
    const refused = [{ connection: "ins", state: "failed", sentence: "No such contact." }];
    expect(whereabouts(happening({ waits: refused }))).toBe(
      "In ghl; for ins it was refused: No such contact.",
    );
  });

  it("says how it stands", () => {
    expect(statusWord(happening({ kind: "task", done: false }))).toBe("To do");
    expect(statusWord(happening({ kind: "message", direction: "inbound" }))).toBe("From them");
    expect(statusWord(happening({ kind: "conversation", direction: "outbound", unread: 2 }))).toBe(
      "To them, 2 unread",
    );
    expect(statusWord(happening({ kind: "opportunity", status: "open" }))).toBe("open");
    expect(statusWord(happening({ kind: "change", status: "updated" }))).toBe("");
  });
});

it("lists words as people do", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

it("reads no kind out of an address that is none of ours", () => {
  expect(readKind("task")).toBe("task");
  expect(readKind("dream")).toBeUndefined();
});
