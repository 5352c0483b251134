import { Text } from "@mantine/core";

import { useLiveness } from "../api/liveness";

const WORDS = {
  opening: "",
  live: "Live",
  lost: "Reconnecting…",
};

const ABOUT = {
  opening: undefined,
  live: "What changes is shown as it changes.",
  lost: "What changes is not told as it changes just now. It is looked for every few seconds.",
};

/** Whether what changes is shown at once; said aloud, too, when that changes. */
export function LiveState() {
  const state = useLiveness();
  return (
    <span className="liveness" role="status" aria-label="Live updates" title={ABOUT[state]}>
      {state !== "opening" && (
        <>
          <span className="dot" data-tone={state === "live" ? "good" : "care"} aria-hidden="true" />
          <Text size="xs" span>
            {WORDS[state]}
          </Text>
        </>
      )}
    </span>
  );
}
