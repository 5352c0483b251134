// What a sync, a flow or the whole house comes to, in one word or one sentence. No components.
import type { Overview } from "../api/overview";
import type { Standing, Sync } from "../api/syncs";
import type { Tone } from "../components/State";
import { count } from "./format";

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

export interface Verdict {
  tone: Tone;
  sentence: string;
  /** What to do about it, and where. */
  todo?: { label: string; to: string };
}

/** Say in one sentence whether everything is in step; what is worst comes first. */
export function verdictOf(told: Overview): Verdict {
  const broken = told.connections.filter(isBroken);
  if (broken[0]) {
    return {
      tone: "bad",
      sentence: `${broken[0].name} cannot be reached: ${broken[0].problem ?? broken[0].status}`,
      todo: { label: "Connect it again", to: `/connections/${broken[0].name}` },
    };
  }
  const halted = told.syncs.find(({ sync }) => sync.state === "halted");
  if (halted) {
    return {
      tone: "bad",
      sentence: `The sync ${halted.sync.name} has stopped: ${halted.sync.why ?? "it needs a person."}`,
      todo: { label: "Look at it", to: `/syncs/${halted.sync.name}` },
    };
  }
  return milderVerdict(told);
}

function milderVerdict(told: Overview): Verdict {
  if (told.syncs.length === 0 && told.flows.length === 0) {
    return { tone: "quiet", sentence: "Nothing is set up yet." };
  }
  const failed = told.syncs.reduce((sum, each) => sum + openWrites(each.standing).failed, 0);
  const dead = told.flows.reduce((sum, each) => sum + (each.runs.dead ?? 0), 0);
  if (failed > 0) {
    return { tone: "care", sentence: `${count(failed, "change")} could not be written.` };
  }
  if (dead > 0) {
    return {
      tone: "care",
      sentence: `${count(dead, "run")} of your flows failed.`,
      todo: { label: "Look at them", to: "/runs?kind=flows&states=dead" },
    };
  }
  if (told.waiting > 0) {
    const wait = told.waiting === 1 ? "waits" : "wait";
    return {
      tone: "care",
      sentence: `${count(told.waiting, "record")} ${wait} for your decision; the rest is in step.`,
      todo: { label: "Decide", to: "/review" },
    };
  }
  const running = told.syncs.filter(({ sync }) => sync.state === "active");
  const on = told.flows.filter((each) => each.state === "active");
  if (running.length + on.length === 0) {
    return { tone: "quiet", sentence: "Everything is paused, so nothing is kept in step." };
  }
  return { tone: "good", sentence: "Everything is in step." };
}
