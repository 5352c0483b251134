import { Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { address, renewAddress } from "../../../api/building";
import { useConfirm } from "../../../components/confirm";
import { say, sayFailed } from "../../../components/toast";
import { Loaded } from "../../../components/Waiting";
import { Copy } from "../../../components/Copy";

/** A flow's own address, to be copied or changed. */
export function Address({ flow }: { flow: string }) {
  const cache = useQueryClient();
  const query = useQuery(address(flow));
  const [ask, dialog] = useConfirm();
  const renewed = useMutation({
    mutationFn: () => renewAddress(flow),
    onSuccess: (told) => {
      cache.setQueryData(address(flow).queryKey, told);
      say("The flow has another address. The one before is good no more.");
    },
    onError: sayFailed,
  });
  return (
    <Loaded query={query} what="the flow’s address">
      {(told) => {
        const url = `${window.location.origin}${told.path}`;
        return (
          <Stack gap="xs">
            {dialog}
            <Text size="sm">Whoever has this address can start runs:</Text>
            <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
              {url}
            </Code>
            <Group gap="xs">
              <Copy value={url} />
              <Button
                size="compact-sm"
                variant="default"
                onClick={() =>
                  ask({
                    title: "Make another address?",
                    happens:
                      "The address above stops working at once. Whoever posts to it needs the new one.",
                    yes: "Make another",
                    grave: true,
                    act: () => renewed.mutate(),
                  })
                }
              >
                Another address
              </Button>
            </Group>
          </Stack>
        );
      }}
    </Loaded>
  );
}
