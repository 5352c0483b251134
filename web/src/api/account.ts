// One's own sessions and password.
import { queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { queries } from "./queries";
import { session } from "./session";

export type OwnSession = Schemas["SessionView"];

export const sessions = queryOptions({
  queryKey: ["sessions"],
  queryFn: () => answer(http.GET("/api/sessions")),
});

export const endSession = (id: string) =>
  answer(http.DELETE("/api/sessions/{session}", { params: { path: { session: id } } }));

export async function changePassword(old: string, fresh: string): Promise<void> {
  await answer(http.PUT("/api/session/password", { body: { old, new: fresh } }));
  // every session ended and this browser has a new one, with a proof of its own
  await queries.fetchQuery({ ...session, staleTime: 0 });
}
