import { Button, Group, Radio, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { PERSON } from "../../api/person";
import { settle, type Waiting } from "../../api/reviews";
import { State } from "../../components/State";
import { say, sayFailed } from "../../components/toast";
import { When } from "../../components/When";
import { formatValue } from "../../words/format";
import { fieldName } from "../../words/names";
import { standWord } from "../../words/reviews";
import { Only } from "../../components/Only";

type Side = "a" | "b";

/** Both sides of one record side by side; a choice for each field, or for all of them. */
export function Conflict({ told }: { told: Waiting }) {
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const cache = useQueryClient();
  const fields = told.fields ?? [];
  const settled = useMutation({
    mutationFn: (choice: Record<string, Side>) => settleEach(told, choice),
    onSuccess: async () => {
      say(`${told.record ?? "The record"} is settled; the next run writes it.`);
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  const all = (side: Side) => Object.fromEntries(fields.map((each) => [each.field, side]));
  const { tone, word } = standWord(told.stands);
  const label = told.record ?? told.id;
  const name = (side: Side) => told[side]?.connection ?? `side ${side}`;
  return (
    <article className="panel" aria-label={label}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5">
            {label}
          </Title>
          <State tone={tone}>{word}</State>
        </Group>
        {told.why.map((sentence) => (
          <Text size="sm" key={sentence} style={{ whiteSpace: "pre-line" }}>
            {sentence}
          </Text>
        ))}
        {fields.length > 0 && (
          <div className="wide">
            <Table miw={480} layout="fixed" aria-label={`Both sides of ${label}`}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Field</Table.Th>
                  {(["a", "b"] as const).map((side) => (
                    <Table.Th key={side}>
                      {name(side)}{" "}
                      <Text span size="xs" c="dimmed">
                        changed <When at={told[side]?.changed_at} never="at an unknown time" />
                      </Text>
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {fields.map((each) => (
                  <Table.Tr key={each.field}>
                    <Table.Td fw={500}>{fieldName(each.field)}</Table.Td>
                    {(["a", "b"] as const).map((side) => (
                      <Table.Td key={side}>
                        <Radio
                          name={`${told.id}.${each.field}`}
                          label={formatValue(each[side])}
                          aria-label={`${fieldName(each.field)}: ${formatValue(each[side])}, of ${name(side)}`}
                          checked={chosen[each.field] === side}
                          onChange={() => setChosen({ ...chosen, [each.field]: side })}
                        />
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
        <Only>
          <Group gap="xs">
            {fields.length > 0 && (
              <Button
                size="xs"
                disabled={Object.keys(chosen).length === 0}
                loading={settled.isPending}
                onClick={() => settled.mutate(chosen)}
              >
                Use what I chose
              </Button>
            )}
            {(["a", "b"] as const).map((side) => (
              <Button
                key={side}
                size="xs"
                variant="default"
                onClick={() => settled.mutate(fields.length ? all(side) : { "": side })}
              >
                {name(side)} is right
              </Button>
            ))}
          </Group>
        </Only>
      </Stack>
    </article>
  );
}

/** Settle the fields that were chosen; those of one side together where it is all of them. */
async function settleEach(told: Waiting, choice: Record<string, Side>): Promise<void> {
  const sides = new Set(Object.values(choice));
  const isWhole = sides.size === 1 && Object.keys(choice).length >= (told.fields ?? []).length;
  const words = isWhole
    ? [{ use: [...sides][0] }]
    : Object.entries(choice).map(([field, use]) => ({ use, field }));
  for (const word of words) {
    const [outcome] = await settle({ ids: [told.id], sync: told.sync, by: PERSON, ...word });
    if (outcome?.problem) throw new Error(outcome.problem);
  }
}
