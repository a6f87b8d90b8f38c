import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

const pages = readdirSync(new URL("./pages", import.meta.url)).filter((name) => /^[a-z_]+\.ts$/.test(name));

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "../src/dialogram/server/static",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    target: "es2023",
    rolldownOptions: {
      input: pages.map((name) => `pages/${name}`),
      checks: { eval: false }, // htmx has one, switched off in desk.ts and refused by the content security policy
    },
  },
  test: { include: ["**/*.test.ts"], environment: "node" },
});
