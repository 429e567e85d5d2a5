import { expect, it } from "vitest";
import { publishedBin, publishedManifest } from "./published-manifest.ts";

it("publishes no way to the sources and no development tools", () => {
  const manifest = {
    name: "a",
    version: "1.0.0",
    exports: {
      ".": { "portolan-source": "./src/index.ts", types: "./dist/index.d.ts" },
      "./x": { "portolan-source": "./src/x.ts", default: "./dist/x.js" },
    },
    dependencies: { b: "1.0.0" },
    devDependencies: { c: "1.0.0" },
  };
  expect(publishedManifest(manifest)).toEqual({
    name: "a",
    version: "1.0.0",
    exports: { ".": { types: "./dist/index.d.ts" }, "./x": { default: "./dist/x.js" } },
    dependencies: { b: "1.0.0" },
  });
});

it("starts the published command without the condition of the workspace", () => {
  const text = "#!/usr/bin/env -S node --conditions=portolan-source --disable-warning=ExperimentalWarning\nrun();\n";
  expect(publishedBin(text)).toBe("#!/usr/bin/env -S node --disable-warning=ExperimentalWarning\nrun();\n");
});
