import { Alert, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { type Connection, connections, connectors, scopes } from "../../api/connections";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { isBroken } from "../../words/standing";
import { Only } from "../../components/Only";
import { Calls } from "./Calls";
import { HowItStands } from "./HowItStands";
import { NameAndEnd } from "./NameAndEnd";
import { Renew } from "./Renew";
import { UsedBy } from "./UsedBy";
import { Verify } from "./Verify";

export function ConnectionDetail() {
  const { name } = useParams({ strict: false });
  const query = useQuery(connections);
  return (
    <Page
      title={name ?? ""}
      tab={`${name}, connection`}
      back={{ to: "/connections", label: "Connections" }}
    >
      <Loaded query={query} what="the connection">
        {(found) => {
          const connection = found.find((each) => each.name === name || each.id === name);
          return connection ? (
            <Whole connection={connection} />
          ) : (
            <Empty title="There is no connection of this name">
              It may have been removed, or the address was mistyped.
            </Empty>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Whole({ connection }: { connection: Connection }) {
  const apps = useQuery(connectors);
  const app = apps.data?.find((each) => each.name === connection.connector);
  return (
    <Stack gap="xl">
      {isBroken(connection) && (
        <Alert title="Instep cannot reach it any more" variant="default" role="alert">
          {connection.problem ?? "The app refused the credential."} Give it a new credential below:
          the syncs that stopped because of this go on by themselves then, and what changed
          meanwhile is taken up.
        </Alert>
      )}
      <HowItStands connection={connection} app={app} />
      <UsedBy connection={connection} />
      <Permissions name={connection.name} />
      <Calls name={connection.name} />
      <Only admin>
        <Verify connection={connection} />
        {app && <Renew connection={connection} app={app} />}
        <NameAndEnd connection={connection} />
      </Only>
    </Stack>
  );
}

function Permissions({ name }: { name: string }) {
  const query = useQuery(scopes(name));
  return (
    <Section title="What it has to be allowed">
      <Loaded query={query} what="the permissions">
        {({ needed, granted, missing }) => {
          const all = Object.entries(needed);
          if (all.length === 0) {
            return <Text c="dimmed">Nothing that uses it needs a permission of its own.</Text>;
          }
          return (
            <div className="panel tight">
              <Table miw={480} aria-label="Permissions">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Permission</Table.Th>
                    <Table.Th>Needed by</Table.Th>
                    <Table.Th>Granted</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {all.map(([scope, why]) => (
                    <Table.Tr key={scope}>
                      <Table.Td>
                        <code>{scope}</code>
                      </Table.Td>
                      <Table.Td>{why.join(", ")}</Table.Td>
                      <Table.Td>
                        {scope in missing && <State tone="bad">Missing</State>}
                        {!(scope in missing) && (granted ? "yes" : "the app does not say")}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </div>
          );
        }}
      </Loaded>
    </Section>
  );
}
