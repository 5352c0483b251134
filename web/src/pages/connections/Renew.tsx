import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Connection, type Connector, renew } from "../../api/connections";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";
import { goesOn } from "../../words/connections";
import { AuthoriseAgain } from "./AuthoriseAgain";
import { Made } from "./Made";
import { Inputs, typed } from "./Secrets";

/** Give a connection a new credential; what uses it goes on with the new one. */
export function Renew({ connection, app }: { connection: Connection; app: Connector }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const cache = useQueryClient();
  const method = app.methods.find((each) => each.kind === connection.auth);
  const settings = app.settings.filter((each) => method?.secrets.includes(each.name));
  const renewed = useMutation({
    mutationFn: () => renew(connection.name, { settings: typed(values) }),
    onSuccess: async ({ going_on: goingOn }) => {
      setValues({});
      say(goesOn("The new credential works and is in use.", goingOn));
      await cache.invalidateQueries();
    },
  });
  if (method?.browser) return <AuthoriseAgain connection={connection} app={app} />;
  if (!method || settings.length === 0) {
    return (
      <Section title="Renew it">
        <Text>
          On the machine Instep runs on, type{" "}
          <code>
            instep connect {app.name} --name {connection.name} --renew
          </code>
          .
        </Text>
      </Section>
    );
  }
  const isReady = Object.keys(typed(values)).length > 0;
  return (
    <Section title="Renew it">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          renewed.mutate();
        }}
      >
        <Stack maw={480}>
          <Text size="sm" c="dimmed">
            The new credential is tested first. If the app refuses it, the old one stays in use.
          </Text>
          <Inputs
            settings={settings}
            secrets={method.secrets}
            values={values}
            change={(name, value) => setValues((old) => ({ ...old, [name]: value }))}
          />
          {renewed.isError && <Failed error={renewed.error} />}
          {renewed.data?.made && <Made connection={connection.name} secrets={renewed.data.made} />}
          <Button type="submit" disabled={!isReady} loading={renewed.isPending} w="fit-content">
            Test and use the new one
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
