import { Button, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { PERSON } from "../../api/person";
import { settle, type Waiting } from "../../api/reviews";
import { State } from "../../components/State";
import { say, sayFailed } from "../../components/toast";
import { standWord } from "../../words/reviews";
import { Only } from "../../components/Only";

const SEPARATE = "separate";

/** A record that may be one of several on the other side, or nobody there. */
export function Match({ told }: { told: Waiting }) {
  const [choice, setChoice] = useState("");
  const cache = useQueryClient();
  const settled = useMutation({
    mutationFn: async () => {
      const word = choice === SEPARATE ? { separate: true } : { match: choice };
      const [outcome] = await settle({ ids: [told.id], sync: told.sync, by: PERSON, ...word });
      if (outcome?.problem) throw new Error(outcome.problem);
    },
    onSuccess: async () => {
      say(`${told.record ?? "The record"} is settled; the next run goes by it.`);
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  const { tone, word } = standWord(told.stands);
  const label = told.record ?? told.id;
  const here = told.a ?? told.b;
  return (
    <article className="panel" aria-label={label}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h5">
            {label}
          </Title>
          <State tone={tone}>{word}</State>
        </Group>
        {told.why.map((sentence) => (
          <Text size="sm" key={sentence}>
            {sentence}
          </Text>
        ))}
        <Radio.Group
          label={`${label}${here ? ` of ${here.connection}` : ""} is the same as`}
          value={choice}
          onChange={setChoice}
        >
          <Stack gap="xs" mt="xs">
            {(told.candidates ?? []).map((each) => (
              <Radio
                key={each.id}
                value={each.id}
                label={each.record ?? each.id}
                description={each.linked ? "It is linked to somebody else already" : undefined}
              />
            ))}
            <Radio
              value={SEPARATE}
              label="nobody there"
              description="The other app gets a record of its own"
            />
          </Stack>
        </Radio.Group>
        <Only>
          <Button
            size="xs"
            w="fit-content"
            disabled={!choice}
            loading={settled.isPending}
            onClick={() => settled.mutate()}
          >
            Decide
          </Button>
        </Only>
      </Stack>
    </article>
  );
}
