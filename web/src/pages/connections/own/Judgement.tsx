import { Button, Stack, Text } from "@mantine/core";

import type { Judged, Problem } from "../../../api/manifests";
import { State } from "../../../components/State";
import { count } from "../../../words/format";

/** What is wrong with a manifest, or still missing in it, each with the way to its line. */
export function Judgement({ judged, show }: { judged: Judged; show: (line: number) => void }) {
  const { problems, missing } = judged;
  if (problems.length === 0 && missing.length === 0) {
    return (
      <State tone="good">It is complete, and every entry leads somewhere. Try it on the app.</State>
    );
  }
  return (
    <Stack gap="sm" role="status">
      <Places
        title={count(problems.length, "thing is wrong", "things are wrong")}
        all={problems}
        show={show}
      />
      <Places
        title={count(
          missing.length,
          "place is still to be filled in",
          "places are still to be filled in",
        )}
        all={missing}
        show={show}
      />
    </Stack>
  );
}

function Places({
  title,
  all,
  show,
}: {
  title: string;
  all: Problem[];
  show: (line: number) => void;
}) {
  if (all.length === 0) return null;
  return (
    <div>
      <Text fw={500}>{title}</Text>
      <ul className="bare">
        {all.map((each) => (
          <li key={`${each.line} ${each.place} ${each.sentence}`}>
            <Button size="compact-sm" variant="default" onClick={() => show(each.line)}>
              Line {each.line}
            </Button>{" "}
            {each.place && <code>{each.place}</code>} {each.sentence}
          </li>
        ))}
      </ul>
    </div>
  );
}
