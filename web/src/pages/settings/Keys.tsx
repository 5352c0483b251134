import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { forgetKeys, type Keys as Told, keys, resealSecrets, rotateKey } from "../../api/keeping";
import { useConfirm } from "../../components/confirm";
import { Section } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { count } from "../../words/format";

/** With which key the secrets of connections and channels are sealed; it is changed here. */
export function Keys() {
  const query = useQuery(keys);
  return (
    <Section title="Keys">
      <Stack>
        <Text size="sm" c="dimmed" maw={680}>
          The credentials of your apps are stored sealed. Whoever has a copy of the database opens
          none of them without the key, which is kept elsewhere and never shown here.
        </Text>
        <Loaded query={query} what="the keys">
          {(found) => (
            <>
              <KeyTable found={found} />
              <Changing found={found} />
            </>
          )}
        </Loaded>
      </Stack>
    </Section>
  );
}

function KeyTable({ found }: { found: Told }) {
  return (
    <div className="panel tight">
      <Table miw={560} aria-label="Keys">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Key</Table.Th>
            <Table.Th>What it does</Table.Th>
            <Table.Th>The newest since</Table.Th>
            <Table.Th>Sealed with it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[found.current, ...found.older].map((each, at) => (
            <Table.Tr key={each.id}>
              <Table.Td>{each.id}</Table.Td>
              <Table.Td>{at === 0 ? "seals" : each.at_hand ? "only opens" : "is missing"}</Table.Td>
              <Table.Td>
                <When at={each.since} never="not known" />
              </Table.Td>
              <Table.Td>{count(each.secrets, "secret")}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Changing({ found }: { found: Told }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const keep = (sentence: (told: Told) => string) => ({
    onSuccess: (told: Told) => {
      cache.setQueryData(keys.queryKey, told);
      say(sentence(told));
    },
    onError: sayFailed,
  });
  const rotated = useMutation({
    mutationFn: rotateKey,
    ...keep((told) => `A new key seals ${count(told.current.secrets, "secret")}.`),
  });
  const resealed = useMutation({
    mutationFn: resealSecrets,
    ...keep((told) => `The newest key seals ${count(told.current.secrets, "secret")}.`),
  });
  const forgotten = useMutation({
    mutationFn: forgetKeys,
    ...keep(() => "The older keys are taken away."),
  });
  return (
    <Stack gap="sm" align="flex-start">
      {dialog}
      {found.only_you && (
        <Alert title="Only you can change the key" variant="default">
          {found.only_you}
        </Alert>
      )}
      {found.left > 0 && (
        <Text>{count(found.left, "secret")} can be opened with an older key only.</Text>
      )}
      <Group>
        {!found.only_you && (
          <Button
            variant="default"
            loading={rotated.isPending}
            onClick={() =>
              ask({
                title: "Change the key?",
                happens:
                  "A new key is made and put into the key file before the others, and every secret is sealed with it. Syncs and flows go on meanwhile. Older keys stay, for backups and for addresses of flows that were handed out. Back up the key file again afterwards.",
                yes: "Change it",
                act: () => rotated.mutate(),
              })
            }
          >
            Change the key
          </Button>
        )}
        {found.left > 0 && (
          <Button variant="default" loading={resealed.isPending} onClick={() => resealed.mutate()}>
            Seal them anew
          </Button>
        )}
        {found.older.length > 0 && found.left === 0 && !found.only_you && (
          <Button
            variant="default"
            loading={forgotten.isPending}
            onClick={() =>
              ask({
                title: "Take the older keys away?",
                happens:
                  "They go out of the key file for good. Backups of the database from before the change cannot be opened without them, and addresses of flows that were handed out before it stop working. Keep a copy of the key file elsewhere if you need either.",
                yes: "Take them away",
                grave: true,
                act: () => forgotten.mutate(),
              })
            }
          >
            Take older keys away
          </Button>
        )}
      </Group>
    </Stack>
  );
}
