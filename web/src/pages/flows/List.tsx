import { Anchor, Button, Group, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { flows } from "../../api/flows";
import { Only } from "../../components/Only";
import { Page } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { formatNumber } from "../../words/format";
import { flowStand } from "../../words/standing";

export function FlowList() {
  const query = useQuery(flows);
  const add = (
    <Only>
      <Button component={Link} to="/recipes" variant="default">
        New flow from a recipe
      </Button>
      <Button component={Link} to="/flows/new">
        New flow
      </Button>
    </Only>
  );
  return (
    <Page
      title="Flows"
      about="When something happens in an app, do something in another."
      actions={add}
    >
      <Loaded query={query} what="your flows">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No flow is set up yet" action={<Group gap="xs">{add}</Group>}>
              A recipe brings a flow that is ready but for your answers. You can also build one
              yourself.
            </Empty>
          ) : (
            <>
              <div className="panel tight">
                <Table miw={600} aria-label="Flows">
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
                    {found.map((each) => {
                      const dead = each.runs.dead ?? 0;
                      const { tone, word } = flowStand(each.state, dead > 0);
                      return (
                        <Table.Tr key={each.name}>
                          <Table.Td>
                            <Anchor component={Link} to={`/flows/${each.name}`}>
                              {each.title ?? each.name}
                            </Anchor>
                          </Table.Td>
                          <Table.Td>
                            <State tone={tone}>{word}</State>
                            {(each.why ?? each.trigger?.wrong) && (
                              <Text size="xs" c="dimmed">
                                {each.why ?? each.trigger?.wrong}
                              </Text>
                            )}
                          </Table.Td>
                          <Table.Td>
                            <When at={each.trigger?.item_at} />
                          </Table.Td>
                          <Table.Td ta="right">{formatNumber(each.runs.done ?? 0)}</Table.Td>
                          <Table.Td ta="right">{formatNumber(dead)}</Table.Td>
                        </Table.Tr>
                      );
                    })}
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
