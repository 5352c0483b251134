import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { suggestions } from "../../../api/syncs";
import { Section } from "../../../components/Page";
import { fieldName } from "../../../words/names";
import type { MapLine } from "./rows";

/** Fields that may belong together, each with the reason. None is taken up by itself. */
export function Suggested({
  sync,
  lines,
  map,
}: {
  sync: string;
  lines: MapLine[];
  map: (...pairs: [a: string, b: string][]) => void;
}) {
  const query = useQuery(suggestions(sync));
  const open = (query.data?.suggestions ?? []).filter(
    (each) => !lines.some((line) => line.a === each.a || line.b === each.b),
  );
  if (open.length === 0) return null;
  return (
    <Section title="Fields that may belong together">
      <Stack gap={6} align="flex-start">
        {open.length > 1 && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => map(...open.map((each): [string, string] => [each.a, each.b]))}
          >
            Take all {open.length}
          </Button>
        )}
        {open.map((each) => (
          <Group key={each.a} gap="sm" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Take it: ${fieldName(each.a)} with ${fieldName(each.b)}`}
              onClick={() => map([each.a, each.b])}
            >
              Take it
            </Button>
            <Text size="sm">
              <strong>{fieldName(each.a)}</strong> and <strong>{fieldName(each.b)}</strong>:{" "}
              {each.reason}
            </Text>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
