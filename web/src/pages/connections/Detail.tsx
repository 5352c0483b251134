import { Alert, Anchor, List, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { type Connection, connections, connectors, scopes } from "../../api/connections";
import { syncs } from "../../api/syncs";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { appName, methodName } from "../../words/names";
import { isBroken } from "../../words/standing";
import { Only } from "../../components/Only";
import { Renew } from "./Renew";

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
  const used = useQuery(syncs);
  const app = apps.data?.find((each) => each.name === connection.connector);
  const using = (used.data ?? []).filter(
    ({ a_connection: a, b_connection: b }) => a === connection.id || b === connection.id,
  );
  return (
    <Stack gap="xl">
      {isBroken(connection) && (
        <Alert title="Instep cannot reach it any more" variant="default" role="alert">
          {connection.problem ?? "The app refused the credential."} Give it a new credential below,
          then let the syncs that stopped go on.
        </Alert>
      )}
      <Section title="How it stands">
        <Table variant="vertical" layout="fixed" maw={640} aria-label="How it stands">
          <Table.Tbody>
            <Table.Tr>
              <Table.Th w={180}>App</Table.Th>
              <Table.Td>{app?.title ?? appName(connection.connector)}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>State</Table.Th>
              <Table.Td>
                <State tone={isBroken(connection) ? "bad" : "good"}>
                  {isBroken(connection) ? "Broken" : "Working"}
                </State>
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Account</Table.Th>
              <Table.Td>{connection.account}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Signed in by</Table.Th>
              <Table.Td>{methodName(connection.auth)}</Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Country</Table.Th>
              <Table.Td>{connection.country ?? "not said"}</Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Section>
      <Section title="Used by">
        {using.length === 0 ? (
          <Text c="dimmed">Nothing uses it yet.</Text>
        ) : (
          <List>
            {using.map((each) => (
              <List.Item key={each.id}>
                <Anchor component={Link} to={`/syncs/${each.name}`}>
                  {each.name}
                </Anchor>
                {each.state === "halted" && " has stopped: open it and let it go on"}
              </List.Item>
            ))}
          </List>
        )}
      </Section>
      <Permissions name={connection.name} />
      {app && (
        <Only admin>
          <Renew connection={connection} app={app} />
        </Only>
      )}
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
