import { Button, Group, NativeSelect, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

import { type Added, addNote, addTask, lookAgain } from "../../api/contacts";
import { Section } from "../../components/Page";
import { say } from "../../components/toast";
import { Failed } from "../../components/Waiting";
import { zone } from "../../words/format";
import { recordsOf } from "../../words/names";

interface AddProps {
  person: string;
  apps: string[];
}

const FIRST = "";
const EMPTY = { text: "", title: "", due: "", app: FIRST };

/** Add a note or a task at one app: the sync of such records carries it to the others. */
export function Add({ person, apps }: AddProps) {
  return (
    <Section title="Add to this person">
      <Group align="stretch" grow preventGrowOverflow={false} wrap="wrap">
        <NewNote person={person} apps={apps} />
        <NewTask person={person} apps={apps} />
      </Group>
    </Section>
  );
}

function NewNote({ person, apps }: AddProps) {
  const form = useForm({ initialValues: EMPTY });
  const added = useMutation({
    mutationFn: ({ text, app }: typeof EMPTY) =>
      addNote(person, { body: text, connection: app || null }),
    onSuccess: (made) => afterwards(person, made, form.reset),
  });
  return (
    <form className="panel" onSubmit={form.onSubmit((said) => added.mutate(said))}>
      <Stack gap="xs">
        {added.isError && <Failed error={added.error} />}
        <Textarea
          label="A note"
          required
          autosize
          minRows={3}
          maxLength={10_000}
          {...form.getInputProps("text")}
        />
        <Where apps={apps} {...form.getInputProps("app")} />
        <Button type="submit" variant="default" w="fit-content" loading={added.isPending}>
          Add the note
        </Button>
      </Stack>
    </form>
  );
}

function NewTask({ person, apps }: AddProps) {
  const form = useForm({ initialValues: EMPTY });
  const added = useMutation({
    mutationFn: ({ title, text, due, app }: typeof EMPTY) =>
      addTask(person, {
        title,
        body: text || null,
        due_at: due ? new Date(due).toISOString() : null,
        connection: app || null,
      }),
    onSuccess: (made) => afterwards(person, made, form.reset),
  });
  return (
    <form className="panel" onSubmit={form.onSubmit((said) => added.mutate(said))}>
      <Stack gap="xs">
        {added.isError && <Failed error={added.error} />}
        <TextInput label="A task" required maxLength={500} {...form.getInputProps("title")} />
        <TextInput label={`Due (${zone})`} type="datetime-local" {...form.getInputProps("due")} />
        <Textarea
          label="What it is about"
          autosize
          minRows={1}
          maxLength={10_000}
          {...form.getInputProps("text")}
        />
        <Where apps={apps} {...form.getInputProps("app")} />
        <Button type="submit" variant="default" w="fit-content" loading={added.isPending}>
          Add the task
        </Button>
      </Stack>
    </form>
  );
}

function Where({ apps, ...rest }: { apps: string[] }) {
  if (apps.length < 2) return null;
  const first = { value: FIRST, label: "The first app that takes one" };
  return (
    <NativeSelect
      label="Write it to"
      data={[first, ...apps.map((each) => ({ value: each, label: each }))]}
      {...rest}
    />
  );
}

async function afterwards(person: string, made: Added, reset: () => void): Promise<void> {
  const carried = made.sync
    ? `The sync ${made.sync} carries it on.`
    : `No sync keeps ${recordsOf(made.kind)}, so it stays there.`;
  say(`The ${made.kind} is in ${made.connection}. ${carried}`);
  reset();
  await lookAgain(person);
}

/** Said where nothing can be added: nobody wonders where the forms are. */
export function OnlyLooking() {
  return (
    <Text size="sm" c="dimmed">
      Your role may look at everything here and change nothing.
    </Text>
  );
}
