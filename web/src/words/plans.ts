// Plans (what a run or an undo would do) as tables and as a file. No components.
import { formatNumber } from "./format";

export interface PlannedChange {
  field: string;
  side: "a" | "b";
  before: unknown;
  after: unknown;
  why: string;
}

export interface PlannedItem {
  id: number;
  what: string;
  record: string | null;
  a: string | null;
  b: string | null;
  matched_by?: string | null;
  why?: string | null;
  changes?: PlannedChange[];
  conflicts?: { field: string; a: unknown; b: unknown }[];
  /** Of an undo: what is left as it is, field by field (none: the whole record), and why. */
  refused?: { field: string | null; why: string }[];
  state?: string | null;
  sentence?: string | null;
}

/** The two apps of a sync by side. */
export type Ends = Record<"a" | "b", string>;

/** Read an item as the server tells it: it describes items as open objects. */
export const asItem = (raw: Record<string, unknown>): PlannedItem => raw as unknown as PlannedItem;

export interface Figure {
  label: string;
  value: string;
  /** The kind of items behind it, to show only those. */
  what?: string;
}

/** A plan's counts in words, only those that say something; matched pairs always. */
export function figures(counts: Record<string, number>, ends: Ends): Figure[] {
  const told: [string, string, string?][] = [
    ["to_create_a", `to create in ${ends.a}`, "create"],
    ["to_create_b", `to create in ${ends.b}`, "create"],
    ["to_update", "to change", "update"],
    ["to_delete", "to delete or put away", "delete"],
    ["matched", "recognised as the same", "link"],
    ["reviews", "for you to decide", "review"],
    ["conflicts", "fields changed on both sides"],
    ["excluded", "left alone by your filters"],
    ["refused", "cannot be taken back", "nothing"],
    ["refused_fields", "fields changed since, left as they are"],
  ];
  return told
    .filter(([key]) => (counts[key] ?? 0) > 0)
    .map(([key, label, what]) => ({ label, value: formatNumber(counts[key] ?? 0), what }));
}

/** Whether carrying it out would write anything or link anything. */
export const doesSomething = (counts: Record<string, number>) =>
  ["to_create_a", "to_create_b", "to_update", "to_delete", "matched"].some(
    (key) => (counts[key] ?? 0) > 0,
  );
