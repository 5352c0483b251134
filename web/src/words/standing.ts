// What a sync, a flow or the whole house comes to, in one word or one sentence. No components.
import type { Standing, Sync } from "../api/syncs";
import type { Tone } from "../components/State";

export interface Stand {
  tone: Tone;
  word: string;
}

const total = (counts: Record<string, number>) =>
  Object.values(counts).reduce((sum, each) => sum + each, 0);

/** How many writes of a sync are on their way, and how many were given up. */
export function openWrites(standing: Standing): { waiting: number; failed: number } {
  const failed = standing.waiting.failed ?? 0;
  return { waiting: total(standing.waiting) - failed, failed };
}

export function standOf(sync: Pick<Sync, "state">, standing?: Standing): Stand {
  if (sync.state === "halted") return { tone: "bad", word: "Stopped, needs you" };
  if (sync.state === "paused") return { tone: "quiet", word: "Paused" };
  const latest = standing?.latest_run;
  if (latest?.state === "running") return { tone: "busy", word: "Running" };
  if (latest?.state === "failed") return { tone: "bad", word: "Last run failed" };
  if (standing && openWrites(standing).failed > 0)
    return { tone: "care", word: "Some were refused" };
  if (standing && !latest) return { tone: "quiet", word: "Not run yet" };
  return { tone: "good", word: "In step" };
}

export function flowStand(state: string, failing: boolean): Stand {
  if (state === "draft") return { tone: "quiet", word: "Draft" };
  if (state === "paused") return { tone: "quiet", word: "Paused" };
  return failing ? { tone: "care", word: "On, with failures" } : { tone: "good", word: "On" };
}

export const isBroken = (connection: { status: string }) => connection.status === "broken";
