import type { RunState } from "../../api/flows";
import type { SyncRunState } from "../../api/runs";

export const RUN_STATES: RunState[] = [
  "ready",
  "waiting",
  "held",
  "done",
  "stopped",
  "dead",
  "unknown",
  "cancelled",
];

export const SYNC_STATES: SyncRunState[] = ["running", "done", "failed", "halted"];

/** The filters of the list of runs, as they stand in the address. Days are those of the reader. */
export interface RunSearch {
  kind?: "flows" | "replays";
  sync?: string;
  state?: SyncRunState;
  flow?: string;
  states?: RunState;
  text?: string;
  record?: string;
  replay?: string;
  from?: string;
  to?: string;
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

const day = (value: unknown) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;

/** Read filters out of an address; what is not known is left out, so that no address breaks. */
export function readRunSearch(search: Record<string, unknown>): RunSearch {
  return {
    kind: search.kind === "flows" || search.kind === "replays" ? search.kind : undefined,
    sync: text(search.sync),
    state: SYNC_STATES.find((each) => each === search.state),
    flow: text(search.flow),
    states: RUN_STATES.find((each) => each === search.states),
    text: text(search.text),
    record: text(search.record),
    replay: text(search.replay),
    from: day(search.from),
    to: day(search.to),
  };
}

/** The moments between which runs lie: from the first day's beginning to the last day's end. */
export function spanOf({ from, to }: RunSearch): { since?: string; until?: string } {
  return { since: from && midnight(from, 0), until: to && midnight(to, 1) };
}

function midnight(date: string, later: number): string {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split("-").map(Number);
  return new Date(year, month - 1, dayOfMonth + later).toISOString();
}
