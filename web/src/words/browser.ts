// What a browser says of itself, in two words people know.

// the order counts: most browsers also claim to be those further down
const BROWSERS: [string, string][] = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];

const SYSTEMS: [string, string][] = [
  ["Windows", "Windows"],
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Mac OS", "a Mac"],
  ["Linux", "Linux"],
];

const find = (said: string, known: [string, string][]) =>
  known.find(([mark]) => said.includes(mark))?.[1];

/** "Firefox on Windows", from what the browser sent; what is not known is called so. */
export function browserName(said: string | null | undefined): string {
  const browser = find(said ?? "", BROWSERS) ?? "An unknown browser";
  const system = find(said ?? "", SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}
