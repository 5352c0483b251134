import { List, Progress, Text } from "@mantine/core";

import type { Health } from "../../api/contacts";
import { Section } from "../../components/Page";
import { fieldName } from "../../words/names";

/** How well a person is looked after: the score, and each part that it is made of. */
export function HealthScore({ health }: { health: Health }) {
  return (
    <Section title="Health">
      <div className="panel">
        <Text size="xl" fw={600} className="numbers">
          {health.score ?? "Not known"}
          {health.score !== null && (
            <Text span size="sm" c="dimmed" fw={400}>
              {" "}
              of 100
            </Text>
          )}
        </Text>
        <List listStyleType="none" spacing="xs" mt="xs" aria-label="What the score is made of">
          {health.parts.map((part) => (
            <List.Item key={part.name} styles={{ itemWrapper: { display: "block" } }}>
              <Text size="sm" fw={500} className="numbers">
                {fieldName(part.name)}:{" "}
                {part.points === null ? "not counted" : `${part.points} of ${part.most}`}
              </Text>
              {part.points !== null && (
                <Progress
                  value={(100 * part.points) / part.most}
                  size="xs"
                  aria-label={`Points for ${part.name}`}
                />
              )}
              <Text size="sm" c="dimmed">
                {part.sentence}
              </Text>
            </List.Item>
          ))}
        </List>
      </div>
    </Section>
  );
}
