import { Button, Popover, Stack, Text, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import { useRef, useState } from "react";

import { useSight } from "./context";
import { shortly } from "./words";

const MOST_SHOWN = 60;

/** A button that offers what can be read here, with a sample of each. */
export function Insert({ into, take }: { into: string; take: (path: string) => void }) {
  const { leaves, whence } = useSight();
  const [isOpen, setOpen] = useState(false);
  const [words, setWords] = useState("");
  const wanted = words.toLowerCase();
  const fitting = leaves.filter((each) =>
    `${each.path} ${each.from} ${shortly(each.value)}`.toLowerCase().includes(wanted),
  );
  return (
    <Popover opened={isOpen} onChange={setOpen} width={320} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="subtle"
          aria-label={`Insert a field into ${into}`}
          onClick={() => setOpen(!isOpen)}
        >
          Insert a field
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput
            aria-label="Search the fields"
            placeholder="Search"
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
            data-autofocus
          />
          <div className="picker">
            {fitting.slice(0, MOST_SHOWN).map((each) => (
              <UnstyledButton
                key={each.path}
                className="picked"
                onClick={() => {
                  take(each.path);
                  setOpen(false);
                }}
              >
                <Text size="sm">{each.path}</Text>
                <Text size="xs" c="dimmed">
                  {each.from}: {shortly(each.value)}
                </Text>
              </UnstyledButton>
            ))}
          </div>
          <Text size="xs" c="dimmed">
            {fitting.length === 0 ? "No field fits. " : ""}
            {fitting.length > MOST_SHOWN ? `${fitting.length - MOST_SHOWN} more: search. ` : ""}
            {whence}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

interface TemplateProps {
  label: string;
  value: string;
  change: (value: string) => void;
  description?: React.ReactNode;
  error?: string;
  required?: boolean;
}

/** A text in which fields can stand, with what it comes to. */
export function Template({ label, value, change, description, error, required }: TemplateProps) {
  const { previews, wrong } = useSight();
  const box = useRef<HTMLTextAreaElement>(null);
  const insert = (path: string) => {
    const at = box.current?.selectionStart ?? value.length;
    change(`${value.slice(0, at)}{{${path}}}${value.slice(at)}`);
  };
  const hasFields = value.includes("{{");
  return (
    <div>
      <Textarea
        ref={box}
        label={label}
        description={description}
        error={error}
        withAsterisk={required}
        autosize
        maxRows={8}
        value={value}
        onChange={(event) => change(event.currentTarget.value)}
      />
      <Insert into={label} take={insert} />
      {hasFields && (
        <Text size="xs" c="dimmed" aria-live="polite" style={{ overflowWrap: "anywhere" }}>
          {previews.has(value)
            ? `With the sample: ${shortly(previews.get(value))}`
            : wrong
              ? `With the sample: ${wrong}`
              : "…"}
        </Text>
      )}
    </div>
  );
}
