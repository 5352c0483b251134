import { Anchor, Button, Group, List, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import type { Schemas } from "../../api/client";
import { why } from "../../api/why";
import { Page } from "../../components/Page";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { standWord } from "../../words/reviews";

/** Look for a person: how their record stands in each sync, and why. */
export function ContactSearch() {
  const { words = "" } = useSearch({ strict: false });
  const [typed, setTyped] = useState(words);
  const navigate = useNavigate();
  const query = useQuery(why(words));
  return (
    <Page
      title="Contacts"
      about="Look for a person to see where their record is, whether it is in step, and why."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({ to: "/contacts", search: { words: typed.trim() || undefined } });
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Name, e-mail address or phone number"
            type="search"
            w={320}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit">Search</Button>
        </Group>
      </form>
      {words && (
        <Loaded query={query} what="what is known of them">
          {(found) =>
            found.length === 0 ? (
              <Empty title="Nobody like that was found">
                Instep knows who takes part in a sync. Try the whole e-mail address.
              </Empty>
            ) : (
              <Stack>
                {found.map((each) => (
                  <Told key={each.id} told={each} />
                ))}
              </Stack>
            )
          }
        </Loaded>
      )}
    </Page>
  );
}

function Told({ told }: { told: Schemas["ToldView"] }) {
  const { tone, word } = standWord(told.stands);
  return (
    <article className="panel">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {told.record ?? told.id}
        </Title>
        <State tone={tone}>{word}</State>
      </Group>
      <Text size="sm" c="dimmed">
        {[told.a, told.b]
          .filter((each) => each !== null && each !== undefined)
          .map((each) => each.connection)
          .join(" and ")}
        {told.sync && (
          <>
            {", by the sync "}
            <Anchor component={Link} to={`/syncs/${told.sync}`} size="sm">
              {told.sync}
            </Anchor>
          </>
        )}
      </Text>
      <List size="sm" mt="xs">
        {told.why.map((sentence) => (
          <List.Item key={sentence} style={{ whiteSpace: "pre-line" }}>
            {sentence}
          </List.Item>
        ))}
      </List>
    </article>
  );
}
