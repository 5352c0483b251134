import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { overview, type Overview } from "../../api/overview";
import { ButtonLink } from "../../components/links";
import { Only } from "../../components/Only";
import { Page } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { mattersOf, overOf, verdictOf } from "../../words/overview";
import { ConnectionCards } from "./ConnectionCards";
import { FirstSteps } from "./FirstSteps";
import { Matters, Telling } from "./Matters";
import { FlowTable, SyncTable } from "./Standings";

export function Home() {
  const query = useQuery(overview);
  return (
    <Page title="Home">
      <Loaded query={query} what="how everything stands">
        {(told) => <Whole told={told} />}
      </Loaded>
    </Page>
  );
}

function Whole({ told }: { told: Overview }) {
  const isNew = told.state === "empty";
  return (
    <Stack gap="xl">
      <Answer told={told} />
      {isNew && (
        <Only>
          <FirstSteps connections={told.connections} />
        </Only>
      )}
      <Matters matters={told.troubles.length > 1 ? mattersOf(told) : []} over={overOf(told)} />
      {told.syncs.length > 0 && <SyncTable told={told} />}
      {told.flows.length > 0 && <FlowTable told={told} />}
      {told.connections.length > 0 && <ConnectionCards told={told} />}
      {!isNew && <ZoneNote />}
    </Stack>
  );
}

/** The one sentence: whether everything is in step, or what is not, since when, what to do. */
function Answer({ told }: { told: Overview }) {
  const { tone, sentence, since, todo } = verdictOf(told);
  const alone = told.troubles.length === 1 ? mattersOf(told)[0] : undefined;
  return (
    <div className="verdict" data-tone={tone}>
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <div style={{ flex: 1 }}>
        {/* only the sentence is announced when it changes: a time changes all by itself */}
        <Text size="lg" fw={500} role="status">
          {sentence}
        </Text>
        {since && (
          <Text size="sm" c="dimmed">
            Since <When at={since} />
          </Text>
        )}
        {alone && <Telling matter={alone} />}
      </div>
      {todo && (
        <ButtonLink to={todo.to} search={todo.search} size="xs">
          {todo.label}
        </ButtonLink>
      )}
    </div>
  );
}
