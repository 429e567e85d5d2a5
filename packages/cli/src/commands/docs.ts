import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { defineCommand } from "../command.ts";

export const docs = defineCommand({
  name: "docs",
  summary: "Writes what describes an app: OpenAPI of its REST doors and AsyncAPI of its channels, each as JSON and YAML.",
  details:
    "Operations, parameters, bodies, messages and errors come from the routes, their contracts, their doors and channels; tags from the routes and the systems that they call. Doors of an API description (`rest.api`) are described as it does. Nothing is run or opened.",
  positionals: [
    { name: "DIR", description: "The app's directory, or one file of it. Default: the working directory.", presence: "optional" },
  ],
  options: {
    out: { type: "string", value: "FOLDER", description: "Where the files are written. Default: docs in the app's directory." },
    "api-version": { type: "string", value: "VERSION", description: "The version of the API that the documents say. Default: 1.0.0." },
  },
  examples: [{ line: "portolan docs --out public", does: "public/openapi.json, public/asyncapi.yaml, …" }],
  async run({ positionals: [path = "."], options, io }) {
    const [{ loadApp }, { platform }, { provideOwnPackage }, { documentsOf }] = await Promise.all([
      import("@portolan/host"),
      import("../platform.ts"),
      import("../user-imports.ts"),
      import("../docs/app-documents.ts"),
    ]);
    provideOwnPackage();
    const app = await loadApp({ path: resolve(io.directory, path), platform, environment: io.environment });
    const documents = await documentsOf(app, options["api-version"] ?? "1.0.0");
    const folder = options.out === undefined ? join(app.directory, "docs") : resolve(io.directory, options.out);
    for (const { name, content } of documents) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      io.stdout.write(`wrote ${relative(io.directory, file)}\n`);
    }
    return "ok";
  },
});
