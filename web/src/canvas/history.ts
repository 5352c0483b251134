// What was before and after, for undo and redo. No components.

export interface History<T> {
  past: T[];
  now: T;
  future: T[];
  /** What the last change was about: changes of one thing, such as typing, are one. */
  tag: string | null;
}

export type Change<T> = { do: "set"; to: T; tag?: string } | { do: "undo" } | { do: "redo" };

const MOST = 200;

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [], tag: null });

export function changed<T>(history: History<T>, change: Change<T>): History<T> {
  const { past, now, future, tag } = history;
  if (change.do === "set") {
    if (change.to === now) return history;
    const isOne = change.tag !== undefined && change.tag === tag;
    const before = isOne ? past : [...past, now].slice(-MOST);
    return { past: before, now: change.to, future: [], tag: change.tag ?? null };
  }
  const to = change.do === "undo" ? past.at(-1) : future[0];
  if (to === undefined) return history;
  return change.do === "undo"
    ? { past: past.slice(0, -1), now: to, future: [now, ...future], tag: null }
    : { past: [...past, now], now: to, future: future.slice(1), tag: null };
}
