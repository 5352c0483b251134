// Whether changes are told as they come. Whoever shows it or goes by it looks here.
import { useSyncExternalStore } from "react";

/** `opening`: not known yet; `lost`: it is asked every few seconds instead, until it is back. */
export type Liveness = "opening" | "live" | "lost";

let now: Liveness = "opening";
const watchers = new Set<() => void>();

export const isLive = () => now === "live";

export function setLiveness(to: Liveness): void {
  if (to === now) return;
  now = to;
  for (const each of watchers) each();
}

function watch(act: () => void): () => void {
  watchers.add(act);
  return () => watchers.delete(act);
}

export const useLiveness = () => useSyncExternalStore(watch, () => now);
