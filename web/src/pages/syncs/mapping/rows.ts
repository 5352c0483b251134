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

/** What happens to a line's text on the way: nothing, steps towards one side, or word for word. */
export type Turning = "none" | "to_a" | "to_b" | "value_map";

export function turningOf(line: MapLine): Turning {
  if (line.value_map) return "value_map";
  return line.to_a ? "to_a" : line.to_b ? "to_b" : "none";
}

/** Give a line another turning, which begins empty. */
export function turned(line: MapLine, turning: Turning): MapLine {
  if (turning === turningOf(line)) return line;
  const { a, b, direction, authority, clears } = line;
  const bare: MapLine = { a, b, direction, authority, clears };
  if (turning === "none") return bare;
  if (turning === "value_map") return { ...bare, value_map: [], unknown: "pass" };
  return { ...bare, [turning]: [] };
}

/** What is done to a text: first the tidying, then what is put around it. */
export interface Steps {
  tidying: string;
  prefix: string;
  suffix: string;
}

export function stepsOf(line: MapLine, side: "to_a" | "to_b"): Steps {
  const found: Steps = { tidying: "", prefix: "", suffix: "" };
  for (const each of line[side] ?? []) {
    if (typeof each === "string") found.tidying = each;
    else Object.assign(found, each);
  }
  return found;
}

/** The line with these steps. What cannot be taken back travels one way alone. */
export function withSteps(line: MapLine, side: "to_a" | "to_b", steps: Steps): MapLine {
  const { tidying, prefix, suffix } = steps;
  const told: Transform[] = [
    ...(tidying ? [tidying] : []),
    ...(prefix ? [{ prefix }] : []),
    ...(suffix ? [{ suffix }] : []),
  ];
  const direction = tidying ? side : line.direction;
  return { ...line, direction, [side]: told };
}

/** The words with one row for each word of side A that has none; its like on side B beside it. */
export function withSeen(
  words: [string, string][],
  a: readonly string[],
  b: readonly string[],
): [string, string][] {
  const like = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  const missing = a.filter((each) => !words.some(([own]) => like(own, each)));
  return [
    ...words,
    ...missing.map((each): [string, string] => [each, b.find((one) => like(one, each)) ?? ""]),
  ];
}

/** The words seen on side B that no row names yet. */
export const unnamed = (words: [string, string][], b: readonly string[]) =>
  b.filter((each) => !words.some(([, other]) => other.toLowerCase() === each.toLowerCase()));

/** Whether a row of a word list has both of its words. */
export const isWhole = (words: [string, string]) => words.every((each) => each.trim() !== "");

/** The lines as the server takes them: without unfinished words, and without empty lists. */
export const written = (lines: MapLine[]): Record<string, unknown>[] =>
  lines.map(({ value_map, unknown, to_a, to_b, ...line }) => {
    const words = (value_map ?? []).filter(isWhole);
    if (words.length > 0) return { ...line, value_map: words, unknown: unknown ?? "pass" };
    if (to_a?.length) return { ...line, to_a };
    return to_b?.length ? { ...line, to_b } : line;
  });

/** A sentence about a row, said of the line it stands at. */
export function atItsLine(sentence: string): string {
  const own = sentence.replace(/^(to_[ab] in )?row \d+ of the mapping:? /i, "");
  return own === sentence || /^[A-Z]/.test(own) ? own : `This line ${own}`;
}

export const isSame = (one: MapLine[], other: MapLine[]) =>
  JSON.stringify(one) === JSON.stringify(other);
