import { Anchor, Button, Group, List, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import type { Used } from "../../api/recipes";
import { PreviewButton } from "../syncs/PreviewButton";
import { Only } from "../../components/Only";

/** What a recipe made, or would make, in words; and the way on. */
export function Made({ used }: { used: Used }) {
  return (
    <Stack className="panel" gap="md" role="status">
      <Title order={2} size="h4">
        {used.dry_run ? "It would set up" : "It is set up, and waits for you"}
      </Title>
      {used.syncs.map((each) => (
        <div key={each.name}>
          <Group justify="space-between">
            <Text fw={600}>
              {used.dry_run ? (
                `The sync ${each.name}`
              ) : (
                <Anchor component={Link} to={`/syncs/${each.name}`}>
                  The sync {each.name}
                </Anchor>
              )}
            </Text>
            {!used.dry_run && (
              <Only>
                <PreviewButton sync={each.name} label={`Preview ${each.name}`} />
              </Only>
            )}
          </Group>
          <List size="sm">
            {each.words.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        </div>
      ))}
      {used.flow && (
        <div>
          <Text fw={600}>The flow {used.flow.title ?? used.flow.name}, as a draft</Text>
          {[...used.flow.problems, ...used.flow.warnings].map((each) => (
            <Text size="sm" key={each}>
              {each}
            </Text>
          ))}
          {!used.dry_run && (
            <Button component={Link} to={`/flows/${used.flow.name}`} size="xs" mt="xs">
              Look at it and turn it on
            </Button>
          )}
        </div>
      )}
      {used.taken.length > 0 && (
        <Text size="sm">It uses what is there already: {used.taken.join(", ")}.</Text>
      )}
      {used.lacks.map((each) => (
        <Text size="sm" key={each}>
          {each}
        </Text>
      ))}
    </Stack>
  );
}
