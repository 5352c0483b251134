import { expect, test } from "vitest";

import { placeOfLine } from "./lines";

test("a line is found by its number", () => {
  expect(placeOfLine("app: x\ntitle: Y\n", 2)).toEqual({ start: 7, end: 15 });
  expect(placeOfLine("app: x", 1)).toEqual({ start: 0, end: 6 });
});

test("a line that is not there is the nearest one", () => {
  expect(placeOfLine("a\nb", 9)).toEqual({ start: 2, end: 3 });
  expect(placeOfLine("a\nb", 0)).toEqual({ start: 0, end: 1 });
});
