import { Alert, Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { fieldName } from "../../words/names";
import { Copy } from "../../components/Copy";

/** Secrets that Instep has made just now: this once they are shown. */
export function Made({
  connection,
  secrets,
}: {
  connection: string;
  secrets: Record<string, string>;
}) {
  return (
    <Alert title="Keep these now: they are shown this once" variant="default">
      <Stack gap="sm">
        {Object.entries(secrets).map(([name, value]) => (
          <div key={name}>
            <Text size="sm" fw={500}>
              {fieldName(name)}
            </Text>
            <Group gap="xs">
              <code>{value}</code>
              <Copy value={value} />
            </Group>
          </div>
        ))}
        <Anchor component={Link} to={`/connections/${connection}`}>
          I have kept them
        </Anchor>
      </Stack>
    </Alert>
  );
}
