import { Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { type Connection, connectionStanding } from "../../api/connections";
import { syncs } from "../../api/syncs";
import { Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { standstill } from "../../words/connections";

/** Every sync and published flow that would stand still without this connection. */
export function UsedBy({ connection }: { connection: Connection }) {
  const query = useQuery(connectionStanding(connection.id));
  const known = useQuery(syncs);
  const find = (name: string) => known.data?.find((each) => each.name === name);
  return (
    <Section title="Used by">
      <Loaded query={query} what="what uses it">
        {(found) =>
          found === null || found.syncs.length + found.flows.length === 0 ? (
            <Text c="dimmed">Nothing uses it yet.</Text>
          ) : (
            <List>
              {found.syncs.map((name) => (
                <List.Item key={`sync ${name}`}>
                  Sync{" "}
                  <Anchor component={Link} to={`/syncs/${name}`}>
                    {name}
                  </Anchor>
                  {standstill(find(name))}
                </List.Item>
              ))}
              {found.flows.map((name) => (
                <List.Item key={`flow ${name}`}>
                  Flow{" "}
                  <Anchor component={Link} to={`/flows/${name}`}>
                    {name}
                  </Anchor>
                </List.Item>
              ))}
            </List>
          )
        }
      </Loaded>
    </Section>
  );
}
