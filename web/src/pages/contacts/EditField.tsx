import { Button, Group, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { edit, lookAgain, type PersonField, putBack } from "../../api/contacts";
import { sentenceOf } from "../../api/client";
import { say, sayFailed } from "../../components/toast";
import { former, listed, typedValue } from "../../words/contacts";
import { fieldName } from "../../words/names";

interface EditProps {
  person: string;
  field: PersonField;
  close: () => void;
}

/** Type another value: it is written to the app whose word counts, and the sync carries it on. */
export function EditField({ person, field, close }: EditProps) {
  const held = field.values.find((each) => each.connection === field.writes_to);
  const [typed, setTyped] = useState(typedValue(held?.value));
  const name = fieldName(field.field);
  const before = former(field);
  const body = (value: string) => ({ field: field.field, sync: field.sync, value });
  const takenBack = useMutation({
    mutationFn: (value: string) => putBack(person, body(value)),
    onSuccess: async (_edited, value) => {
      say(`${name} goes back to ${value}.`);
      await lookAgain(person);
    },
    onError: sayFailed,
  });
  const saved = useMutation({
    mutationFn: () => edit(person, body(typed)),
    onSuccess: async ({ connections }) => {
      if (connections.length === 0) say(`${name} is that already; nothing has to be written.`);
      else {
        const undo = before === null ? undefined : () => takenBack.mutate(before);
        say(`${name} becomes ${typed.trim()}: on its way to ${listed(connections)}.`, undo);
      }
      close();
      await lookAgain(person);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saved.mutate();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={`New value of ${name}`}
          description={`It goes to ${field.writes_to} first; the sync carries it on.`}
          error={saved.isError ? sentenceOf(saved.error) : undefined}
          w={360}
          maw="100%"
          autoFocus
          required
          maxLength={10_000}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" loading={saved.isPending}>
          Save
        </Button>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
      </Group>
    </form>
  );
}
