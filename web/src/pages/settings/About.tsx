import { Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { health } from "../../api/health";
import { Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";

/** Which version runs here, and on what. */
export function About() {
  const query = useQuery(health);
  return (
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
  );
}
