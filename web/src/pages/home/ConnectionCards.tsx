import { Anchor, Group, Progress, SimpleGrid, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { ConnectionRow, Overview, Quota } from "../../api/overview";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { When } from "../../components/When";
import { appName } from "../../words/names";
import { quotaWords } from "../../words/overview";
import { isBroken } from "../../words/standing";

export function ConnectionCards({ told }: { told: Overview }) {
  return (
    <Section title="Connections">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {told.connections.map((each) => (
          <Card key={each.id} connection={each} />
        ))}
      </SimpleGrid>
    </Section>
  );
}

function Card({ connection }: { connection: ConnectionRow }) {
  const users = [...connection.syncs, ...connection.flows];
  return (
    <div className="panel">
      <Group justify="space-between">
        <Title order={3} size="h5">
          <Anchor component={Link} to={`/connections/${connection.name}`} inherit>
            {connection.name}
          </Anchor>
        </Title>
        <State tone={isBroken(connection) ? "bad" : "good"}>
          {isBroken(connection) ? "Broken" : "Working"}
        </State>
      </Group>
      <Text size="sm" c="dimmed">
        {appName(connection.connector)}
        {users.length > 0 ? `, used by ${users.join(", ")}` : ", not used yet"}
      </Text>
      {connection.problem && <Text size="sm">{connection.problem}</Text>}
      {connection.quota && <Calls quota={connection.quota} name={connection.name} />}
    </div>
  );
}

/** What the app still allows, and until when it asked to be left alone. */
function Calls({ quota, name }: { quota: Quota; name: string }) {
  const share = quota.daily ? ((quota.today ?? 0) / quota.daily) * 100 : null;
  return (
    <>
      <Text size="sm" mt={4}>
        {quotaWords(quota)}
        {quota.resets_at && (
          <Text span size="sm" c="dimmed">
            {" "}
            (all of them again <When at={quota.resets_at} />)
          </Text>
        )}
      </Text>
      {share !== null && (
        <Progress.Root size="sm" mt={4}>
          <Progress.Section
            value={share}
            color={share < 10 ? "red.9" : undefined}
            aria-label={`Calls of ${name} left today`}
          />
        </Progress.Root>
      )}
      {quota.paused_until && (
        <Text size="sm">
          The app asked for a pause; it goes on <When at={quota.paused_until} />.
        </Text>
      )}
    </>
  );
}
