import { Button, Collapse, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { authoriseAgain, type Connection, type Connector } from "../../api/connections";
import { Section } from "../../components/Page";
import { Failed } from "../../components/Waiting";
import { Callback } from "./Callback";
import { ScopeChoice } from "./ScopeChoice";
import { Inputs, typed } from "./Secrets";

/** Have a connection granted anew on the app's own page: everything that uses it goes on. */
export function AuthoriseAgain({ connection, app }: { connection: Connection; app: Connector }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const [added, setAdded] = useState<string[]>([]);
  const [opened, { toggle }] = useDisclosure();
  const leaving = useMutation({
    mutationFn: () => {
      const { client_id = null, client_secret = null } = typed(values);
      return authoriseAgain(connection.name, { client_id, client_secret, scopes: added });
    },
    onSuccess: ({ url }) => window.location.assign(url),
  });
  const secrets = app.methods.find((each) => each.kind === connection.auth)?.secrets ?? [];
  return (
    <Section title="Re-authorise it">
      <Stack maw={640} align="flex-start">
        <Text size="sm" c="dimmed">
          {app.title}'s own page opens. Choose {connection.account} there again: the connection
          keeps its name, its links and its history. The old credential stays in use until the new
          one has been tested.
        </Text>
        <ScopeChoice
          connector={app.name}
          method={connection.auth}
          connection={connection.name}
          added={added}
          change={setAdded}
        />
        <Button variant="default" size="xs" onClick={toggle} aria-expanded={opened}>
          Use another client id or secret
        </Button>
        <Collapse expanded={opened}>
          <Stack gap="sm">
            <Text size="sm" c="dimmed">
              What you leave empty stays as it is.
            </Text>
            <Inputs
              settings={app.settings.filter((each) => secrets.includes(each.name))}
              secrets={[]}
              values={values}
              change={(name, value) => setValues((old) => ({ ...old, [name]: value }))}
            />
            <Callback title={app.title} />
          </Stack>
        </Collapse>
        {leaving.isError && <Failed error={leaving.error} />}
        <Button onClick={() => leaving.mutate()} loading={leaving.isPending || leaving.isSuccess}>
          Re-authorise at {app.title}
        </Button>
      </Stack>
    </Section>
  );
}
