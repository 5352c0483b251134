import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { live, LIVE } from "./queries";

export type AlertTold = Schemas["AlertView"];
export type Rule = Schemas["RuleView"];
export type RuleChange = Schemas["RuleWanted"];
export type Channel = Schemas["ChannelView"];
export type ChannelKind = Schemas["ChannelKind"];

export const alerts = queryOptions({
  queryKey: ["alerts"],
  queryFn: () => answer(http.GET("/api/alerts", { params: { query: { limit: 50 } } })),
  ...live("alert"),
});

export const pastAlerts = infiniteQueryOptions({
  queryKey: ["alerts", "past"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam }) =>
    answer(
      http.GET("/api/alerts", {
        params: { query: { state: "past", before: pageParam, limit: 50 } },
      }),
    ),
  getNextPageParam: (last) => last.next ?? undefined,
});

export const acknowledge = (alert: string) =>
  answer(http.POST("/api/alerts/{alert}/acknowledge", { params: { path: { alert } } }));

export const snooze = (alert: string, until: string) =>
  answer(http.POST("/api/alerts/{alert}/snooze", { params: { path: { alert } }, body: { until } }));

export const rules = queryOptions({
  queryKey: ["alerts", "rules"],
  queryFn: () => answer(http.GET("/api/alerts/rules")),
});

export const setRule = (kind: Rule["kind"], body: RuleChange) =>
  answer(http.PATCH("/api/alerts/rules/{kind}", { params: { path: { kind } }, body }));

export const channels = queryOptions({
  queryKey: ["alerts", "channels"],
  queryFn: () => answer(http.GET("/api/alerts/channels")),
  refetchInterval: LIVE * 2,
});

export const channelKinds = queryOptions({
  queryKey: ["alerts", "channels", "kinds"],
  queryFn: () => answer(http.GET("/api/alerts/channels/kinds")),
  staleTime: Infinity,
});

export const addChannel = (body: Schemas["NewChannel"]) =>
  answer(http.POST("/api/alerts/channels", { body }));

const named = (name: string) => ({ params: { path: { name } } });

export const testChannel = (name: string) =>
  answer(http.POST("/api/alerts/channels/{name}/test", named(name)));

export const removeChannel = (name: string) =>
  answer(http.DELETE("/api/alerts/channels/{name}", named(name)));
