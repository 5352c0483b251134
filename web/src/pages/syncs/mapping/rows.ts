// The lines of a mapping, and what a person does to them. Pure: no components.
import type { Schemas } from "../../../api/client";

export type FieldShown = Schemas["SampledView"];

export type Direction = "both" | "to_a" | "to_b";
export type Authority = "a" | "b" | "newest" | "ask";

/** One line as the server stores it; what is not edited here is carried along untouched. */
export interface MapLine {
  a: string;
  b: string;
  direction: Direction;
  authority: Authority;
  clears: boolean;
  to_a?: Transform[];
  to_b?: Transform[];
  value_map?: [string, string][];
  unknown?: string;
}

export type Transform = string | { prefix: string } | { suffix: string };

export const readLines = (stored: Record<string, unknown>[]): MapLine[] =>
  stored.map((each) => ({
    direction: "both",
    authority: "a",
    clears: false,
    ...(each as Partial<MapLine>),
    a: String(each.a),
    b: String(each.b ?? each.a),
  }));

/** Which ways a value may travel between two fields; none where both can only be read. */
export function waysBetween(a: FieldShown, b: FieldShown): Direction[] {
  if (a.readonly && b.readonly) return [];
  if (a.readonly) return ["to_b"];
  if (b.readonly) return ["to_a"];
  return ["both", "to_a", "to_b"];
}

/** Why two fields cannot be mapped onto each other; null where they can. */
export function obstacle(a: FieldShown, b: FieldShown): string | null {
  if (a.type !== b.type) {
    return `They hold different kinds of values: ${kindOf(a.type)} here, ${kindOf(b.type)} there.`;
  }
  if (waysBetween(a, b).length === 0) return "Both apps only let this be read.";
  return null;
}

const KINDS: Record<string, string> = {
  text: "a line of text",
  long_text: "a longer text",
  email: "an e-mail address",
  phone: "a phone number",
  country: "a country",
  date: "a day",
  moment: "a time",
  number: "a number",
  boolean: "yes or no",
  consent: "an opt-out",
  words: "a list of words",
};

export const kindOf = (type: string) => KINDS[type] ?? type;

/** Add a line between two fields. They have to have no obstacle and no partner yet. */
export function joined(lines: MapLine[], a: FieldShown, b: FieldShown): MapLine[] {
  const direction = waysBetween(a, b)[0] ?? "both";
  return [...lines, { a: a.name, b: b.name, direction, authority: "a", clears: false }];
}

export const without = (lines: MapLine[], a: string) => lines.filter((each) => each.a !== a);

export const changed = (lines: MapLine[], a: string, changes: Partial<MapLine>) =>
  lines.map((each) => (each.a === a ? { ...each, ...changes } : each));

/** The transform of a line in one word: what a choice among a few shows. */
export function transformOf(line: MapLine): string {
  if (line.value_map) return "value_map";
  const side = line.to_a ? "to_a" : line.to_b ? "to_b" : null;
  if (side === null) return "none";
  const steps = line[side] ?? [];
  const only = steps[0];
  return steps.length === 1 && typeof only === "string" ? `${side}:${only}` : "own";
}

/** Give a line another transform, by the word that `transformOf` tells; "own" keeps its own. */
export function transformed(line: MapLine, word: string): MapLine {
  if (word === transformOf(line)) return line;
  const { a, b, direction, authority, clears } = line;
  const bare: MapLine = { a, b, direction, authority, clears };
  const [side, step] = word.split(":");
  if ((side === "to_a" || side === "to_b") && step) return { ...bare, [side]: [step] };
  return bare;
}

/** The lines as the server takes them. */
export const written = (lines: MapLine[]): Record<string, unknown>[] =>
  lines.map((each) => ({ ...each }));

export const isSame = (one: MapLine[], other: MapLine[]) =>
  JSON.stringify(one) === JSON.stringify(other);
