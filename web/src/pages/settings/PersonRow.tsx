import { Button, Group, NativeSelect, Table } from "@mantine/core";

import type { Person, Role } from "../../api/people";
import { State } from "../../components/State";
import { When } from "../../components/When";
import { ROLE_CHOICES } from "../../words/people";

interface PersonRowProps {
  person: Person;
  /** One's own row: nobody keeps themselves out. */
  isMe: boolean;
  setRole: (role: Role) => void;
  lock: () => void;
  unlock: () => void;
  remove: () => void;
}

/** One of those who may come in, and what can be done about it. */
export function PersonRow({ person, isMe, setRole, lock, unlock, remove }: PersonRowProps) {
  const { name, role, invited, locked_at, signed_in_at } = person;
  return (
    <Table.Tr>
      <Table.Td>{isMe ? `${name} (you)` : name}</Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={`Role of ${name}`}
          value={role}
          data={ROLE_CHOICES}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
        />
      </Table.Td>
      <Table.Td>
        {locked_at ? (
          <State tone="care">kept out</State>
        ) : invited ? (
          "invited"
        ) : (
          <When at={signed_in_at} />
        )}
      </Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          {locked_at ? (
            <Button
              size="xs"
              variant="default"
              aria-label={`Let in again: ${name}`}
              onClick={unlock}
            >
              Let in again
            </Button>
          ) : (
            !isMe && (
              <Button size="xs" variant="default" aria-label={`Keep out ${name}`} onClick={lock}>
                Keep out
              </Button>
            )
          )}
          <Button size="xs" variant="default" aria-label={`Remove ${name}`} onClick={remove}>
            Remove
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
