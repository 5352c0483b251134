// A flow's document as the builder reads it. A place is written as the server's messages write it,
// counted from one: `steps[2].ways[1].steps[3]`. No components.

export interface Step {
  kind: string;
  id: string;
  title?: string;
  [entry: string]: unknown;
}

export interface Way {
  title?: string;
  where: unknown;
  steps: Step[];
}

export interface Trigger {
  kind: string;
  [entry: string]: unknown;
}

export interface FlowDocument {
  id: string;
  title?: string;
  trigger: Trigger;
  steps: Step[];
  [entry: string]: unknown;
}

/** A list of steps within a step: a way of a branch, or what is done for each item. */
export interface Nested {
  place: string;
  label: string;
  steps: Step[];
}

/** Where a step can be put: before the entry `at` (from zero) of a list. */
export interface Spot {
  list: string;
  at: number;
}

export const TRIGGER = "trigger";

type Entries = Record<string, unknown>;

const isObject = (value: unknown): value is Entries =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSteps = (value: unknown): value is Step[] =>
  Array.isArray(value) &&
  value.every((each) => isObject(each) && typeof each.kind === "string" && isBelow(each));

const isBelow = (step: Entries): boolean =>
  (step.steps === undefined || isSteps(step.steps)) &&
  (step.otherwise === undefined || isSteps(step.otherwise)) &&
  (step.ways === undefined ||
    (Array.isArray(step.ways) && step.ways.every((way) => isObject(way) && isSteps(way.steps))));

/** Whether the canvas can show it: a draft may be anything that somebody sent. */
export const isShown = (document: unknown): document is FlowDocument =>
  isObject(document) &&
  typeof document.id === "string" &&
  isObject(document.trigger) &&
  typeof document.trigger.kind === "string" &&
  isSteps(document.steps);

const PART = /(\w+)(?:\[(\d+)\])?/g;

function keysOf(place: string): (string | number)[] {
  return [...place.matchAll(PART)].flatMap(([, name = "", number]) =>
    number === undefined ? [name] : [name, Number(number) - 1],
  );
}

/** Return what stands at a place, undefined if nothing does. */
export function read(document: unknown, place: string): unknown {
  return keysOf(place).reduce<unknown>(
    (found, key) => (found === null || found === undefined ? undefined : (found as Entries)[key]),
    document,
  );
}

/** Return the document with another value at a place. */
export function written<T>(document: T, place: string, value: unknown): T {
  return writtenAt(document, keysOf(place), value) as T;
}

function writtenAt(here: unknown, keys: (string | number)[], value: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const below = writtenAt((here as Entries | undefined)?.[key], rest, value);
  if (Array.isArray(here)) return here.map((each, at) => (at === key ? below : each));
  return { ...(here as Entries), [key]: below };
}

export const stepAt = (document: FlowDocument, place: string): Step | undefined =>
  place === TRIGGER ? undefined : (read(document, place) as Step | undefined);

export const stepsAt = (document: FlowDocument, list: string): Step[] =>
  (read(document, list) as Step[] | undefined) ?? [];

/** Return the list a step stands in, and its number there (from zero). */
export function spotOf(place: string): Spot {
  const cut = place.lastIndexOf("[");
  return { list: place.slice(0, cut), at: Number(place.slice(cut + 1, -1)) - 1 };
}

export const placeAt = ({ list, at }: Spot) => `${list}[${at + 1}]`;

/** Return the step a list belongs to; null for the flow's own list. */
export function ownerOf(list: string): string | null {
  const cut = list.lastIndexOf("]", list.endsWith("]") ? list.length - 2 : list.length);
  if (cut < 0) return null;
  const above = list.slice(0, cut + 1);
  return /\.ways\[\d+\]$/.test(above) ? above.slice(0, above.lastIndexOf(".")) : above;
}

/** Return the lists of steps within a step, in the order they are shown in. */
export function nestedOf(step: Step, place: string): Nested[] {
  if (step.kind === "for_each") {
    return [
      {
        place: `${place}.steps`,
        label: "For each",
        steps: (step.steps as Step[] | undefined) ?? [],
      },
    ];
  }
  if (step.kind !== "branch") return [];
  const ways = (step.ways as Way[] | undefined) ?? [];
  return [
    ...ways.map((way, at) => ({
      place: `${place}.ways[${at + 1}].steps`,
      label: way.title ?? `Way ${at + 1}`,
      steps: way.steps,
    })),
    {
      place: `${place}.otherwise`,
      label: "Otherwise",
      steps: (step.otherwise as Step[] | undefined) ?? [],
    },
  ];
}

export interface Placed {
  step: Step;
  place: string;
}

/** Return every step with its place, in the order of the document. */
export function allSteps(steps: Step[], list = "steps"): Placed[] {
  return steps.flatMap((step, at) => {
    const place = placeAt({ list, at });
    const below = nestedOf(step, place).flatMap((each) => allSteps(each.steps, each.place));
    return [{ step, place }, ...below];
  });
}
