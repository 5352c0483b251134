// What is set of a trigger or a step, in the builder's words. No components.
import type { Step, Trigger, Way } from "../../canvas/flow";
import { wayPairs } from "../../canvas/changes";
import { formatValue } from "../../words/format";
import { fieldName } from "../../words/names";
import {
  allConditions,
  EMITS,
  FIRST,
  kindName,
  operationName,
  PRESETS,
  THEN,
  TRIGGERS,
  UNKNOWN,
  waitWords,
} from "./builder/words";

/** One thing that was set otherwise; null: it was not, or is not, set at all. */
export interface Difference {
  label: string;
  before: string | null;
  after: string | null;
}

/** What is set, by its label. */
type Settings = Map<string, string>;

type Choice = { value: string; label: string }[];
const chosen = (of: Choice, value: unknown) =>
  of.find((each) => each.value === value)?.label ?? String(value);

/** How one entry is called and written; `usual` is what holds where nothing is said. */
interface Entry {
  label: string;
  words?: (value: unknown) => string;
  usual?: unknown;
}

const ENTRIES: Record<string, Entry> = {
  title: { label: "Title" },
  connection: { label: "Connection" },
  operation: { label: "What it does", words: (value) => operationName(String(value)) },
  where: { label: "Go on only if", words: allConditions },
  items: { label: "The list" },
  at_most: { label: "Fail with more items than", usual: 1000 },
  sync: { label: "Sync" },
  on_unknown: {
    label: "If nobody can tell whether it was done",
    words: (value) => chosen(UNKNOWN, value),
    usual: "ask",
  },
};

const ON_ERROR: Record<string, Entry> = {
  then: {
    label: "When it has failed for good",
    words: (value) => chosen(THEN, value),
    usual: "dead_letter",
  },
  attempts: { label: "Attempts while the app is busy or away", usual: 8 },
  longest_wait: { label: "Longest wait between two, in seconds", usual: 300 },
};

const TRIGGER_ENTRIES: Record<string, Entry> = {
  kind: { label: "What starts it", words: (value) => chosen(TRIGGERS, value) },
  connection: { label: "Connection" },
  event: { label: "Event" },
  operation: { label: "What is looked at", words: (value) => operationName(String(value)) },
  minutes: { label: "Minutes between two looks", usual: 5 },
  emits: {
    label: "A run starts for",
    words: (value) => chosen(EMITS, value),
    usual: "new_and_changed",
  },
  first: {
    label: "What is there already",
    words: (value) => chosen(FIRST, value),
    usual: "nothing",
  },
  cron: { label: "When", words: (value) => chosen(PRESETS, value) },
  zone: { label: "Time zone" },
  order_by: { label: "Keep in order by" },
};

/** Only what each kind of trigger knows has a usual value. */
const USUAL_OF: Record<string, string[]> = { poll: ["minutes", "emits", "first"] };

/** What is told of a step in another way: by its place, its name, or the entries within. */
const NOT_TOLD = ["id", "kind", "steps", "ways", "otherwise", "seconds", "until"];

export function triggerDifferences(before: Trigger, after: Trigger): Difference[] {
  return differences(ofTrigger(before), ofTrigger(after));
}

function ofTrigger(trigger: Trigger): Settings {
  const { inputs, ...rest } = trigger;
  const usual = Object.fromEntries(
    (USUAL_OF[trigger.kind] ?? []).map((name) => [name, TRIGGER_ENTRIES[name]?.usual]),
  );
  return new Map([...told({ ...usual, ...rest }, TRIGGER_ENTRIES), ...given(inputs)]);
}

/** What was set otherwise of a step; of one that came or went, everything that is not as usual. */
export function stepDifferences(before?: Step, after?: Step): Difference[] {
  const found = differences(ofStep(before, after), ofStep(after, before));
  return [...found, ...waysDifferences(before, after)];
}

/** `beside` is the step on the other side: against it even what is usual is told. */
function ofStep(step?: Step, beside?: Step): Settings {
  if (!step) return new Map();
  const { inputs, values, on_error: failing, ...rest } = step;
  const kind: Settings = new Map(beside ? [["What it is", kindName(step.kind)]] : []);
  const wait: Settings = new Map(step.kind === "delay" ? [["Wait", waitWords(step)]] : []);
  const own = Object.entries(rest).filter(([name]) => !NOT_TOLD.includes(name));
  return new Map([
    ...kind,
    ...told(Object.fromEntries(own), ENTRIES),
    ...wait,
    ...given(inputs),
    ...valuesOf(values),
    ...told((failing as object | undefined) ?? {}, ON_ERROR),
  ]);
}

