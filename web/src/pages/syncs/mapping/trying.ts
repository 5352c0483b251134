import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "../../../api/client";
import { tryMapping } from "../../../api/syncs";
import { type FieldShown, type MapLine, written } from "./rows";

const TYPING = 400; // milliseconds
const MOST = 6;

export type Trial = Schemas["MappingTrialView"];

/** Ask the server what the lines make of the values there are, and what is wrong at which. */
export function useTrials(sync: string, lines: MapLine[], known: Schemas["FieldsView"]) {
  const rows = written(lines).map((row) => ({
    row,
    a: valuesOf(known.a.fields, String(row.a)),
    b: valuesOf(known.b.fields, String(row.b)),
  }));
  const [key] = useDebouncedValue(JSON.stringify(rows), TYPING);
  const query = useQuery({
    queryKey: ["mapping-trial", sync, key],
    queryFn: () => tryMapping(sync, JSON.parse(key) as typeof rows),
    placeholderData: (before) => before,
    retry: false,
    gcTime: 60_000,
  });
  const told = query.data?.rows ?? [];
  // an answer to other lines says nothing about these
  const isOfThese = told.length === lines.length;
  return new Map<string, Trial>(
    isOfThese ? told.map((each, at) => [lines[at]?.a ?? "", each]) : [],
  );
}

function valuesOf(fields: FieldShown[], name: string): string[] {
  const field = fields.find((each) => each.name === name);
  return [...new Set([...(field?.words ?? []), ...(field?.samples ?? [])])].slice(0, MOST);
}
