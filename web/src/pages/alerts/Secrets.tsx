import { Alert, Group, Stack, Text } from "@mantine/core";

import { settingName } from "../../words/alerts";
import { Copy } from "../../components/Copy";

/** Secrets that Instep has made just now: this once they are shown. */
export function Secrets({ made }: { made: Record<string, string> }) {
  if (Object.keys(made).length === 0) return null;
  return (
    <Alert title="Keep this now: it is shown this once" variant="default">
      <Stack gap="sm">
        {Object.entries(made).map(([name, value]) => (
          <div key={name}>
            <Text size="sm" fw={500}>
              {settingName(name)}
            </Text>
            <Group gap="xs">
              <code style={{ overflowWrap: "anywhere" }}>{value}</code>
              <Copy value={value} />
            </Group>
          </div>
        ))}
      </Stack>
    </Alert>
  );
}
