import { Anchor, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { contacts, type FoundPerson } from "../../api/contacts";
import { More } from "../../components/More";
import { Page } from "../../components/Page";
import { State } from "../../components/State";
import { Failed, Loading } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { standWord } from "../../words/reviews";
import { ByRecord } from "./ByRecord";

/** Look for a person among everybody whom a sync of contacts knows. */
export function ContactSearch() {
  const { words = "" } = useSearch({ strict: false });
  return (
    <Page
      title="Contacts"
      about="Everybody whom your apps know: what each app says of them, whether it is in step, and what happened."
    >
      <WordsForm key={words} words={words} />
      <People words={words} />
    </Page>
  );
}

function WordsForm({ words }: { words: string }) {
  const [typed, setTyped] = useState(words);
  const navigate = useNavigate();
  const look = (wanted: string) =>
    void navigate({ to: "/contacts", search: { words: wanted.trim() || undefined } });
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        look(typed);
      }}
    >
      <Group align="flex-end">
        <TextInput
          label="Name, e-mail address or phone number"
          type="search"
          w={320}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">Search</Button>
        {words && (
          <Button variant="default" onClick={() => look("")}>
            Show everybody
          </Button>
        )}
      </Group>
    </form>
  );
}

function People({ words }: { words: string }) {
  const query = useInfiniteQuery(contacts(words));
  if (query.isPending) return <Loading what="your contacts" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  const found = query.data.pages.flatMap((page) => page.people);
  if (found.length === 0) return <ByRecord words={words} />;
  return (
    <Stack>
      <div className="panel tight">
        <Table miw={760} verticalSpacing={6} aria-label="Contacts">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>E-mail</Table.Th>
              <Table.Th>Phone</Table.Th>
              <Table.Th>Apps</Table.Th>
              <Table.Th>How it stands</Table.Th>
              <Table.Th>Last change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map((each) => (
              <Row key={each.id} found={each} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <More query={query} label="Show more" />
      <ZoneNote />
    </Stack>
  );
}

function Row({ found }: { found: FoundPerson }) {
  const { tone, word } = standWord(found.stands);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/contacts/${found.id}`} size="sm" fw={500}>
          {found.name}
        </Anchor>
      </Table.Td>
      <Table.Td>{found.email}</Table.Td>
      <Table.Td className="numbers">{found.phone}</Table.Td>
      <Table.Td>
        <Text size="sm">{found.connections.join(", ")}</Text>
      </Table.Td>
      <Table.Td>
        <State tone={tone}>{word}</State>
      </Table.Td>
      <Table.Td>
        <When at={found.changed_at} never="not told" />
      </Table.Td>
    </Table.Tr>
  );
}