function told(entries: object, known: Record<string, Entry>): Settings {
  return new Map(
    Object.entries(entries).map(([name, value]: [string, unknown]) => {
      const { label, words = formatValue } = known[name] ?? { label: fieldName(name) };
      return [label, words(value) || "empty"];
    }),
  );
}

/** What holds where nothing is said, by label. */
const USUAL: Settings = new Map(
  [...Object.values(ENTRIES), ...Object.values(ON_ERROR)]
    .filter((each) => each.usual !== undefined)
    .map(({ label, words = formatValue, usual }) => [label, words(usual)]),
);

/** What is handed over, with what stands within: "Address, city". */
function given(inputs: unknown, above = ""): Settings {
  if (typeof inputs !== "object" || inputs === null) return new Map();
  const found: Settings = new Map();
  for (const [name, value] of Object.entries(inputs) as [string, unknown][]) {
    const own = Array.isArray(inputs) ? String(Number(name) + 1) : fieldName(name);
    const label = above ? `${above}, ${own}` : own;
    if (isDeep(value)) given(value, label).forEach((each, key) => found.set(key, each));
    else found.set(label, isNamed(value) ? `“${value.name}”` : formatValue(value));
  }
  return found;
}

/** What later steps read as `values.NAME` keeps its name as it is. */
const valuesOf = (values: unknown): Settings =>
  new Map(
    Object.entries((values as object | undefined) ?? {}).flatMap(([name, value]) =>
      [...given({ [name]: value })].map(([label, text]) => [
        label.replace(fieldName(name), name),
        text,
      ]),
    ),
  );

const isNamed = (value: unknown): value is { name: string } =>
  typeof value === "object" &&
  value !== null &&
  Object.keys(value).join() === "name" &&
  typeof (value as { name: unknown }).name === "string";

const isDeep = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !isNamed(value) &&
  (!Array.isArray(value) || value.some((each) => typeof each === "object"));

function differences(before: Settings, after: Settings): Difference[] {
  const labels = new Set([...after.keys(), ...before.keys()]);
  const both = before.size > 0 && after.size > 0;
  const of = (settings: Settings, label: string) =>
    settings.get(label) ?? (both ? USUAL.get(label) : undefined) ?? null;
  return [...labels]
    .map((label) => ({ label, before: of(before, label), after: of(after, label) }))
    .filter((each) => each.before !== each.after)
    .filter(({ label, before: was, after: is }) => both || USUAL.get(label) !== (was ?? is));
}

function waysDifferences(before?: Step, after?: Step): Difference[] {
  const pairs = wayPairs(before, after);
  const name = (way: Way, at: number) => way.title ?? `Way ${at + 1}`;
  const found = pairs.flatMap(({ before: one, after: other }): Difference[] => {
    const was = one && name(one.way, one.at);
    const is = other && name(other.way, other.at);
    const untitled = one && other && !one.way.title && !other.way.title;
    const titles = { label: "Title of a way", before: was ?? null, after: is ?? null };
    const taken = {
      label: `${is ?? was} is taken if`,
      before: one ? allConditions(one.way.where) || "empty" : null,
      after: other ? allConditions(other.way.where) || "empty" : null,
    };
    const both = one && other ? (untitled ? [taken] : [titles, taken]) : [taken];
    return both.filter((each) => each.before !== each.after);
  });
  const kept = pairs.filter((each) => each.before && each.after);
  const olds = kept.map((each) => each.before?.at ?? 0);
  const isTurned = olds.some((at, number) => at < (olds[number - 1] ?? 0));
  if (!isTurned) return found;
  const order = (ways: ({ way: Way; at: number } | undefined)[]) =>
    ways.flatMap((each) => (each ? [name(each.way, each.at)] : [])).join(", ");
  const was = order(
    kept.map((each) => each.before).toSorted((a, b) => (a?.at ?? 0) - (b?.at ?? 0)),
  );
  return [
    ...found,
    { label: "Order of the ways", before: was, after: order(kept.map((each) => each.after)) },
  ];
}
