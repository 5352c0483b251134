// Runs of all syncs, and what people do about runs of flows.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { every, live, LIVE } from "./queries";

export type SyncRun = Schemas["SyncRunView"];
export type SyncRunDetail = Schemas["SyncRunDetail"];
export type SyncRunState = "running" | "done" | "failed" | "halted";
export type ReplayWanted = Schemas["ReplayWanted"];
export type Replay = Schemas["ReplayView"];

const PAGE = 50;

export interface SyncRunFilter {
  sync?: string;
  states?: SyncRunState[];
  since?: string;
  until?: string;
}

export const syncRuns = (filter: SyncRunFilter) =>
  infiniteQueryOptions({
    queryKey: ["runs", filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/runs", { params: { query: { ...filter, before: pageParam, limit: PAGE } } }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    ...live("run"),
  });

export const syncRun = (run: string) =>
  queryOptions({
    queryKey: ["runs", "one", run],
    queryFn: () => answer(http.GET("/api/runs/{run}", { params: { path: { run } } })),
    ...live("run"),
    refetchInterval: (query) => every(query.state.data?.state === "running" ? 1_000 : LIVE),
  });

export const undoLook = (run: string) =>
  infiniteQueryOptions({
    queryKey: ["runs", "undo", run],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/runs/{run}/undo", {
          params: { path: { run }, query: { after: pageParam, limit: PAGE } },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const runCounts = (flow?: string) =>
  queryOptions({
    queryKey: ["flow-runs", "counts", flow ?? null],
    queryFn: () => answer(http.GET("/api/flow-runs/counts", { params: { query: { flow } } })),
    ...live("flow_run"),
  });

export const replayLook = (wanted: ReplayWanted) =>
  queryOptions({
    queryKey: ["replays", "look", wanted],
    queryFn: () => answer(http.POST("/api/flow-runs/replays/preview", { body: wanted })),
    staleTime: 0,
    gcTime: 0, // what is offered has to be how it stands now
  });

export const replays = queryOptions({
  queryKey: ["replays", "list"],
  queryFn: () => answer(http.GET("/api/flow-runs/replays", { params: { query: { limit: 50 } } })),
  refetchInterval: LIVE,
});

export const cancelReplay = (replay: string) =>
  answer(http.POST("/api/flow-runs/replays/{replay}/cancel", { params: { path: { replay } } }));

export const answerFor = (run: string, happened: boolean) =>
  answer(
    http.POST("/api/flow-runs/{run}/answer", { params: { path: { run } }, body: { happened } }),
  );

export const cancelRun = (run: string) =>
  answer(http.POST("/api/flow-runs/cancel", { body: { ids: [run] } as Schemas["RunsMeant"] }));

export const releaseRun = (run: string) =>
  answer(http.POST("/api/flow-runs/release", { body: { ids: [run] } as Schemas["RunsMeant"] }));
