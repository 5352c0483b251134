// What differs between two values, place by place. No components.

export interface Difference {
  /** Where: "to", "lines.0.name"; empty for the value as a whole. */
  place: string;
  before: unknown;
  after: unknown;
}

const MOST = 200;

/** What differs between two values of JSON, in the order of the second one; 200 places at most. */
export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = [];
  compare(before, after, "", found);
  return found.slice(0, MOST);
}

function compare(before: unknown, after: unknown, place: string, found: Difference[]): void {
  if (before === after) return;
  const [one, other] = [partsOf(before), partsOf(after)];
  if (!one || !other || Array.isArray(before) !== Array.isArray(after)) {
    found.push({ place, before, after });
    return;
  }
  for (const key of new Set([...Object.keys(other), ...Object.keys(one)])) {
    compare(one[key], other[key], place ? `${place}.${key}` : key, found);
  }
}

function partsOf(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
}
