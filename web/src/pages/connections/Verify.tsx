import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";

import type { Connection } from "../../api/connections";
import { manifests, verifyConnection } from "../../api/manifests";
import { Section } from "../../components/Page";
import { Failed, Working } from "../../components/Waiting";
import { Findings } from "./own/Findings";

/** Of an app that a manifest describes: whether what it says still holds at the app. */
export function Verify({ connection }: { connection: Connection }) {
  const known = useQuery(manifests).data;
  const trial = useMutation({ mutationFn: () => verifyConnection(connection.name) });
  if (!known?.some((each) => each.name === connection.connector)) return null;
  return (
    <Section title="Does its manifest hold?">
      <Stack align="flex-start">
        <Text size="sm" c="dimmed">
          Instep tries what the manifest says by calls that only read, for a minute at most.
        </Text>
        <Button variant="default" onClick={() => trial.mutate()} loading={trial.isPending}>
          Verify it
        </Button>
      </Stack>
      {trial.isPending && <Working>Asking the app, one thing after the other …</Working>}
      {trial.isError && <Failed error={trial.error} />}
      {trial.data && <Findings trial={trial.data} />}
    </Section>
  );
}
