import { Button, Group } from "@mantine/core";

import { TRIGGER } from "../../../canvas/flow";
import type { Draft } from "./draft";
import type { Keys } from "./keys";

interface ToolbarProps {
  keys: Keys;
  draft: Draft;
  chosen: string;
  tidy: () => void;
}

/** What can be done to the chosen step; each with the key that does the same. */
export function Toolbar({ keys, draft, chosen, tidy }: ToolbarProps) {
  const isStep = chosen !== TRIGGER;
  const buttons = [
    { label: "Undo", key: "Control+z", isOff: !draft.canUndo },
    { label: "Redo", key: "Control+y", isOff: !draft.canRedo },
    { label: "Move up", key: "Alt+ArrowUp", isOff: !isStep },
    { label: "Move down", key: "Alt+ArrowDown", isOff: !isStep },
    { label: "Insert after", key: "a", isOff: false },
    { label: "Take out", key: "Delete", isOff: !isStep },
  ];
  return (
    <Group gap="xs" role="toolbar" aria-label="The chosen step">
      {buttons.map(({ label, key, isOff }) => (
        <Button
          key={key}
          size="compact-sm"
          variant="default"
          disabled={isOff}
          title={`Key: ${key.replace("Arrow", "").replaceAll("+", " + ")}`}
          onClick={() => keys[key]?.()}
        >
          {label}
        </Button>
      ))}
      <Button size="compact-sm" variant="default" onClick={tidy}>
        Tidy
      </Button>
    </Group>
  );
}
