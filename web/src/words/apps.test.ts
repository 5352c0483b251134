import { expect, test } from "vitest";

import { appAbout, byUse } from "./apps";

const app = (name: string, records: string[] = ["contact"], missing: string[] = []) => ({
  name,
  title: name,
  records,
  missing,
});

test("an app says what can be kept in step with it, or that it has to be described", () => {
  expect(appAbout(app("insightly", ["contact", "business", "task"]))).toBe(
    "Contacts, businesses and tasks",
  );
  expect(appAbout(app("bridge"))).toMatch(/^Any app/);
  expect(appAbout(app("yourapp", ["contact"], ["base_url"]))).toBe("Has to be described first");
});

test("GoHighLevel comes first, and what has to be described last", () => {
  const apps = [app("insurgo", [], ["x"]), app("insightly"), app("gohighlevel"), app("backnine")];
  expect(apps.toSorted(byUse).map((each) => each.name)).toEqual([
    "gohighlevel",
    "backnine",
    "insightly",
    "insurgo",
  ]);
});
