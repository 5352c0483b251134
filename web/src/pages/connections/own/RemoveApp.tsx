import { Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { connections, type Connector } from "../../../api/connections";
import { manifests, removeManifest } from "../../../api/manifests";
import { useConfirm } from "../../../components/confirm";
import { Section } from "../../../components/Page";
import { say } from "../../../components/toast";
import { Failed } from "../../../components/Waiting";

/** Take away an app that was described here, once no connection reaches it any more. */
export function RemoveApp({ app }: { app: Connector }) {
  const described = useQuery(manifests).data;
  const reached = useQuery(connections).data;
  const isOwn = described?.some((each) => each.own && each.name === app.name) ?? false;
  if (!isOwn || !reached) return null;
  const users = reached.filter((each) => each.connector === app.name).map((each) => each.name);
  return <Remove app={app} users={users} />;
}

function Remove({ app, users }: { app: Connector; users: string[] }) {
  const [ask, dialog] = useConfirm();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const removed = useMutation({
    mutationFn: () => removeManifest(app.name),
    onSuccess: async () => {
      await navigate({ to: "/connections/new", search: {} });
      await cache.invalidateQueries();
      say(`The description of ${app.title} is removed.`);
    },
  });
  const confirm = () =>
    ask({
      title: `Remove the app ${app.title}?`,
      happens:
        "Its description is deleted here and cannot be brought back: save a copy of it first if you may want it again. " +
        "Nothing is changed or deleted at the app itself. No connection reaches it.",
      yes: "Remove it",
      grave: true,
      act: () => removed.mutate(),
    });
  return (
    <Section title={`Remove ${app.title}`}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm" c="dimmed">
          {users.length > 0
            ? `${users.join(", ")} would stop: it can be removed once no connection reaches it any more.`
            : "It was described here. Without its description it can be connected no more."}
        </Text>
        <Button
          variant="default"
          onClick={confirm}
          disabled={users.length > 0}
          loading={removed.isPending}
        >
          Remove this app
        </Button>
        {removed.isError && <Failed error={removed.error} />}
      </Stack>
      {dialog}
    </Section>
  );
}
