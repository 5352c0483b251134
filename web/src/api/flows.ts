import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { every, live } from "./queries";

export type Flow = Schemas["FlowView"];
export type FlowRun = Schemas["FlowRunView"];
export type FlowRunDetail = Schemas["FlowRunDetail"];
export type RunState = FlowRun["state"];

const path = (name: string) => ({ path: { name } });

export const flows = queryOptions({
  queryKey: ["flows"],
  queryFn: () => answer(http.GET("/api/flows")),
  ...live("flow", "flow_run"),
});

export const flow = (name: string) =>
  queryOptions({
    queryKey: ["flows", name],
    queryFn: () => answer(http.GET("/api/flows/{name}", { params: path(name) })),
    ...live("flow", "flow_run"),
  });

export const flowVerb = (name: string, verb: "pause" | "resume" | "publish") => {
  const params = path(name);
  if (verb === "pause") return answer(http.POST("/api/flows/{name}/pause", { params }));
  if (verb === "resume") return answer(http.POST("/api/flows/{name}/resume", { params }));
  return answer(http.POST("/api/flows/{name}/publish", { params }));
};

export interface RunFilter {
  flow?: string;
  states?: RunState[];
  text?: string;
  record?: string;
  replay?: string;
  since?: string;
  until?: string;
}

export const flowRuns = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: ["flow-runs", filter],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/flow-runs", {
          params: { query: { ...filter, before: pageParam, limit: 50 } },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    ...live("flow_run"),
  });

export const flowRun = (run: string) =>
  queryOptions({
    queryKey: ["flow-runs", "one", run],
    queryFn: () => answer(http.GET("/api/flow-runs/{run}", { params: { path: { run } } })),
    ...live("flow_run"),
  });

export const replay = (body: Schemas["ReplayWanted"]) =>
  answer(http.POST("/api/flow-runs/replays", { body }));

export const replayProgress = (id: string) =>
  queryOptions({
    queryKey: ["replays", id],
    queryFn: () =>
      answer(http.GET("/api/flow-runs/replays/{replay}", { params: { path: { replay: id } } })),
    ...live("flow_run"),
    refetchInterval: (query) =>
      query.state.data && ["done", "cancelled"].includes(query.state.data.state)
        ? false
        : every(1_000),
  });
