import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { defineCommand } from "../command.ts";

export const docs = defineCommand({
  name: "docs",
  summary: "Writes the API description of an app's REST doors: openapi.json and openapi.yaml (OpenAPI 3.1).",
  details:
    "Operations, parameters, bodies and errors come from the routes, their contracts and their doors; tags from the routes and the systems that they call. Doors of an API description (`rest.api`) are described as it does. Nothing is run or opened.",
  positionals: [
    { name: "DIR", description: "The app's directory, or one file of it. Default: the working directory.", presence: "optional" },
  ],
  options: {
    out: { type: "string", value: "FOLDER", description: "Where the files are written. Default: docs in the app's directory." },
    "api-version": { type: "string", value: "VERSION", description: "The version of the API that the description says. Default: 1.0.0." },
  },
  examples: [{ line: "portolan docs --out public", does: "public/openapi.json and public/openapi.yaml." }],
  async run({ positionals: [path = "."], options, io }) {
    const [{ loadApp }, { platform }, { provideOwnPackage }] = await Promise.all([
      import("@portolan/host"),
      import("../platform.ts"),
      import("../user-imports.ts"),
    ]);
    provideOwnPackage();
    const app = await loadApp({ path: resolve(io.directory, path), platform, environment: io.environment });
    const [{ apiOfApp }, { writeApiDocument }, { createFormats }] = await Promise.all([
      import("../api-of-app.ts"),
      import("@portolan/formats/openapi"),
      import("@portolan/formats"),
    ]);
    const document = writeApiDocument(await apiOfApp(app, options["api-version"] ?? "1.0.0"));
    const folder = options.out === undefined ? join(app.directory, "docs") : resolve(io.directory, options.out);
    await mkdir(folder, { recursive: true });
    const files = {
      "openapi.json": `${JSON.stringify(document, undefined, 2)}\n`,
      "openapi.yaml": createFormats().format("yaml")?.encode(document) ?? "",
    };
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(folder, name), content);
      io.stdout.write(`wrote ${relative(io.directory, join(folder, name))}\n`);
    }
    return "ok";
  },
});
