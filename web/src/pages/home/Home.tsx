import { Anchor, Button, Group, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { overview, type Overview } from "../../api/overview";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { formatNumber } from "../../words/format";
import { appName, recordsOf } from "../../words/names";
import { flowStand, isBroken, openWrites, standOf, verdictOf } from "../../words/standing";
import { Only } from "../../components/Only";
import { AlertList } from "./AlertList";
import { FirstSteps } from "./FirstSteps";

export function Home() {
  const query = useQuery(overview);
  return (
    <Page title="Home">
      <Loaded query={query} what="how everything stands">
        {(told) => <Whole told={told} />}
      </Loaded>
    </Page>
  );
}

function Whole({ told }: { told: Overview }) {
  const verdict = verdictOf(told);
  const isNew = told.syncs.length === 0 && told.flows.length === 0;
  return (
    <Stack gap="xl">
      <div className="verdict" data-tone={verdict.tone} role="status">
        <span className="dot" data-tone={verdict.tone} aria-hidden="true" />
        <Text size="lg" fw={500} flex={1}>
          {verdict.sentence}
        </Text>
        {verdict.todo && (
          <Button component="a" href={`/ui${verdict.todo.to}`} size="xs">
            {verdict.todo.label}
          </Button>
        )}
      </div>
      {isNew && (
        <Only>
          <FirstSteps connections={told.connections} />
        </Only>
      )}
      {told.alerts.length > 0 && <AlertList alerts={told.alerts} />}
      {told.syncs.length > 0 && <SyncTable told={told} />}
      {told.flows.length > 0 && <FlowTable told={told} />}
      {told.connections.length > 0 && <ConnectionCards told={told} />}
      {!isNew && <ZoneNote />}
    </Stack>
  );
}

function SyncTable({ told }: { told: Overview }) {
  return (
    <Section title="Syncs">
      <div className="panel tight">
        <Table miw={640} aria-label="Syncs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Sync</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Last run</Table.Th>
              <Table.Th ta="right">Linked pairs</Table.Th>
              <Table.Th ta="right">On their way</Table.Th>
              <Table.Th ta="right">Refused</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="numbers">
            {told.syncs.map(({ sync, standing }) => {
              const { tone, word } = standOf(sync, standing);
              const { waiting, failed } = openWrites(standing);
              return (
                <Table.Tr key={sync.id}>
                  <Table.Td>
                    <Anchor component={Link} to={`/syncs/${sync.name}`}>
                      {sync.name}
                    </Anchor>{" "}
                    <Text span size="sm" c="dimmed">
                      {recordsOf(sync.records)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <State tone={tone}>{word}</State>
                  </Table.Td>
                  <Table.Td>
                    <When
                      at={standing.latest_run?.finished_at ?? standing.latest_run?.started_at}
                    />
                  </Table.Td>
                  <Table.Td ta="right">{formatNumber(standing.links)}</Table.Td>
                  <Table.Td ta="right">{formatNumber(waiting)}</Table.Td>
                  <Table.Td ta="right">{formatNumber(failed)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}

function FlowTable({ told }: { told: Overview }) {
  return (
    <Section title="Flows">
      <div className="panel tight">
        <Table miw={560} aria-label="Flows">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Flow</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Last started a run</Table.Th>
              <Table.Th ta="right">Done</Table.Th>
              <Table.Th ta="right">Failed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody className="numbers">
            {told.flows.map((flow) => {
              const dead = flow.runs.dead ?? 0;
              const { tone, word } = flowStand(flow.state, dead > 0);
              return (
                <Table.Tr key={flow.name}>
                  <Table.Td>
                    <Anchor component={Link} to={`/flows/${flow.name}`}>
                      {flow.title ?? flow.name}
                    </Anchor>
                  </Table.Td>
                  <Table.Td>
                    <State tone={tone}>{word}</State>
                  </Table.Td>
                  <Table.Td>
                    <When at={flow.trigger?.item_at} />
                  </Table.Td>
                  <Table.Td ta="right">{formatNumber(flow.runs.done ?? 0)}</Table.Td>
                  <Table.Td ta="right">{formatNumber(dead)}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}

function ConnectionCards({ told }: { told: Overview }) {
  return (
    <Section title="Connections">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {told.connections.map((each) => (
          <div className="panel" key={each.id}>
            <Group justify="space-between">
              <Title order={3} size="h5">
                <Anchor component={Link} to={`/connections/${each.name}`} inherit>
                  {each.name}
                </Anchor>
              </Title>
              <State tone={isBroken(each) ? "bad" : "good"}>
                {isBroken(each) ? "Broken" : "Working"}
              </State>
            </Group>
            <Text size="sm" c="dimmed">
              {appName(each.connector)}
            </Text>
            {each.problem && <Text size="sm">{each.problem}</Text>}
          </div>
        ))}
      </SimpleGrid>
    </Section>
  );
}
