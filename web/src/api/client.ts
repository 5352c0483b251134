// The one place that talks to the server: it sends what proves that a change comes from this page,
// and tells when the session is over.
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

const CSRF_HEADER = "X-Instep-CSRF";
const NOT_SIGNED_IN = 401;

let csrf: string | null = null;
let tellSignedOut = () => {};

/** Send this along with every change from now on. */
export function keepCsrf(token: string | null): void {
  csrf = token;
}

/** Do this once the server no longer knows who asks. */
export function whenSignedOut(act: () => void): void {
  tellSignedOut = act;
}

async function send(request: Request): Promise<Response> {
  const knownBefore = csrf !== null;
  if (csrf !== null && request.method !== "GET") request.headers.set(CSRF_HEADER, csrf);
  // `fetch` is looked up at each call: openapi-fetch would keep the one it saw at import
  const response = await fetch(request);
  if (knownBefore && response.status === NOT_SIGNED_IN) tellSignedOut();
  return response;
}

export const http = createClient<paths>({ baseUrl: window.location.origin, fetch: send });

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
