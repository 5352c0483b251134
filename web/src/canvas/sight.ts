// What a step can read, as paths with sample values: found by looking through a test. No components.
import {
  allSteps,
  type FlowDocument,
  nestedOf,
  ownerOf,
  spotOf,
  type Step,
  stepsAt,
  written,
} from "./flow";

export interface Leaf {
  path: string;
  /** Where it is from, in words. */
  from: string;
  value: unknown;
}

const DEEPEST = 6;
const MOST = 150;
const NAME = /^[A-Za-z0-9_-]+$/;

const below = (path: string, name: string) =>
  NAME.test(name) ? `${path}.${name}` : `${path}["${name.replace(/[\\"]/g, "\\$&")}"]`;

/** Return the paths within a value, what is below a list by its first entry. */
export function leaves(path: string, value: unknown, from: string, deep = DEEPEST): Leaf[] {
  const own = { path, from, value };
  if (typeof value !== "object" || value === null || deep === 0) return [own];
  const parts: Leaf[] = Array.isArray(value)
    ? value.slice(0, 1).flatMap((each) => leaves(`${path}[0]`, each, from, deep - 1))
    : Object.entries(value).flatMap(([name, each]) =>
        leaves(below(path, name), each, from, deep - 1),
      );
  return [own, ...parts].slice(0, MOST);
}

/** Return the steps that are done before a place, in their order: what it may read. */
export function before(document: FlowDocument, place: string): Step[] {
  const { list, at } = spotOf(place);
  const earlier = stepsAt(document, list)
    .slice(0, at)
    .flatMap((step) => [step, ...seenAfter(step)]);
  const owner = ownerOf(list);
  return owner === null ? earlier : [...before(document, owner), ...earlier];
}

/** What stands within a branch is seen after it; what a for-each did is seen within one item. */
function seenAfter(step: Step): Step[] {
  if (step.kind !== "branch") return [];
  return nestedOf(step, "").flatMap((each) =>
    each.steps.flatMap((inner) => [inner, ...seenAfter(inner)]),
  );
}

/** Whether a place is within a for-each: there, `item` and `index` can be read. */
export function isWithinEach(document: FlowDocument, place: string): boolean {
  const owner = ownerOf(spotOf(place).list);
  if (owner === null) return false;
  const step = allSteps(document.steps).find((each) => each.place === owner)?.step;
  return step?.kind === "for_each" || isWithinEach(document, owner);
}

const hasWhere = (where: unknown) => {
  const group = (where ?? {}) as { all?: unknown[]; any?: unknown[]; field?: unknown };
  return Boolean(group.field) || Boolean((group.all ?? group.any)?.length);
};

/** Whether a step is so far that the flow can be tested with it. */
export function isFinished(step: Step): boolean {
  switch (step.kind) {
    case "filter":
      return hasWhere(step.where);
    case "branch":
      return ((step.ways as { where: unknown }[] | undefined) ?? []).every((way) =>
        hasWhere(way.where),
      );
    case "action":
      return Boolean(step.connection) && Boolean(step.operation);
    case "for_each":
      return Boolean(step.items);
    case "sync_now":
      return Boolean(step.sync);
    default:
      return true;
  }
}

/** The flow with a step that only works values out in the place of the chosen one: what a test of
 * it gives is what the chosen step could read, or what its templates come to. */
export function standIn(
  document: FlowDocument,
  place: string,
  values: Record<string, unknown>,
): FlowDocument {
  const id = allSteps(document.steps).find((each) => each.place === place)?.step.id ?? "step";
  const marked = written(document, place, { id, kind: "set_values", values });
  const open = (steps: Step[]): Step[] =>
    steps.filter((each) => isFinished(each) || holds(each, id)).map((each) => inner(each));
  const inner = (step: Step): Step =>
    nestedOf(step, "x").reduce(
      (so, each) => written(so, each.place.slice(2), open(each.steps)),
      step,
    );
  return { ...marked, steps: open(marked.steps) };
}

const holds = (step: Step, id: string): boolean =>
  nestedOf(step, "").some((each) => each.steps.some((one) => one.id === id || holds(one, id)));
