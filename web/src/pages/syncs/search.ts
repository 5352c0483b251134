import type { ItemsWanted } from "../../api/syncs";

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;

/** Read out of an address which items of a plan are looked at; a number is a text, too. */
export const readItemsWanted = (search: Record<string, unknown>): ItemsWanted => ({
  what: text(search.what),
  text: text(search.text),
});
