import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import type { Connector } from "../../../api/connections";
import { type Judged, verifyManifest } from "../../../api/manifests";
import { Section } from "../../../components/Page";
import { Failed, Working } from "../../../components/Waiting";
import { Inputs, settingsOf, typed } from "../Secrets";
import { Findings } from "./Findings";

/** Try a manifest on the app itself, before anything is kept. */
export function TryOut({ text, judged, app }: { text: string; judged: Judged; app: Connector }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const trial = useMutation({
    mutationFn: () => verifyManifest({ text, country: null, settings: typed(values) }),
  });
  const way = app.methods[0];
  if (!way || way.browser) {
    return (
      <Section title="Try it on the app">
        <Text>
          This app is granted on its own page. Save the manifest and connect the app; its connection
          then has a button to verify it.
        </Text>
      </Section>
    );
  }
  return (
    <Section title="Try it on the app">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          trial.mutate();
        }}
      >
        <Stack maw={560}>
          <Text size="sm" c="dimmed">
            Instep asks the app by some calls that only read, for a minute at most. What you type
            here is used for that and not kept.
          </Text>
          <Inputs
            settings={settingsOf(app, way.kind)}
            secrets={way.secrets}
            values={values}
            change={(name, value) => setValues((old) => ({ ...old, [name]: value }))}
          />
          <Button type="submit" w="fit-content" variant="default" loading={trial.isPending}>
            Verify it
          </Button>
        </Stack>
      </form>
      {trial.isPending && <Working>Asking the app, one thing after the other …</Working>}
      {trial.isError && <Failed error={trial.error} />}
      {trial.data && <Findings trial={trial.data} judged={judged} />}
    </Section>
  );
}
