import { Anchor, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { runsOf } from "../../api/syncs";
import { PageLink } from "../../components/links";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { between } from "../../words/format";
import { ranWhat, runStand, whatCame } from "../../words/runs";

/** The runs of one sync, newest first. */
export function RunsOfSync({
  name,
  title = name,
  limit = 50,
}: {
  name: string;
  title?: string;
  limit?: number;
}) {
  const query = useQuery(runsOf(name, limit));
  return (
    <Section
      title={title}
      aside={
        <PageLink to="/runs" search={{ sync: name }}>
          All runs of {name}
        </PageLink>
      }
    >
      <Loaded query={query} what="its runs">
        {({ runs }) =>
          runs.length === 0 ? (
            <Text c="dimmed">It has not run yet.</Text>
          ) : (
            <div className="panel tight">
              <Table miw={600} aria-label={title}>
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
                        <Anchor component={Link} to={`/runs/sync/${name}/${run.id}`}>
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
