import { Group, NativeSelect, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { differences } from "../../words/attempts";
import { formatMoment, formatValue } from "../../words/format";

type Attempt = Schemas["AttemptView"];

/** Two attempts at one step side by side: what they took, what they gave, how they ended. */
export function Compare({ attempts, title }: { attempts: Attempt[]; title: string }) {
  const [first, setFirst] = useState(attempts.length - 2);
  const [second, setSecond] = useState(attempts.length - 1);
  const [one, other] = [attempts[first], attempts[second]];
  const choices = attempts.map((_, at) => ({ value: String(at), label: `Attempt ${at + 1}` }));
  if (!one || !other) return null;
  const rows = [
    [
      "Began",
      one.began_at && formatMoment(one.began_at),
      other.began_at && formatMoment(other.began_at),
    ],
    ["What came of it", one.error ?? "Worked", other.error ?? "Worked"],
  ];
  const took = differences(one.input, other.input);
  const gave = differences(one.output, other.output);
  return (
    <Stack gap="xs" mt="xs">
      <Group>
        <NativeSelect
          label="Compare"
          value={String(first)}
          data={choices}
          onChange={(event) => setFirst(Number(event.currentTarget.value))}
        />
        <NativeSelect
          label="with"
          value={String(second)}
          data={choices}
          onChange={(event) => setSecond(Number(event.currentTarget.value))}
        />
      </Group>
      <div className="panel tight">
        <Table miw={480} verticalSpacing="xs" aria-label={`Two attempts at ${title}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>What</Table.Th>
              <Table.Th>Attempt {first + 1}</Table.Th>
              <Table.Th>Attempt {second + 1}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody style={{ verticalAlign: "top" }}>
            {rows.map(([what, before, after]) => (
              <Table.Tr key={what}>
                <Table.Td>{what}</Table.Td>
                <Table.Td>{before}</Table.Td>
                <Table.Td>{after}</Table.Td>
              </Table.Tr>
            ))}
            <Parts what="Took" found={took} />
            <Parts what="Gave" found={gave} />
          </Table.Tbody>
        </Table>
      </div>
      {took.length === 0 && <Text size="sm">Both took the same.</Text>}
    </Stack>
  );
}

function Parts({ what, found }: { what: string; found: ReturnType<typeof differences> }) {
  return found.map(({ place, before, after }) => (
    <Table.Tr key={place}>
      <Table.Td>
        {what}
        {place && `: ${place}`}
      </Table.Td>
      <Table.Td>
        <del className="before">{formatValue(before)}</del>
      </Table.Td>
      <Table.Td>
        <ins className="after">{formatValue(after)}</ins>
      </Table.Td>
    </Table.Tr>
  ));
}
