import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { every, live, LIVE } from "./queries";

export type Sync = Schemas["SyncView"];
export type SyncDetail = Schemas["SyncDetail"];
export type Standing = Schemas["SyncStanding"];
export type Run = Schemas["RunView"];
export type Line = Schemas["LineView"];
export type Preview = Schemas["PreviewView"];

const path = (name: string) => ({ path: { name } });
const HISTORY = 50;
const OF_EACH = 3;

export const syncs = queryOptions({
  queryKey: ["syncs"],
  queryFn: () => answer(http.GET("/api/syncs")),
  ...live("sync"),
});

export const sync = (name: string) =>
  queryOptions({
    queryKey: ["syncs", name],
    queryFn: () => answer(http.GET("/api/syncs/{name}", { params: path(name) })),
    ...live("sync"),
  });

export const standing = (name: string) =>
  queryOptions({
    queryKey: ["syncs", name, "standing"],
    queryFn: () => answer(http.GET("/api/syncs/{name}/status", { params: path(name) })),
    // a run is watched closely, rest is not
    ...live("sync", "run", "record", "review"),
    refetchInterval: (query) =>
      every(query.state.data?.latest_run?.state === "running" ? 1_000 : LIVE),
  });

export const runsOf = (name: string, limit = 20) =>
  queryOptions({
    queryKey: ["syncs", name, "runs", limit],
    queryFn: () =>
      answer(http.GET("/api/syncs/{name}/runs", { params: { ...path(name), query: { limit } } })),
    ...live("run"),
  });

export const history = (name: string, of: { run?: string; record?: string } = {}) =>
  infiniteQueryOptions({
    queryKey: ["syncs", name, "history", of],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/syncs/{name}/history", {
          params: { ...path(name), query: { ...of, before: pageParam, limit: HISTORY } },
        }),
      ),
    ...live("record"),
    getNextPageParam: (last) => last.next ?? undefined,
  });

export const brakes = (name: string) =>
  queryOptions({
    queryKey: ["syncs", name, "brakes"],
    queryFn: () => answer(http.GET("/api/syncs/{name}/brakes", { params: path(name) })),
  });

export const fields = (name: string) =>
  queryOptions({
    queryKey: ["syncs", name, "fields"],
    queryFn: () => answer(http.GET("/api/syncs/{name}/fields", { params: path(name) })),
    staleTime: 60_000, // it asks both apps
  });

export const suggestions = (name: string) =>
  queryOptions({
    queryKey: ["syncs", name, "suggestions"],
    queryFn: () => answer(http.GET("/api/syncs/{name}/suggestions", { params: path(name) })),
    staleTime: 60_000,
  });

export const tryMapping = (name: string, rows: Schemas["TriedRow"][]) =>
  answer(http.POST("/api/syncs/{name}/mapping/try", { params: path(name), body: { rows } }));

export const plan = (id: string) =>
  queryOptions({
    queryKey: ["plans", id],
    queryFn: () => answer(http.GET("/api/plans/{plan}", { params: { path: { plan: id } } })),
    ...live("plan"),
  });

/** Which items of a plan: of one kind, with a text. */
export interface ItemsWanted {
  what?: string;
  text?: string;
}

export const itemsPage = (id: string, after: number, limit: number, wanted: ItemsWanted) =>
  answer(
    http.GET("/api/plans/{plan}/items", {
      params: { path: { plan: id }, query: { after, limit, ...wanted } },
    }),
  );

export const items = (id: string, wanted: ItemsWanted) =>
  infiniteQueryOptions({
    queryKey: ["plans", id, "items", wanted],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => itemsPage(id, pageParam, 100, wanted),
    ...live("plan"), // once it is carried out each item says what became of it
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** Where the items are a file, told as it is read. */
export function itemsFile(id: string, wanted: ItemsWanted): string {
  const told = Object.entries(wanted).filter(([, each]) => each) as [string, string][];
  const query = new URLSearchParams(told).toString();
  return `/api/plans/${encodeURIComponent(id)}/export${query && `?${query}`}`;
}

export const sampleOf = (id: string, kinds: string[], text?: string) =>
  queryOptions({
    queryKey: ["plans", id, "sample", kinds, text ?? null],
    queryFn: async () => {
      const of = kinds.map((what) => itemsPage(id, 0, OF_EACH, { what, text }));
      const pages = await Promise.all(of);
      return pages.flatMap((page) => page.items);
    },
  });

export const preview = (name: string) =>
  answer(
    http.POST("/api/syncs/{name}/preview", { params: { ...path(name), query: { items: 0 } } }),
  );

export const undoOf = (run: string) =>
  answer(http.POST("/api/runs/{run}/undo", { params: { path: { run }, query: { items: 0 } } }));

export const run = (name: string, plan?: string) =>
  answer(http.POST("/api/syncs/{name}/run", { params: { ...path(name), query: { plan } } }));

export const pause = (name: string) =>
  answer(http.POST("/api/syncs/{name}/pause", { params: path(name) }));

export const release = (name: string) =>
  answer(http.POST("/api/syncs/{name}/release", { params: path(name) }));

export const change = (name: string, body: Schemas["SyncChange"]) =>
  answer(http.PATCH("/api/syncs/{name}", { params: path(name), body }));

export const setBrakes = (name: string, body: Schemas["BrakesView"]) =>
  answer(http.PUT("/api/syncs/{name}/brakes", { params: path(name), body }));

export const remove = (name: string) =>
  answer(http.DELETE("/api/syncs/{name}", { params: path(name) }));

export const create = (body: Schemas["NewSync"]) => answer(http.POST("/api/syncs", { body }));
