import { Group, Text } from "@mantine/core";

export type Tone = "good" | "busy" | "care" | "bad" | "quiet";

/** A state as a coloured dot with its word: the colour never says it alone. */
export function State({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <Group gap={8} wrap="nowrap">
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <Text size="sm" span>
        {children}
      </Text>
    </Group>
  );
}
