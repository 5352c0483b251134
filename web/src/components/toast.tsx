import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";

import { sentenceOf } from "../api/client";

const LONG = 10_000;

/** Say that something was done; with `undo`, let it be taken back for ten seconds. */
export function say(sentence: string, undo?: () => void): void {
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{sentence}</Text>
        {undo && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            Undo
          </Button>
        )}
      </Group>
    ),
    autoClose: undo ? LONG : undefined,
    withCloseButton: true,
    closeButtonProps: { "aria-label": "Dismiss" },
  });
}

/** Say why something was not done. It stays until it is dismissed. */
export function sayFailed(error: unknown): void {
  notifications.show({
    title: "That did not work",
    message: sentenceOf(error),
    color: "red.9",
    autoClose: false,
    withCloseButton: true,
    closeButtonProps: { "aria-label": "Dismiss" },
    role: "alert",
  });
}
