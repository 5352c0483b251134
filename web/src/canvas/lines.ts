// Two texts line by line, two lists entry by entry. No components.

export interface Line {
  sign: " " | "+" | "-";
  text: string;
}

/** Return the lines of two texts in one list: what both have, what went, what came. */
export function lineDiff(before: string, after: string): Line[] {
  return listDiff(before.split("\n"), after.split("\n"));
}

/** The same for two lists of texts. */
export function listDiff(a: string[], b: string[]): Line[] {
  const common = commonLengths(a, b);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ sign: "-", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ sign: "+", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}

const at = (table: number[][], i: number, j: number) => table[i]?.[j] ?? 0;

/** How many lines are the same from each pair of lines on. */
function commonLengths(a: string[], b: string[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const same = a[i] === b[j];
      const row = table[i];
      if (row)
        row[j] = same
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}
