import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { change, type SyncDetail } from "../../api/syncs";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";
import { fieldName, recordsOf } from "../../words/names";
import { type Condition, emptyCondition, groupOf, readFilter } from "./filters";
import type { FieldShown } from "./mapping/rows";

const OPERATORS = [
  { value: "eq", label: "is" },
  { value: "not", label: "is not" },
  { value: "contains", label: "contains" },
  { value: "in", label: "is one of (with commas)" },
  { value: "exists", label: "is filled" },
  { value: "empty", label: "is empty" },
];

interface FilterProps {
  sync: SyncDetail;
  side: "a" | "b";
  fields: FieldShown[];
}

/** The conditions that a record of one side has to meet to take part. */
export function FilterForm({ sync, side, fields }: FilterProps) {
  const stored = readFilter(sync.filters[side] ?? null);
  const [word, setWord] = useState(stored?.word ?? "all");
  const [rows, setRows] = useState<Condition[]>(stored?.rows ?? []);
  const cache = useQueryClient();
  const saved = useMutation({
    mutationFn: () => change(sync.name, { filters: { [side]: groupOf(word, rows) } }),
    onSuccess: async () => {
      say("The conditions are saved. The next run goes by them.");
      await cache.invalidateQueries();
    },
  });
  const name = sync[side];
  const set = (place: number, changes: Partial<Condition>) =>
    setRows(rows.map((each, at) => (at === place ? { ...each, ...changes } : each)));
  if (stored === null) {
    return (
      <Text size="sm">
        The conditions for {name} are nested and were made with the commands. They hold as they are:
        see “What it does” on the sync's page.
      </Text>
    );
  }
  return (
    <fieldset className="panel">
      <legend>
        {fieldName(recordsOf(sync.records))} of {name}
      </legend>
      <Stack gap="xs">
        {rows.length === 0 && <Text c="dimmed">All of them take part.</Text>}
        {rows.length > 1 && (
          <NativeSelect
            label="They take part if"
            value={word}
            data={[
              { value: "all", label: "all of these hold" },
              { value: "any", label: "any of these holds" },
            ]}
            onChange={(event) => setWord(event.currentTarget.value as "all" | "any")}
          />
        )}
        {rows.map((row, place) => (
          <Group key={place} gap="xs" align="flex-end">
            <NativeSelect
              aria-label={`Field of condition ${place + 1}`}
              value={row.field}
              data={fields.map((each) => ({ value: each.name, label: fieldName(each.name) }))}
              onChange={(event) => set(place, { field: event.currentTarget.value })}
            />
            <NativeSelect
              aria-label={`How condition ${place + 1} compares`}
              value={row.operator}
              data={OPERATORS}
              onChange={(event) => set(place, { operator: event.currentTarget.value })}
            />
            {!["exists", "empty"].includes(row.operator) && (
              <TextInput
                aria-label={`Value of condition ${place + 1}`}
                value={row.value}
                onChange={(event) => set(place, { value: event.currentTarget.value })}
              />
            )}
            <Button
              variant="default"
              aria-label={`Take away condition ${place + 1}`}
              onClick={() => setRows(rows.filter((_each, at) => at !== place))}
            >
              Take away
            </Button>
          </Group>
        ))}
        {saved.isError && <Failed error={saved.error} />}
        <Group gap="xs">
          <Button
            variant="default"
            onClick={() => setRows([...rows, emptyCondition(fields[0]?.name ?? "email")])}
          >
            Add a condition
          </Button>
          <Button onClick={() => saved.mutate()} loading={saved.isPending}>
            Save the conditions
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}
