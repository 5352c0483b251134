import { formatDuration, formatNumber } from "../../words/format";

const SECOND = 1_000;

/** How long an app took to answer: "42 ms", "1.3 s". */
export function took(milliseconds: number): string {
  return milliseconds < SECOND ? `${formatNumber(milliseconds)} ms` : formatDuration(milliseconds);
}
