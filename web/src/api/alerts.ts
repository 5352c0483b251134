import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { live } from "./queries";

export type AlertTold = Schemas["AlertView"];

export const alerts = queryOptions({
  queryKey: ["alerts"],
  queryFn: () => answer(http.GET("/api/alerts", { params: { query: { limit: 50 } } })),
  ...live("alert"),
});

export const acknowledge = (alert: string) =>
  answer(http.POST("/api/alerts/{alert}/acknowledge", { params: { path: { alert } } }));

export const snooze = (alert: string, until: string) =>
  answer(http.POST("/api/alerts/{alert}/snooze", { params: { path: { alert } }, body: { until } }));
