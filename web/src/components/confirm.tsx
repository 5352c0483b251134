import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";

interface Question {
  title: string;
  /** What will happen, in full: what changes, where, and whether it can be taken back. */
  happens: React.ReactNode;
  yes: string;
  grave?: boolean;
  act: () => void;
}

/** Ask before something is done that is not simply taken back. Returns `ask` and the dialog. */
export function useConfirm(): [(question: Question) => void, React.ReactNode] {
  const [question, setQuestion] = useState<Question | null>(null);
  const close = () => setQuestion(null);
  const dialog = (
    <Modal
      opened={question !== null}
      onClose={close}
      title={question?.title}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {question && (
        <Stack>
          <Text component="div">{question.happens}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Leave it
            </Button>
            <Button
              color={question.grave ? "red.9" : undefined}
              onClick={() => {
                close();
                question.act();
              }}
            >
              {question.yes}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
  return [setQuestion, dialog];
}
