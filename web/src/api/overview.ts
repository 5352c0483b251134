import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { live } from "./queries";

export type Overview = Schemas["OverviewView"];
export type SyncRow = Schemas["SyncStandingView"];
export type FlowRow = Schemas["FlowStandingView"];
export type ConnectionRow = Schemas["ConnectionStandingView"];
export type Quota = Schemas["QuotaView"];
export type Trouble = Schemas["TroubleView"];

export const overview = queryOptions({
  queryKey: ["overview"],
  queryFn: () => answer(http.GET("/api/overview")),
  gcTime: 0, // whoever comes back to Home sees how it stands, not how it stood
  ...live("alert", "connection", "flow", "flow_run", "posting", "record", "review", "run", "sync"),
});
