import { Button, List, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Connection } from "../../api/connections";

/** The way from nothing to two apps in step, and where on it one stands. */
export function FirstSteps({ connections }: { connections: Connection[] }) {
  const hasGhl = connections.some((each) => each.connector === "gohighlevel");
  const hasOther = connections.some((each) => each.connector !== "gohighlevel");
  const isReady = hasGhl && hasOther;
  return (
    <Stack className="panel" gap="sm" align="flex-start">
      <Title order={2} size="h4">
        First steps
      </Title>
      <List type="ordered" spacing="xs">
        <List.Item>
          <Step done={hasGhl}>Connect GoHighLevel.</Step>
        </List.Item>
        <List.Item>
          <Step done={hasOther}>Connect the app it should stay in step with.</Step>
        </List.Item>
        <List.Item>
          Choose a recipe. It fills in the rules; you see what would happen before anything does.
        </List.Item>
        <List.Item>Turn it on. Instep says here whether everything is in step.</List.Item>
      </List>
      <Button component={Link} to={isReady ? "/recipes" : "/connections/new"}>
        {isReady ? "Choose a recipe" : "Connect an app"}
      </Button>
    </Stack>
  );
}

function Step({ done, children }: { done: boolean; children: React.ReactNode }) {
  return (
    <Text span>
      {children} {done && <strong>Done.</strong>}
    </Text>
  );
}
