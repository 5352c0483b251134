import { Badge, Group, List, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";

import { type Person, person } from "../../api/contacts";
import { useMay } from "../../api/session";
import { Page, Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { formatValue } from "../../words/format";
import { Add, OnlyLooking } from "./Add";
import { Fields } from "./Fields";
import { HealthScore } from "./HealthScore";
import { LinkStand } from "./LinkStand";
import { Timeline } from "./Timeline";

/** One person as every linked app knows them. */
export function PersonPage() {
  const { person: id = "" } = useParams({ strict: false });
  const query = useQuery(person(id));
  const told = query.data;
  return (
    <Page
      title={told?.name ?? "A contact"}
      tab={told ? `${told.name}, contact` : undefined}
      back={{ to: "/contacts", label: "Contacts" }}
      about={told && [told.email, told.phone].filter(Boolean).map(formatValue).join(" · ")}
    >
      <Loaded query={query} what="what is known of this person">
        {(found) => <Whole person={found} />}
      </Loaded>
    </Page>
  );
}

function Whole({ person: found }: { person: Person }) {
  const may = useMay();
  const apps = [...new Set(found.records.map((each) => each.connection))];
  return (
    <Stack gap="xl">
      {!may.change && <OnlyLooking />}
      <Fields person={found} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Stack gap="xl">
          <Section title="Is it in step?">
            <Stack>
              {found.links.map((each) => (
                <LinkStand key={each.id} told={each} />
              ))}
            </Stack>
          </Section>
          <Tags person={found} />
          <Records person={found} />
        </Stack>
        <HealthScore health={found.health} />
      </SimpleGrid>
      {may.change && <Add person={found.id} apps={apps} />}
      <Timeline person={found} apps={apps} />
      <ZoneNote />
    </Stack>
  );
}

function Tags({ person: found }: { person: Person }) {
  return (
    <Section title="Tags">
      {found.tags.length === 0 && (
        <Text size="sm" c="dimmed">
          No app tells of a tag.
        </Text>
      )}
      <Group gap="xs">
        {found.tags.map((each) => (
          <Badge key={each.tag} variant="default" tt="none" fw={400} size="lg">
            {each.tag} ({each.connections.join(", ")})
          </Badge>
        ))}
      </Group>
    </Section>
  );
}

function Records({ person: found }: { person: Person }) {
  return (
    <Section title="Where they are known">
      <List size="sm" spacing={4}>
        {found.records.map((each) => (
          <List.Item key={`${each.sync} ${each.connection} ${each.id}`}>
            {each.connection}, as {each.id}: changed <When at={each.changed_at} never="not told" />,
            read <When at={each.read_at} /> by the sync {each.sync}
          </List.Item>
        ))}
      </List>
    </Section>
  );
}
