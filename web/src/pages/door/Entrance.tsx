import { Group, Stack, Text } from "@mantine/core";

import { Page } from "../../components/Page";

/** What stands around the pages before somebody is signed in. */
export function Entrance({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <main id="content">
      <Stack maw={400} mx="auto" my="xl" p="md">
        <Group gap="sm">
          <img src="/ui/mark.svg" alt="" width={26} height={26} />
          <Text fw={600}>Instep</Text>
        </Group>
        <Page title={title}>{children}</Page>
      </Stack>
    </main>
  );
}
