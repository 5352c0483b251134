// Runs in the words people read. No components.
import type { Run } from "../api/syncs";
import type { Stand } from "./standing";
import { count } from "./format";

const KINDS: Record<string, string> = {
  backfill: "First run",
  poll: "Look for changes",
  manual: "Run now",
  preview: "Preview",
  undo: "Undo",
  plan: "Approved preview",
  reconciliation: "Nightly check",
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
