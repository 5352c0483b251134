import type { Sight } from "../../api/contacts";
import { readKind } from "../../words/contacts";

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

/** Read out of an address what is looked for; a telephone number is a text, too. */
export const readWords = (search: Record<string, unknown>): { words?: string } => ({
  words: text(search.words),
});

/** Read out of an address what of a timeline is looked at; what is not known is left out. */
export const readSight = (search: Record<string, unknown>): Sight => ({
  kind: readKind(search.kind),
  app: text(search.app),
});
