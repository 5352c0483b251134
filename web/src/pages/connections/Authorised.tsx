import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { finish } from "../../api/connections";
import { Page } from "../../components/Page";
import { say } from "../../components/toast";
import { Empty, Failed, Working } from "../../components/Waiting";
import { goesOn } from "../../words/connections";
import { answerIn } from "./answer";

/** Where an app's own page sends people back: what it granted is tested, and then kept. */
export function Authorised() {
  const [{ code, state, why }] = useState(() => answerIn(window.location.hash));
  return (
    <Page title="Back from the app" back={{ to: "/connections", label: "Connections" }}>
      {code ? (
        <Finish code={code} state={state} />
      ) : (
        <Empty title="The app granted nothing" action={<Again />}>
          {why ?? "Its page sent you back without an answer."} Nothing was kept.
        </Empty>
      )}
    </Page>
  );
}

function Finish({ code, state }: { code: string; state: string | null }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const begun = useRef(false);
  const { mutate, isIdle, isError, error } = useMutation({
    mutationFn: () => finish({ code, state: state ?? "" }),
    onSuccess: async (connection) => {
      await cache.invalidateQueries();
      say(goesOn("The app has answered: the connection works.", connection.going_on));
      await navigate({
        to: "/connections/$name",
        params: { name: connection.name },
        replace: true, // the code in this address is spent
      });
    },
  });
  useEffect(() => {
    // a code works once, so it is sent once, however often the page is drawn
    if (!state || begun.current) return;
    begun.current = true;
    mutate();
  }, [state, mutate]);
  if (isError) {
    return (
      <Stack align="flex-start">
        <Failed error={error} />
        <Again />
      </Stack>
    );
  }
  if (isIdle && !state) return <WithoutState go={mutate} />;
  return <Working>Exchanging the answer, and asking the app one harmless question …</Working>;
}

/** Not every app says whose answer it is: then a person does. */
function WithoutState({ go }: { go: () => void }) {
  return (
    <Stack align="flex-start">
      <Text>
        The app's page did not say what it answers. Go on only if you come from that page yourself,
        to finish what you began here.
      </Text>
      <Group>
        <Button onClick={go}>Yes, finish it</Button>
        <Again />
      </Group>
    </Stack>
  );
}

function Again() {
  return (
    <Button component={Link} to="/connections" variant="default">
      To the connections
    </Button>
  );
}
