import { QueryClient } from "@tanstack/react-query";

import { Refusal } from "./client";
import { isLive } from "./liveness";

/** How often what may change by itself is asked for again while somebody looks. */
export const LIVE = 5_000;

/** How often it is asked for although changes are told as they come: what is told can be lost. */
const RARE = 60_000;

const TRIES = 2;

/** What the server tells the changes of. */
export type Noun =
  | "alert"
  | "connection"
  | "flow"
  | "flow_run"
  | "plan"
  | "posting"
  | "record"
  | "review"
  | "run"
  | "sync";

declare module "@tanstack/react-query" {
  interface Register {
    queryMeta: { of?: readonly Noun[] };
  }
}

/** For a query that shows these nouns: asked anew when one changes, or every so often. */
export const live = (...of: Noun[]) => ({ meta: { of }, refetchInterval: () => every() });

/** How long to wait before asking again; closely for what is waited for. */
export function every(closely = LIVE): number {
  return isLive() ? RARE : closely;
}

/** What the server said, kept for a moment. A refusal is an answer: only silence is tried again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (failures, error) =>
        failures < TRIES && (!(error instanceof Refusal) || error.status === 0),
    },
  },
});
