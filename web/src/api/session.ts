// Who is signed in here, and the ways in and out.
import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, http, keepCsrf, Refusal, type Schemas, whenSignedOut } from "./client";
import { queries } from "./queries";

export type Session = Schemas["SessionState"];

const NOT_SIGNED_IN = 401;

async function ask(): Promise<Session | null> {
  try {
    return entered(await answer(http.GET("/api/session")));
  } catch (error) {
    if (error instanceof Refusal && error.status === NOT_SIGNED_IN) return null;
    throw error;
  }
}

function entered(session: Session): Session {
  keepCsrf(session.csrf ?? null);
  return session;
}

/** Who is signed in; null is nobody. */
export const session = queryOptions({ queryKey: ["session"], queryFn: ask, staleTime: Infinity });

/** Whether there is any user yet. */
export const welcome = queryOptions({
  queryKey: ["welcome"],
  queryFn: () => answer(http.GET("/api/welcome")),
});

// whoever was signed in before saw other things, so nothing of it is kept
function begin(made: Session): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== session.queryKey[0] });
  queries.setQueryData(session.queryKey, entered(made));
}

export const signIn = async (name: string, password: string) =>
  begin(await answer(http.POST("/api/session", { body: { name, password } })));

export const lookAtLink = (link: string) =>
  answer(http.POST("/api/links/look", { body: { link } }));

export const enterByLink = async (said: Schemas["LinkEnter"]) =>
  begin(await answer(http.POST("/api/links/enter", { body: said })));

export async function signOut(): Promise<void> {
  await answer(http.DELETE("/api/session"));
  forget();
}

function forget(): void {
  keepCsrf(null);
  queries.setQueryData(session.queryKey, null);
}

whenSignedOut(forget);

/** What whoever is signed in may do: `change` what is synced, `admin` who and what comes in. */
export function useMay(): { change: boolean; admin: boolean } {
  const { data } = useQuery(session);
  const writes = Boolean(data) && !data?.read_only;
  return { change: writes && data?.role !== "viewer", admin: writes && data?.role === "admin" };
}
