/** Where a line of a text begins and ends, counted in characters; lines count from 1. */
export function placeOfLine(text: string, line: number): { start: number; end: number } {
  const lines = text.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length);
  const start = lines.slice(0, at - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return { start, end: start + (lines[at - 1]?.length ?? 0) };
}
