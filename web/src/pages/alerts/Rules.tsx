import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type Channel, channels, type Rule, rules } from "../../api/alerts";
import { Only } from "../../components/Only";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { ruleTold, thresholdWords, TROUBLES } from "../../words/alerts";
import { RuleForm } from "./RuleForm";

/** Which kinds of trouble are told, from when on, when and to whom. */
export function Rules() {
  const query = useQuery(rules);
  const there = useQuery(channels);
  return (
    <Loaded query={query} what="what is told">
      {(found) => (
        <Stack gap="xs">
          {found.map((each) => (
            <OneRule key={each.kind} rule={each} channels={there.data ?? []} />
          ))}
        </Stack>
      )}
    </Loaded>
  );
}

function OneRule({ rule, channels: there }: { rule: Rule; channels: Channel[] }) {
  const [isOpen, setOpen] = useState(false);
  const { name, about } = TROUBLES[rule.kind];
  const words = rule.unit && thresholdWords(rule.unit);
  return (
    <section className="panel" aria-label={name}>
      <Stack gap={4} align="flex-start">
        <Title order={2} size="h5">
          {name}
        </Title>
        <State tone={rule.on ? "good" : "quiet"}>{rule.on ? "Told" : "Not told"}</State>
        <Text size="sm">
          {about}
          {words &&
            rule.threshold !== null &&
            ` It counts ${words[0]} ${rule.threshold} ${words[1]}.`}
        </Text>
        <Text size="sm" c="dimmed">
          {ruleTold(rule)}
        </Text>
        <Only admin>
          {isOpen ? (
            <RuleForm rule={rule} channels={there} close={() => setOpen(false)} />
          ) : (
            <Button
              size="xs"
              variant="default"
              aria-label={`Change: ${name}`}
              onClick={() => setOpen(true)}
            >
              Change
            </Button>
          )}
        </Only>
      </Stack>
    </section>
  );
}
