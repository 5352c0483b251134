// What lies between two versions of a flow, step by step. A step is known by its name for later
// steps; one that was only renamed keeps its place in the story. No components.
import { allSteps, type FlowDocument, nestedOf, type Placed, type Step, type Way } from "./flow";
import { listDiff } from "./lines";
import { renamed } from "./renaming";

/** One step before and after: without `before` it was added, without `after` taken away. */
export interface StepPair {
  before?: Placed;
  after?: Placed;
  /** It stands in another list, or elsewhere among its neighbours. */
  moved: boolean;
  /** What it was called for later steps, if it is called otherwise now. */
  oldName?: string;
}

/** One way of a branch before and after, with its number (from zero). */
export interface WayPair {
  before?: { way: Way; at: number };
  after?: { way: Way; at: number };
}

/** Return every step of either version, in the order of the later one. */
export function stepPairs(before: FlowDocument, after: FlowDocument): StepPair[] {
  const { document, names } = withNewNames(before, after);
  const walk = new Walk(byId(document), byId(after), names);
  walk.lists(document.steps, after.steps);
  return walk.found;
}

const byId = (document: FlowDocument) =>
  new Map(allSteps(document.steps).map((each) => [each.step.id, each]));

class Walk {
  readonly found: StepPair[] = [];

  constructor(
    private readonly olds: Map<string, Placed>,
    private readonly news: Map<string, Placed>,
    private readonly names: Map<string, string>,
  ) {}

  lists(before: Step[], after: Step[]): void {
    for (const { sign, text: id } of listDiff(idsOf(before), idsOf(after))) {
      const [one, other] = [this.olds.get(id), this.news.get(id)];
      // what stands elsewhere now is told there
      if (sign === "-" && other) continue;
      this.found.push({
        before: one,
        after: other,
        moved: sign === "+" && one !== undefined,
        oldName: this.names.get(id),
      });
      for (const [old, now] of nestedPairs(one?.step, other?.step)) this.lists(old, now);
    }
  }
}

const idsOf = (steps: Step[]) => steps.map((each) => each.id);

/** Return the lists of steps within a step before and after, each with what it became. */
function nestedPairs(before?: Step, after?: Step): [Step[], Step[]][] {
  const ways = wayPairs(before, after).map((each): [Step[], Step[]] => [
    each.before?.way.steps ?? [],
    each.after?.way.steps ?? [],
  ]);
  const rest: [Step[], Step[]] = [lastOf(before), lastOf(after)];
  return [...ways, rest];
}

/** What a for-each does for each item, and what a branch does otherwise. */
function lastOf(step?: Step): Step[] {
  return (step && nestedOf(step, "").at(-1)?.steps) ?? [];
}

const waysOf = (step?: Step) =>
  step?.kind === "branch" ? ((step.ways as Way[] | undefined) ?? []) : [];

type Likeness = (one: Way, other: Way, at: number, otherAt: number) => boolean;

// a way has no name of its own: the surest sign first
const LIKENESSES: Likeness[] = [
  (one, other) => one.title !== undefined && one.title === other.title,
  (one, other) => one.steps.some((each) => idsOf(other.steps).includes(each.id)),
  (one, other) => same(one.where, other.where),
  (one, other, at, otherAt) => at === otherAt && !(one.title && other.title),
];

/** Return the ways of a branch in the order of the later version; those taken away come last. */
export function wayPairs(before?: Step, after?: Step): WayPair[] {
  const [olds, news] = [waysOf(before), waysOf(after)];
  const taken = new Map<number, number>();
  for (const alike of LIKENESSES) {
    news.forEach((way, at) => {
      if (taken.has(at)) return;
      const left = (each: number) => ![...taken.values()].includes(each);
      const old = olds.findIndex((each, number) => left(number) && alike(each, way, number, at));
      if (old >= 0) taken.set(at, old);
    });
  }
  const numbered = (ways: Way[], at?: number) => {
    const way = at === undefined ? undefined : ways[at];
    return way && at !== undefined ? { way, at } : undefined;
  };
  const kept = [...taken.values()];
  const gone = olds.map((way, at) => ({ before: { way, at } }));
  return [
    ...news.map((way, at) => ({ before: numbered(olds, taken.get(at)), after: { way, at } })),
    ...gone.filter((each) => !kept.includes(each.before.at)),
  ];
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The earlier version with the later one's names, and what steps were called by their new names. */
function withNewNames(before: FlowDocument, after: FlowDocument) {
  const names = new Map<string, string>();
  let document = before;
  for (const { step, place } of allSteps(after.steps)) {
    if (byId(document).has(step.id)) continue;
    const known = byId(after);
    const gone = allSteps(document.steps).filter((each) => !known.has(each.step.id));
    const old =
      gone.find((each) => each.place === place && does(each.step) === does(step)) ??
      gone.find((each) => same(contentOf(each.step), contentOf(step)));
    const taken = old && renamed(document, old.place, step.id);
    if (!taken) continue;
    document = taken;
    names.set(step.id, old.step.id);
  }
  return { document, names };
}

const does = (step: Step) => `${step.kind} ${String(step.connection)} ${String(step.operation)}`;

function contentOf(step: Step) {
  const entries = Object.entries(step).filter(([name]) => name !== "id" && name !== "title");
  return entries.toSorted(([one], [other]) => (one < other ? -1 : 1));
}
