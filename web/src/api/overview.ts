// What Home shows, put together from the lists there are. A route of its own can take the place of
// `ask` without any page noticing.
import { queryOptions } from "@tanstack/react-query";

import { type AlertTold } from "./alerts";
import { answer, http } from "./client";
import { type Connection } from "./connections";
import { type Flow } from "./flows";
import { LIVE } from "./queries";
import { type Standing, type Sync } from "./syncs";

export interface Overview {
  syncs: { sync: Sync; standing: Standing }[];
  flows: Flow[];
  connections: Connection[];
  alerts: AlertTold[];
  waiting: number;
}

async function ask(): Promise<Overview> {
  const [syncs, flows, connections, alerts, waiting] = await Promise.all([
    answer(http.GET("/api/syncs")),
    answer(http.GET("/api/flows")),
    answer(http.GET("/api/connections")),
    answer(http.GET("/api/alerts", { params: { query: { limit: 20 } } })),
    answer(http.GET("/api/conflicts", { params: { query: { limit: 1 } } })),
  ]);
  const standings = await Promise.all(
    syncs.map(({ name }) =>
      answer(http.GET("/api/syncs/{name}/status", { params: { path: { name } } })),
    ),
  );
  return {
    syncs: syncs.flatMap((sync, index) => {
      const standing = standings[index];
      return standing ? [{ sync, standing }] : [];
    }),
    flows,
    connections,
    alerts: alerts.alerts,
    waiting: waiting.total,
  };
}

export const overview = queryOptions({
  queryKey: ["overview"],
  queryFn: ask,
  gcTime: 0, // whoever comes back to Home sees how it stands, not how it stood
  refetchInterval: LIVE,
});
