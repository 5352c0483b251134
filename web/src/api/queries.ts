import { QueryClient } from "@tanstack/react-query";

import { Refusal } from "./client";

/** How often what may change by itself is asked for again while somebody looks. */
export const LIVE = 5_000;

const TRIES = 2;

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
