import type { Wanted } from "../../api/activity";

/** The filters of the list of changes, as they stand in the address; days as 2026-01-31. */
export interface ActivitySearch {
  who?: string;
  kind?: string;
  from?: string;
  to?: string;
  text?: string;
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

const day = (value: unknown) =>
  typeof value === "string" && !Number.isNaN(Date.parse(`${value}T00:00`)) ? value : undefined;

/** Read filters out of an address; what is not known is left out, so that no address breaks. */
export function readActivitySearch(search: Record<string, unknown>): ActivitySearch {
  return {
    who: text(search.who),
    kind: text(search.kind),
    from: day(search.from),
    to: day(search.to),
    text: text(search.text),
  };
}

/** Return what to ask the server for: days begin and end in the reader's own zone. */
export function wantedOf({ who, kind, from, to, text: words }: ActivitySearch): Wanted {
  const wanted = {
    actor: who,
    noun: kind,
    since: from && startOf(from).toISOString(),
    until: to && dayAfter(to).toISOString(),
    text: words,
  };
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value));
}

const startOf = (said: string) => new Date(`${said}T00:00`);

function dayAfter(said: string): Date {
  const next = startOf(said);
  next.setDate(next.getDate() + 1);
  return next;
}
