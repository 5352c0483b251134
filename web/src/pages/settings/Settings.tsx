import { SegmentedControl, Stack, Table, Text, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { health } from "../../api/health";
import { Only } from "../../components/Only";
import { Page, Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { zone } from "../../words/format";
import { People } from "./People";

export function Settings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const query = useQuery(health);
  return (
    <Page title="Settings">
      <Stack gap="xl">
        <Section title="Appearance">
          <Stack gap="xs">
            <SegmentedControl
              aria-label="Appearance"
              w="fit-content"
              value={colorScheme}
              data={[
                { value: "auto", label: "As the computer is" },
                { value: "light", label: "Light" },
                { value: "dark", label: "Dark" },
              ]}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
            />
            <Text size="sm" c="dimmed">
              Kept in this browser. Times are shown in your time zone, {zone}.
            </Text>
          </Stack>
        </Section>
        <Only admin>
          <People />
        </Only>
        <Section title="About this Instep">
          <Loaded query={query} what="the version">
            {(found) => (
              <Table variant="vertical" layout="fixed" maw={480} aria-label="About this Instep">
                <Table.Tbody>
                  <Table.Tr>
                    <Table.Th w={160}>Version</Table.Th>
                    <Table.Td>{found.version}</Table.Td>
                  </Table.Tr>
                  <Table.Tr>
                    <Table.Th>Database</Table.Th>
                    <Table.Td>{found.database === "sqlite" ? "SQLite" : "PostgreSQL"}</Table.Td>
                  </Table.Tr>
                </Table.Tbody>
              </Table>
            )}
          </Loaded>
        </Section>
      </Stack>
    </Page>
  );
}
