import { Stack, Text, Title } from "@mantine/core";

import { isShown } from "../../canvas/flow";
import { lineDiff } from "../../canvas/lines";
import { count } from "../../words/format";
import type { Difference } from "./settings";
import { type Change, story, type Told } from "./story";

/** What lies between two versions: in words, step by step, and as it is stored. */
export function Changes({ before, after }: { before: unknown; after: unknown }) {
  const lines = lineDiff(JSON.stringify(before, null, 2), JSON.stringify(after, null, 2));
  if (lines.every((each) => each.sign === " ")) return <Text>They are the same.</Text>;
  const told = isShown(before) && isShown(after) ? story(before, after) : null;
  return (
    <Stack>
      {told === null ? (
        <Text>One of them cannot be shown as steps: it has no trigger or no list of steps.</Text>
      ) : (
        <ol className="bare" aria-label="What changed, step by step">
          {told.map((each, at) => (
            <li key={at}>
              {"change" in each ? <One change={each.change} /> : <Same told={each} />}
            </li>
          ))}
        </ol>
      )}
      <details>
        <summary>Show as JSON</summary>
        <Lines lines={lines} />
      </details>
    </Stack>
  );
}

function One({ change: { how, title, where, lines } }: { change: Change }) {
  return (
    <Stack gap={4} className="panel">
      <Title order={3} size="h5">
        {how}: {title}
      </Title>
      {where && (
        <Text size="sm" c="dimmed">
          {where}
        </Text>
      )}
      {lines.map((each, at) => (
        <Text size="sm" component="div" key={at}>
          <strong>{each.label}</strong>: <Values of={each} />
        </Text>
      ))}
    </Stack>
  );
}

function Values({ of: { before, after } }: { of: Difference }) {
  if (after === null) return <del className="before">{before}</del>;
  if (before === null) return <ins className="after">{after}</ins>;
  return (
    <>
      was <del className="before">{before}</del>, is <ins className="after">{after}</ins>
    </>
  );
}

function Same({ told: { same } }: { told: Extract<Told, { same: string[] }> }) {
  return (
    <details>
      <summary>{count(same.length, "part as it was", "parts as they were")}</summary>
      <ul>
        {same.map((each, at) => (
          <li key={at}>{each}</li>
        ))}
      </ul>
    </details>
  );
}

const CLASSES = { " ": undefined, "-": "before", "+": "after" };

function Lines({ lines }: { lines: ReturnType<typeof lineDiff> }) {
  return (
    <pre
      className="sample"
      style={{ maxHeight: "none" }}
      tabIndex={0}
      aria-label="What changed, line by line"
    >
      {lines.map(({ sign, text }, at) => (
        <div key={at} className={CLASSES[sign]}>
          {sign} {text}
        </div>
      ))}
    </pre>
  );
}
