import { Anchor, Button, Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { connections } from "../../api/connections";
import { standing, type Sync, syncs } from "../../api/syncs";
import { Page } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { formatEvery } from "../../words/format";
import { fieldName, recordsOf } from "../../words/names";
import { standOf } from "../../words/standing";
import { Only } from "../../components/Only";

export function SyncList() {
  const query = useQuery(syncs);
  const add = (
    <Only>
      <Button component={Link} to="/recipes">
        New sync from a recipe
      </Button>
    </Only>
  );
  return (
    <Page
      title="Syncs"
      about="Standing rules that keep the records of two apps equal."
      actions={
        <>
          <Only>
            <Button component={Link} to="/syncs/new" variant="default">
              New sync without a recipe
            </Button>
          </Only>
          {add}
        </>
      }
    >
      <Loaded query={query} what="your syncs">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No sync is set up yet" action={add}>
              A recipe fills in the rules for you, and nothing is written before you have seen what
              would be.
            </Empty>
          ) : (
            <>
              <div className="panel tight">
                <Table miw={600} aria-label="Syncs">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Name</Table.Th>
                      <Table.Th>Records</Table.Th>
                      <Table.Th>Between</Table.Th>
                      <Table.Th>State</Table.Th>
                      <Table.Th>Last run</Table.Th>
                      <Table.Th>Looks</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {found.map((each) => (
                      <Row key={each.id} sync={each} />
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
              <ZoneNote />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ sync }: { sync: Sync }) {
  const stands = useQuery(standing(sync.name));
  const ends = useQuery(connections);
  const nameOf = (id: string) => ends.data?.find((each) => each.id === id)?.name ?? "…";
  const { tone, word } = standOf(sync, stands.data);
  const latest = stands.data?.latest_run;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/syncs/${sync.name}`}>
          {sync.name}
        </Anchor>
      </Table.Td>
      <Table.Td>{fieldName(recordsOf(sync.records))}</Table.Td>
      <Table.Td>
        {nameOf(sync.a_connection)} and {nameOf(sync.b_connection)}
      </Table.Td>
      <Table.Td>
        <State tone={tone}>{word}</State>
      </Table.Td>
      <Table.Td>
        <When at={latest?.finished_at ?? latest?.started_at} />
      </Table.Td>
      <Table.Td>{formatEvery(sync.every_seconds)}</Table.Td>
    </Table.Tr>
  );
}
