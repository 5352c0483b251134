import { Button, JsonInput, NativeSelect, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { type Sending, type StepTested, type Tested, testFlow } from "../../../api/building";
import { Refusal } from "../../../api/client";
import type { FlowDocument } from "../../../canvas/flow";
import { State, type Tone } from "../../../components/State";
import { useConfirm } from "../../../components/confirm";
import { sayFailed } from "../../../components/toast";

const SENDING = [
  { value: "nothing", label: "Send nothing, show what would be sent" },
  { value: "reads", label: "Really ask, but write nothing" },
  { value: "everything", label: "Send everything, as a run does" },
];

const ITEMS = [
  { value: "any", label: "of the last run, else a sample" },
  { value: "recent", label: "of the last run" },
  { value: "sample", label: "a sample" },
  { value: "given", label: "one that I write" },
];

type Source = "any" | "recent" | "sample";

/** Try a step, or with none the whole flow, and see each request and answer. */
export function TestForm({ document, step }: { document: FlowDocument; step?: string }) {
  const [send, setSend] = useState<Sending>("nothing");
  const [source, setSource] = useState("any");
  const [item, setItem] = useState("{}");
  const [ask, dialog] = useConfirm();
  const tested = useMutation({
    mutationFn: (confirmed: boolean) => {
      const from = source === "given" ? { item: JSON.parse(item) } : { source: source as Source };
      return testFlow(document, { step, send, confirmed, ...from });
    },
    onError: (error) => {
      // the server names what a test writes before it writes it
      if (!(error instanceof Refusal) || error.kind !== "NeedsPerson") return sayFailed(error);
      ask({
        title: "Send it to your apps?",
        happens: error.message,
        yes: "Send it",
        act: () => tested.mutate(true),
      });
    },
  });
  return (
    <Stack gap="xs">
      {dialog}
      <NativeSelect
        label="A test may"
        value={send}
        data={SENDING}
        onChange={(event) => setSend(event.currentTarget.value as Sending)}
      />
      <NativeSelect
        label="With the item"
        value={source}
        data={ITEMS}
        onChange={(event) => setSource(event.currentTarget.value)}
      />
      {source === "given" && (
        <JsonInput
          label="The item"
          autosize
          maxRows={10}
          formatOnBlur
          validationError="This is no JSON."
          value={item}
          onChange={setItem}
        />
      )}
      <Button variant="default" loading={tested.isPending} onClick={() => tested.mutate(false)}>
        {step ? "Test this step" : "Test the flow"}
      </Button>
      {tested.data && <Told tested={tested.data} step={step} />}
    </Stack>
  );
}

function Told({ tested, step }: { tested: Tested; step?: string }) {
  const shown = step ? tested.steps.filter((each) => each.step === step) : tested.steps;
  return (
    <Stack gap="xs" role="status" aria-label="What came of the test">
      <Text size="sm">{tested.end}</Text>
      <details>
        <summary>The item</summary>
        <Text size="xs" c="dimmed">
          {tested.whence}
        </Text>
        <Sample value={tested.item} />
      </details>
      {shown.map((each) => (
        <StepTold key={each.place} told={each} />
      ))}
    </Stack>
  );
}

const STATES: Record<string, { tone: Tone; word: string }> = {
  done: { tone: "good", word: "Done" },
  shown: { tone: "quiet", word: "Shown, not sent" },
  failed: { tone: "bad", word: "Failed" },
  unknown: { tone: "bad", word: "Nobody can tell whether it was done" },
  broken: { tone: "bad", word: "The connection does not work" },
};

function StepTold({ told }: { told: StepTested }) {
  const { tone, word } = STATES[told.state] ?? { tone: "quiet", word: told.state };
  return (
    <div className="panel">
      <State tone={tone}>
        {told.title ?? told.step}: {word}
      </State>
      {told.error && <Text size="sm">{told.error}</Text>}
      {told.pointed && <Sample value={told.pointed} />}
      {told.note && (
        <Text size="xs" c="dimmed">
          {told.note}
        </Text>
      )}
      {told.requests.map((request, at) => (
        <details key={at} open={told.requests.length === 1}>
          <summary>{told.state === "shown" ? "It would send" : "It sent"}</summary>
          <Sample value={request} />
        </details>
      ))}
      {told.input !== null && (
        <details>
          <summary>What it takes</summary>
          <Sample value={told.input} />
        </details>
      )}
      {told.output !== null && (
        <details open={told.state === "done"}>
          <summary>{told.made_up ? "A sample of what it gives" : "What it gives"}</summary>
          <Sample value={told.output} />
        </details>
      )}
      {told.cut && (
        <Text size="xs" c="dimmed">
          {told.cut}
        </Text>
      )}
    </div>
  );
}

const Sample = ({ value }: { value: unknown }) => (
  <pre className="sample" tabIndex={0}>
    {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
  </pre>
);
