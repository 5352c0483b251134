import { Anchor, Group, List, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Schemas } from "../../api/client";
import { State } from "../../components/State";
import { standWord } from "../../words/reviews";

const WAITS_FOR_A_PERSON = new Set(["conflict", "ambiguous", "restless"]);

/** How one record or linked pair stands in one sync, and why. */
export function LinkStand({ told }: { told: Schemas["ToldView"] }) {
  const { tone, word } = standWord(told.stands);
  const apps = [told.a, told.b].flatMap((each) => (each ? [each.connection] : []));
  return (
    <article className="panel" aria-label={`How ${told.record ?? told.id} stands`}>
      <Group justify="space-between">
        <Title order={3} size="h5">
          {apps.join(" and ") || told.id}
        </Title>
        <State tone={tone}>{word}</State>
      </Group>
      {told.sync && (
        <Text size="sm" c="dimmed">
          {told.record}, kept by the sync{" "}
          <Anchor component={Link} to={`/syncs/${told.sync}`} size="sm" underline="always">
            {told.sync}
          </Anchor>
        </Text>
      )}
      <List size="sm" mt="xs">
        {told.why.map((sentence) => (
          <List.Item key={sentence} style={{ whiteSpace: "pre-line", overflowWrap: "anywhere" }}>
            {sentence}
          </List.Item>
        ))}
      </List>
      {WAITS_FOR_A_PERSON.has(told.stands) && (
        <Anchor component={Link} to="/review" size="sm">
          Decide in Review
        </Anchor>
      )}
    </article>
  );
}
