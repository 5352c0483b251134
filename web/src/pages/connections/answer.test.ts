import { expect, test } from "vitest";

import { answerIn } from "./answer";

test("a code keeps every letter, also where it looks like a number", () => {
  expect(answerIn("#code=12345678901234567890&state=1e5")).toEqual({
    code: "12345678901234567890",
    state: "1e5",
    why: null,
  });
});

test("a refusal says why, in the app's own words where it has any", () => {
  expect(answerIn("#error=access_denied").why).toBe("access_denied");
  expect(answerIn("#error=access_denied&error_description=Not+now").why).toBe("Not now");
  expect(answerIn("").code).toBeNull();
});
