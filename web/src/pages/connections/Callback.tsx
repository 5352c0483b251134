import { Code, Group, Text } from "@mantine/core";

import { CALLBACK } from "../../api/connections";
import { Copy } from "../../components/Copy";

/** The address that has to be listed at the app before it sends anybody back here. */
export function Callback({ title }: { title: string }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        Redirect address
      </Text>
      <Text size="sm" c="dimmed">
        Your app at {title} has to list exactly this address, or its page refuses to send you back.
      </Text>
      <Group gap="xs" mt={4}>
        <Code>{CALLBACK}</Code>
        <Copy value={CALLBACK} />
      </Group>
    </div>
  );
}
