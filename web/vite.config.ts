/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// where `make demo` or `instep up` listens, for `npm run dev`
const server = process.env.INSTEP_URL ?? "http://127.0.0.1:8750";

export default defineConfig({
  base: "/ui/",
  plugins: [react()],
  build: { outDir: "../src/instep/ui/dist", emptyOutDir: true, manifest: true },
  server: { proxy: { "/api": server, "/health": server, "/docs": server } },
  test: { environment: "happy-dom", setupFiles: ["src/testing/setup.ts"] },
});
