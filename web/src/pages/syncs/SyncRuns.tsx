import { Anchor, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { runsOf, type SyncDetail } from "../../api/syncs";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { between } from "../../words/format";
import { ranWhat, runStand, whatCame } from "../../words/runs";

/** The last runs of a sync, each with its way to what it did. */
export function SyncRuns({ sync }: { sync: SyncDetail }) {
  const query = useQuery(runsOf(sync.name, 10));
  return (
    <Section
      title="Last runs"
      aside={
        <Anchor component={Link} to="/runs" search={{ sync: sync.name }} size="sm">
          All runs
        </Anchor>
      }
    >
      <Loaded query={query} what="its runs">
        {({ runs }) =>
          runs.length === 0 ? (
            <Text c="dimmed">It has not run yet.</Text>
          ) : (
            <div className="panel tight">
              <Table miw={560} aria-label="Last runs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Run</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Started</Table.Th>
                    <Table.Th>Took</Table.Th>
                    <Table.Th>What came of it</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {runs.map((run) => (
                    <Table.Tr key={run.id}>
                      <Table.Td>
                        <Anchor component={Link} to={`/runs/sync/${sync.name}/${run.id}`}>
                          {ranWhat(run.kind)}
                        </Anchor>
                      </Table.Td>
                      <Table.Td>
                        <State tone={runStand(run.state).tone}>{runStand(run.state).word}</State>
                      </Table.Td>
                      <Table.Td>
                        <When at={run.started_at} />
                      </Table.Td>
                      <Table.Td>
                        {run.finished_at ? between(run.started_at, run.finished_at) : "still runs"}
                      </Table.Td>
                      <Table.Td>{whatCame(run)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
    </Section>
  );
}
