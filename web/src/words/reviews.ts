// How a record stands, in the words people read. No components.
import type { Stand } from "./standing";

const STANDS: Record<string, Stand> = {
  in_step: { tone: "good", word: "In step" },
  waiting: { tone: "busy", word: "On its way" },
  noticed: { tone: "busy", word: "Seen, to be done next" },
  conflict: { tone: "care", word: "Changed on both sides" },
  ambiguous: { tone: "care", word: "Not sure who it is" },
  restless: { tone: "care", word: "Changes too often" },
  rejected: { tone: "bad", word: "Refused by the app" },
  awaiting: { tone: "busy", word: "Waits for what it belongs to" },
  excluded: { tone: "quiet", word: "Left alone by your filters" },
  gone: { tone: "quiet", word: "Gone" },
  unknown: { tone: "quiet", word: "Not seen yet" },
};

export const standWord = (stands: string): Stand =>
  STANDS[stands] ?? { tone: "quiet", word: stands.replaceAll("_", " ") };
