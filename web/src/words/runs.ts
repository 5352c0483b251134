// Runs in the words people read. No components.
import type { Run } from "../api/syncs";
import type { Stand } from "./standing";
import { count, formatNumber } from "./format";
import { fieldName } from "./names";

const KINDS: Record<string, string> = {
  backfill: "First run",
  poll: "Look for changes",
  preview: "Preview",
  approved: "What you approved",
  undo: "Undo",
  released: "After it was turned on",
  reconcile: "Nightly check",
  webhook: "Changes reported",
};

export const ranWhat = (kind: string) => KINDS[kind] ?? kind.replaceAll("_", " ");

const STATES: Record<string, Stand> = {
  running: { tone: "busy", word: "Running" },
  done: { tone: "good", word: "Done" },
  failed: { tone: "bad", word: "Failed" },
  halted: { tone: "bad", word: "Stopped" },
  ready: { tone: "busy", word: "Ready" },
  waiting: { tone: "busy", word: "Waiting" },
  held: { tone: "care", word: "Held back" },
  stopped: { tone: "quiet", word: "Ended early" },
  dead: { tone: "bad", word: "Failed" },
  unknown: { tone: "care", word: "In doubt" },
  cancelled: { tone: "quiet", word: "Cancelled" },
};

export const runStand = (state: string): Stand =>
  STATES[state] ?? { tone: "quiet", word: state.replaceAll("_", " ") };

/** A sync run's counts as a short sentence; what it said itself, where it said something. */
export function whatCame(run: Pick<Run, "counts" | "said">): string {
  if (run.said) return run.said;
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (run.counts[name] ?? 0), 0);
  const told: [number, string][] = [
    [of("created_a", "created_b"), "created"],
    [of("updated_a", "updated_b"), "changed"],
    [of("deleted_a", "deleted_b"), "deleted"],
    [of("matched"), "recognised"],
    [of("failed", "rejected"), "refused"],
    [of("reviews"), "for you to decide"],
  ];
  const parts = told.filter(([number]) => number > 0);
  if (parts.length === 0) return "Nothing had to be changed.";
  return parts
    .map(([number, word], place) =>
      place ? `${number} ${word}` : `${count(number, "record")} ${word}`,
    )
    .join(", ");
}

/** Whether a run wrote anything, so that there is something to take back. */
export const wroteSomething = (run: Pick<Run, "counts" | "state">): boolean =>
  run.state !== "running" &&
  ["created_a", "created_b", "updated_a", "updated_b", "deleted_a", "deleted_b"].some(
    (key) => (run.counts[key] ?? 0) > 0,
  );

export interface Phase {
  title: string;
  lines: string[];
}

/** What a run did, phase by phase, with the names of the two connections. */
export function phasesOf(counts: Record<string, number>, ends: Record<"a" | "b", string>): Phase[] {
  const told = (entries: [string, string][]) =>
    entries
      .filter(([key]) => (counts[key] ?? 0) > 0)
      .map(([key, words]) => words.replace("#", formatNumber(counts[key] ?? 0)));
  const bySide = (key: string, words: string): [string, string][] => [
    [`${key}_a`, words.replace("@", ends.a)],
    [`${key}_b`, words.replace("@", ends.b)],
  ];
  const phases: Phase[] = [
    {
      title: "Read both apps",
      lines: told([...bySide("read", "# read in @"), ...bySide("changed", "# had changed in @")]),
    },
    {
      title: "Compared and decided",
      lines: told([
        ["decided", "# looked at"],
        ["matched", "# recognised as the same"],
        ["conflicts", "# fields changed on both sides"],
        ["reviews", "# left for you to decide"],
        ["excluded", "# left alone by your filters"],
      ]),
    },
    {
      title: "Wrote",
      lines: told([
        ...bySide("created", "# created in @"),
        ...bySide("updated", "# changed in @"),
        ...bySide("deleted", "# deleted or put away in @"),
        ...bySide("found", "# found there already in @"),
        ["superseded", "# decided anew, because the record moved meanwhile"],
        ["postponed", "# to be tried again later"],
        ["rejected", "# refused by the app"],
      ]),
    },
  ];
  return phases.filter((each) => each.lines.length > 0);
}

/** States in which a flow's run is over, one way or another. */
const ENDED = ["done", "stopped", "dead", "cancelled", "unknown"];

/** How many of a replay's runs, counted by state, have come to an end. */
export const overOf = (runs: Record<string, number>): number =>
  ENDED.reduce((sum, each) => sum + (runs[each] ?? 0), 0);

/** How a replay stands; one some of whose runs failed again says so. */
export function replayStand(replay: { state: string; runs: Record<string, number> }): Stand {
  if (replay.state === "cancelled") return { tone: "quiet", word: "Cancelled" };
  if (replay.state !== "done") return { tone: "busy", word: "Under way" };
  const failed = ["dead", "stopped", "unknown"].some((each) => (replay.runs[each] ?? 0) > 0);
  return failed ? { tone: "care", word: "Done, some failed" } : { tone: "good", word: "Done" };
}

/** What started a run of a flow, as a sentence goes on. */
export const ORIGINS: Record<string, string> = {
  event: "what an app reported",
  poll: "something new in an app",
  schedule: "the clock",
  manual: "hand",
  bridge: "what was posted to its address",
  replay: "being done again",
};

/** The brakes of a sync in words: from where on a run stops and asks. */
export function brakesTold(brakes: { min_changes: number; max_share: number }): string {
  const share = Math.round(brakes.max_share * 100);
  return `A run of this sync may change ${formatNumber(brakes.min_changes)} records, or ${share} % of the linked ones if that is more.`;
}

/** A step's title, or else the name of its place: "create_note" → "Create note". */
export function stepName(step: { title: string | null; place: string }): string {
  return step.title ?? fieldName((step.place.split(".").at(-1) ?? "").replace(/\[\d+\]$/, ""));
}

/** Of which item of a for-each a step is: "each[2].note" → "item 2"; nothing where there is none. */
export function itemOf(place: string): string {
  const numbers = [...place.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
  return numbers.length ? `item ${numbers.join(", ")}` : "";
}
