import { Button, Menu, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";

import { session, signOut } from "../api/session";
import { sayFailed } from "../components/toast";
import { ROLES } from "../words/people";

/** Who is signed in, as what, and the way out. */
export function Who() {
  const { data } = useQuery(session);
  const leaving = useMutation({ mutationFn: signOut, onError: sayFailed });
  if (!data) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-sm">
          {data.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="xs">{ROLES[data.role]}</Text>
        </Menu.Label>
        <Menu.Item onClick={() => leaving.mutate()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
