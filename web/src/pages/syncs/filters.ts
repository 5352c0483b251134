// A filter as rows a person edits, and back into what the server takes. No components.

export interface Condition {
  field: string;
  /** The server's word; "empty" is its `exists` with false. */
  operator: string;
  value: string;
  /** The row as it was stored: sent back untouched while nobody changed what it shows. */
  stored?: Record<string, unknown>;
}

export interface Flat {
  word: "all" | "any";
  rows: Condition[];
}

export const emptyCondition = (field: string): Condition => ({
  field,
  operator: "contains",
  value: "",
});

/** Read a stored filter; null where it nests, which rows cannot show. */
export function readFilter(stored: Record<string, unknown> | null): Flat | null {
  if (stored === null) return { word: "all", rows: [] };
  const word = "any" in stored ? "any" : "all";
  const rows = stored[word];
  if (!Array.isArray(rows) || rows.some((row) => !row || !("field" in row))) return null;
  return { word, rows: rows.map((row) => condition(row as Record<string, unknown>)) };
}

function condition(row: Record<string, unknown>): Condition {
  const { field, operator, value } = row;
  const told = Array.isArray(value) ? value.join(", ") : String(value ?? "");
  const word = operator === "exists" && value === false ? "empty" : String(operator);
  return { field: String(field), operator: word, value: told, stored: row };
}

/** The group as the server takes it; null: everybody takes part. */
export function groupOf(word: "all" | "any", rows: Condition[]): Record<string, unknown> | null {
  return rows.length === 0 ? null : { [word]: rows.map(written) };
}

function written(row: Condition): Record<string, unknown> {
  if (row.stored) {
    const before = condition(row.stored);
    const isSame =
      before.field === row.field && before.operator === row.operator && before.value === row.value;
    if (isSame) return row.stored;
  }
  const operator = row.operator === "empty" ? "exists" : row.operator;
  return { field: row.field, operator, value: valueOf(row) };
}

function valueOf({ operator, value }: Condition): unknown {
  if (operator === "exists" || operator === "empty") return operator === "exists";
  if (operator !== "in") return value.trim();
  return value
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);
}
