import { Alert, Anchor, CopyButton, Button, Group, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import { fieldName } from "../../words/names";

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
              <CopyButton value={value}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {copied ? "Copied" : "Copy"}
                  </Button>
                )}
              </CopyButton>
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
