import type { RunState } from "../../api/flows";

const STATES: RunState[] = [
  "ready",
  "waiting",
  "held",
  "done",
  "stopped",
  "dead",
  "unknown",
  "cancelled",
];

/** The filters of the list of runs, as they stand in the address. */
export interface RunSearch {
  kind?: "flows";
  sync?: string;
  flow?: string;
  states?: RunState;
  text?: string;
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

/** Read filters out of an address; what is not known is left out, so that no address breaks. */
export function readRunSearch(search: Record<string, unknown>): RunSearch {
  const state = STATES.find((each) => each === search.states);
  return {
    kind: search.kind === "flows" ? "flows" : undefined,
    sync: text(search.sync),
    flow: text(search.flow),
    states: state,
    text: text(search.text),
  };
}

export const RUN_STATES = STATES;
