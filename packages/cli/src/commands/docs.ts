import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import type { OpenApiVersion } from "@portolan/formats/openapi";
import { usage } from "../arguments.ts";
import { type CommandDefinition, defineCommand } from "../command.ts";

export const docs: CommandDefinition = defineCommand({
  name: "docs",
  summary:
    "Writes what describes an app: OpenAPI of its REST doors, AsyncAPI of its channels, the GraphQL schema, WSDL, MCP tools, and a site with a page for each route.",
  details:
    "Operations, parameters, bodies, messages and errors come from the routes, their contracts, their doors and channels; tags from the routes and the systems that they call. Doors of an API description (`rest.api`) are described as it does. The site works from a disk and loads nothing from elsewhere: contracts, doors, a picture of the steps, errors, policies, channels and systems, and examples. These are the messages of the app's cases and the examples in its contracts; they are run when the site is made, on stores in memory and with doubles for other systems. For the schemas of GraphQL, SOAP and MCP doors the app is started for a moment on a free port of this machine, in the same way. No variable of the environment is read.",
  positionals: [
    { name: "DIR", description: "The app's directory, or one file of it. Default: the working directory.", presence: "optional" },
  ],
  options: {
    out: { type: "string", value: "FOLDER", description: "Where the files are written. Default: docs in the app's directory." },
    "api-version": { type: "string", value: "VERSION", description: "The version of the API that the documents say. Default: 1.0.0." },
    openapi: {
      type: "string",
      value: "VERSION",
      description: "The version of OpenAPI: 3.1 or 3.2. Default: 3.1, or 3.2 where a door needs it, such as one for QUERY.",
    },
  },
  examples: [{ line: "portolan docs --out public", does: "public/openapi.json, public/asyncapi.yaml, …" }],
  async run({ positionals: [path = "."], options, io }) {
    const [{ loadAnywhere }, { provideOwnPackage }, { documentsOf }] = await Promise.all([
      import("../tested-app.ts"),
      import("../user-imports.ts"),
      import("../docs/app-documents.ts"),
    ]);
    provideOwnPackage();
    const anywhere = await loadAnywhere(resolve(io.directory, path));
    const documents = await documentsOf(anywhere, { version: options["api-version"] ?? "1.0.0", openApi: openApiVersion(options.openapi) });
    const folder = options.out === undefined ? join(anywhere.app.directory, "docs") : resolve(io.directory, options.out);
    for (const { name, content } of documents) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      if (!/\/|\.html$/.test(name)) io.stdout.write(`wrote ${relative(io.directory, file)}\n`);
    }
    io.stdout.write(`wrote ${relative(io.directory, join(folder, "index.html"))} and its pages\n`);
    return "ok";
  },
});

function openApiVersion(text: string | undefined): OpenApiVersion | undefined {
  if (text === undefined || text === "3.1" || text === "3.2") return text;
  throw usage(docs, `--openapi expects 3.1 or 3.2, found ${JSON.stringify(text)}`);
}
