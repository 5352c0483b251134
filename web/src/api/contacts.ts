// People as the linked apps know them, and what is changed of them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, http, type Schemas } from "./client";
import { LIVE, queries } from "./queries";

export type FoundPerson = Schemas["FoundPersonView"];
export type Person = Schemas["PersonView"];
export type PersonField = Schemas["PersonFieldView"];
export type Spoken = Schemas["SpokenView"];
export type Happening = Schemas["HappeningView"];
export type Underway = Schemas["UnderwayView"];
export type Health = Schemas["HealthView"];
export type Added = Schemas["AddedView"];

const PAGE = 50;
const SOON = 1_000;
const PATIENCE = 60;

const path = (person: string) => ({ path: { person } });
const wait = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

export const contacts = (words: string) =>
  infiniteQueryOptions({
    queryKey: ["contacts", words],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/people", {
          params: { query: { search: words, limit: PAGE, after: pageParam } },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
  });

/** What is on its way for a person: field by field, and what belongs to them. */
export function isMoving(told: Person): boolean {
  const fields = told.fields.some((field) =>
    field.values.some((each) => each.waits && each.waits.state !== "failed"),
  );
  const things = [...told.tasks, ...told.notes, ...told.appointments].some((each) =>
    each.waits.some(({ state }) => state !== "failed"),
  );
  return fields || things;
}

/** A person as it is known here, without a call to any app: what they told just before is in it. */
export const person = (id: string) =>
  queryOptions({
    queryKey: ["person", id],
    queryFn: () =>
      answer(http.GET("/api/people/{person}", { params: { ...path(id), query: { ask: false } } })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? SOON : LIVE),
  });

/** Ask every linked app about a person, and show what they say. */
export const asking = (id: string) =>
  queryOptions({
    queryKey: ["asked", id],
    queryFn: async () => {
      const told = await answer(http.GET("/api/people/{person}", { params: path(id) }));
      queries.setQueryData(person(id).queryKey, told);
      await queries.invalidateQueries({ queryKey: ["timeline", id] });
      return told.asked_at;
    },
    staleTime: 60_000, // so long the server keeps what they said
    refetchOnWindowFocus: false,
  });

export type Kind =
  "task" | "note" | "appointment" | "opportunity" | "conversation" | "message" | "change";

/** What of a timeline is looked at; nothing named is everything. */
export interface Sight {
  kind?: Kind;
  app?: string;
}

export const timeline = (id: string, sight: Sight) =>
  infiniteQueryOptions({
    queryKey: ["timeline", id, sight],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      answer(
        http.GET("/api/people/{person}/timeline", {
          params: {
            ...path(id),
            query: {
              before: pageParam,
              limit: PAGE,
              kind: sight.kind && [sight.kind],
              connection: sight.app ? [sight.app] : undefined,
              ask: false,
            },
          },
        }),
      ),
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: LIVE,
  });

export const edit = (id: string, body: Schemas["FieldEdit"]) =>
  answer(http.PATCH("/api/people/{person}", { params: path(id), body }));

/** Put a field back to what it was, once the write that is on its way has ended. */
export async function putBack(id: string, body: Schemas["FieldEdit"]) {
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const told = await queries.fetchQuery({ ...person(id), staleTime: 0 });
    if (!isMoving(told)) break;
    await wait(SOON);
  }
  return edit(id, body);
}

export const addNote = (id: string, body: Schemas["NewNote"]) =>
  answer(http.POST("/api/people/{person}/notes", { params: path(id), body }));

export const addTask = (id: string, body: Schemas["NewTask"]) =>
  answer(http.POST("/api/people/{person}/tasks", { params: path(id), body }));

/** See at once what became of a change, and have the apps asked again for what no sync reads. */
export async function lookAgain(id: string): Promise<void> {
  await Promise.all(
    ["person", "asked", "timeline"].map((what) =>
      queries.invalidateQueries({ queryKey: [what, id] }),
    ),
  );
}
