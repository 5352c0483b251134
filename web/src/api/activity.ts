// What people changed here, for admins; and what was written to the apps, for everybody.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";

export type Entry = Schemas["EntryView"];
export type EntryChange = Schemas["AuditChangeView"];
export type SyncLine = Schemas["SyncLineView"];

/** Which entries: whose, on which kind of object, when (ISO), and with what text in them. */
export interface Wanted {
  actor?: string;
  noun?: string;
  since?: string;
  until?: string;
  text?: string;
}

const PAGE = 50;

export const entries = (wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["audit", "entries", wanted],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/audit", {
          params: { query: { ...wanted, before: pageParam, limit: PAGE } },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const choices = queryOptions({
  queryKey: ["audit", "choices"],
  queryFn: () => answer(http.GET("/api/audit/choices")),
});

export const verify = () => answer(http.GET("/api/audit/verify"));

/** Where the browser gets these entries as a file. */
export function exportAddress(wanted: Wanted, form: "csv" | "json"): string {
  const said = Object.entries({ ...wanted, form }).filter(([, value]) => value);
  return `/api/audit/export?${new URLSearchParams(said as [string, string][])}`;
}

export const written = infiniteQueryOptions({
  queryKey: ["history"],
  initialPageParam: undefined as number | undefined,
  queryFn: ({ pageParam }) =>
    answer(http.GET("/api/history", { params: { query: { before: pageParam, limit: PAGE } } })),
  getNextPageParam: (last) => last.next ?? undefined,
});
