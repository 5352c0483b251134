// The one place that talks to the server. What a session needs (a login page when the answer is
// 401, a header against forged requests) is added here and nowhere else.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the server did not do: `message` is the sentence it gave, made for people. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly kind: string,
    readonly status: number,
  ) {
    super(message);
  }
}

const UNREACHABLE =
  "Instep cannot be reached. Check that it is still running, and that this computer is connected.";

// `fetch` is looked up at each call: openapi-fetch would keep the one it saw at import
export const http = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: (request) => fetch(request),
});

interface Answered<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Wait for an answer and return what it holds. Throws Refusal with a sentence for people. */
export async function answer<T>(asking: Promise<Answered<T>>): Promise<T> {
  let answered: Answered<T>;
  try {
    answered = await asking;
  } catch {
    throw new Refusal(UNREACHABLE, "Unreachable", 0);
  }
  const { data, error, response } = answered;
  if (response.ok) return data as T;
  throw refusal(error, response.status);
}

function refusal(error: unknown, status: number): Refusal {
  if (typeof error === "object" && error !== null && "error" in error) {
    const { error: sentence, kind } = error as { error: unknown; kind?: unknown };
    return new Refusal(String(sentence), String(kind ?? "Fault"), status);
  }
  return new Refusal(`Instep answered with the status ${status} and no reason.`, "Fault", status);
}

/** Return what to tell a person about anything that was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
