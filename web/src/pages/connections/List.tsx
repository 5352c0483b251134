import { Anchor, Button, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { connections, connectors } from "../../api/connections";
import { overview } from "../../api/overview";
import { Page } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { appName, methodName } from "../../words/names";
import { isBroken } from "../../words/standing";
import { Only } from "../../components/Only";

export function ConnectionList() {
  const query = useQuery(connections);
  const standings = useQuery(overview).data?.connections;
  const apps = useQuery(connectors);
  const title = (name: string) =>
    apps.data?.find((each) => each.name === name)?.title ?? appName(name);
  const usedBy = (id: string) => {
    const found = standings?.find((each) => each.id === id);
    return found && ([...found.syncs, ...found.flows].join(", ") || "nothing yet");
  };
  const add = (
    <Only admin>
      <Button component={Link} to="/connections/new">
        Connect an app
      </Button>
    </Only>
  );
  return (
    <Page
      title="Connections"
      about="The apps Instep may read and write, and how each one is reached."
      actions={add}
    >
      <Loaded query={query} what="your connections">
        {(found) =>
          found.length === 0 ? (
            <Empty title="No app is connected yet" action={add}>
              Connect GoHighLevel first, then the app it should stay in step with.
            </Empty>
          ) : (
            <div className="panel tight">
              <Table miw={560} aria-label="Connections">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>App</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th>Signed in by</Table.Th>
                    <Table.Th>Used by</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map((each) => (
                    <Table.Tr key={each.id}>
                      <Table.Td>
                        <Anchor component={Link} to={`/connections/${each.name}`}>
                          {each.name}
                        </Anchor>
                      </Table.Td>
                      <Table.Td>{title(each.connector)}</Table.Td>
                      <Table.Td>
                        <State tone={isBroken(each) ? "bad" : "good"}>
                          {isBroken(each) ? "Broken" : "Working"}
                        </State>
                        {each.problem && <Text size="sm">{each.problem}</Text>}
                      </Table.Td>
                      <Table.Td>{methodName(each.auth)}</Table.Td>
                      <Table.Td>{usedBy(each.id)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}
