import { Stack, Table, Text, Title } from "@mantine/core";

import type { Entry, EntryChange } from "../../api/activity";
import { actorName, changeSaid, type Difference, differences } from "../../words/audit";
import { formatMoment } from "../../words/format";

const FROM: Record<Entry["actor_kind"], string> = {
  user: "signed in",
  token: "a program with an API token",
  local: "with the token of this machine",
  cli: "the command line",
};

/** One entry in full: who did it, from where, and each object before and after. */
export function EntryDetails({ entry }: { entry: Entry }) {
  return (
    <Stack>
      <Text size="sm">
        {actorName(entry.actor)} ({FROM[entry.actor_kind]}, from {entry.origin}),{" "}
        {formatMoment(entry.at)}. Entry number {entry.number}.
      </Text>
      {entry.changes.map((each, at) => (
        <OneChange key={at} change={each} />
      ))}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        Proof of this entry and all before it: {entry.digest}
      </Text>
    </Stack>
  );
}

function OneChange({ change }: { change: EntryChange }) {
  const found = differences(change);
  return (
    <section aria-label={changeSaid(change)}>
      <Title order={3} size="h6" mb={4}>
        {changeSaid(change)}
      </Title>
      {found.length > 0 && (
        <Table variant="vertical" layout="fixed" aria-label={changeSaid(change)}>
          <Table.Tbody>
            {found.map((each) => (
              <Table.Tr key={each.field}>
                <Table.Th w="38%">{each.field}</Table.Th>
                <Table.Td>
                  <BeforeAndAfter of={each} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}

function BeforeAndAfter({ of: { before, after } }: { of: Difference }) {
  return (
    <>
      {before !== null && <del className="before">{before}</del>}
      {before !== null && after !== null && " → "}
      {after !== null && <ins className="after">{after}</ins>}
    </>
  );
}
