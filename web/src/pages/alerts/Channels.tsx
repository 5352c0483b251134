import { Alert, Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { type Channel, channels, removeChannel, testChannel } from "../../api/alerts";
import { useConfirm } from "../../components/confirm";
import { Only } from "../../components/Only";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { say, sayFailed } from "../../components/toast";
import { Empty, Loaded } from "../../components/Waiting";
import { KINDS } from "../../words/alerts";
import { count, formatNumber } from "../../words/format";
import { NewChannel } from "./NewChannel";

/** Where alerts are told. */
export function Channels() {
  const query = useQuery(channels);
  const tried = useMutation({ mutationFn: testChannel, onError: sayFailed });
  return (
    <Stack gap="lg">
      <Loaded query={query} what="where it is told">
        {(found) =>
          found.length === 0 ? (
            <Empty title="Nobody is told yet">
              Alerts stand on this page only. Add where else they are to be told: every rule goes
              everywhere unless you say otherwise.
            </Empty>
          ) : (
            <ChannelTable found={found} test={tried.mutate} testing={tried.isPending} />
          )
        }
      </Loaded>
      {tried.data && (
        <Alert
          variant="default"
          role="status"
          title={
            tried.data.arrived
              ? `The test message reached ${tried.data.channel}`
              : `The test message did not reach ${tried.data.channel}`
          }
        >
          {tried.data.sentence}
          {tried.data.status !== null && ` It answered with the status ${tried.data.status}.`}
        </Alert>
      )}
      <Only admin>
        <Section title="Add a channel">
          <NewChannel />
        </Section>
      </Only>
    </Stack>
  );
}

interface TableProps {
  found: Channel[];
  test: (name: string) => void;
  testing: boolean;
}

function ChannelTable({ found, test, testing }: TableProps) {
  return (
    <div className="panel tight">
      <Table miw={720} aria-label="Channels">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Leads to</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th ta="right">Told</Table.Th>
            <Table.Th ta="right">Waiting</Table.Th>
            <Table.Th ta="right">Given up</Table.Th>
            <Table.Th>What to do</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="numbers">
          {found.map((each) => (
            <Table.Tr key={each.id}>
              <Table.Td>{each.name}</Table.Td>
              <Table.Td>
                {KINDS[each.kind] ?? each.kind}
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {each.leads_to}
                </Text>
              </Table.Td>
              <Table.Td>
                <State tone={each.problem ? "bad" : "good"}>{each.problem ?? "Working"}</State>
              </Table.Td>
              <Table.Td ta="right">{formatNumber(each.sent)}</Table.Td>
              <Table.Td ta="right">{formatNumber(each.waiting)}</Table.Td>
              <Table.Td ta="right">{formatNumber(each.dead)}</Table.Td>
              <Table.Td>
                <Only>
                  <Button
                    size="xs"
                    variant="default"
                    mr="xs"
                    aria-label={`Test ${each.name}`}
                    loading={testing}
                    onClick={() => test(each.name)}
                  >
                    Test
                  </Button>
                </Only>
                <Only admin>
                  <Remove channel={each} />
                </Only>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Remove({ channel }: { channel: Channel }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const removed = useMutation({
    mutationFn: () => removeChannel(channel.name),
    onSuccess: async () => {
      say(`Nothing is told to ${channel.name} any more.`);
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  return (
    <>
      {dialog}
      <Button
        size="xs"
        variant="default"
        aria-label={`Remove ${channel.name}`}
        loading={removed.isPending}
        onClick={() =>
          ask({
            title: `Remove ${channel.name}?`,
            happens: `Nothing is told there any more; ${count(channel.waiting, "message")} that ${channel.waiting === 1 ? "waits" : "wait"} for it and its settings are forgotten. A rule that names only this channel is off from then on.`,
            yes: "Remove it",
            grave: true,
            act: () => removed.mutate(),
          })
        }
      >
        Remove
      </Button>
    </>
  );
}
