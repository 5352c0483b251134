import { expect, it } from "vitest";

import { browserName } from "./browser";

it("names the browser and the system it runs on", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36";
  expect(browserName(chrome)).toBe("Chrome on Linux");
  const edge = "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0";
  expect(browserName(edge)).toBe("Edge on Windows");
  expect(browserName("curl/8.0")).toBe("An unknown browser");
  expect(browserName(null)).toBe("An unknown browser");
});
