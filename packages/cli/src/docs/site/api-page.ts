import { standaloneSchema, type ApiContent, type ApiDocument, type ApiOperation } from "@portolan/formats/openapi";
import { typeWords } from "../../describe/schema-types.ts";
import type { AppDocument } from "../app-documents.ts";
import { NOTHING, block, code, html, json, slug, table, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { schemaTable } from "./schema-table.ts";

/** The REST doors as clients see them: a reference that needs nothing from elsewhere. */
export function apiPage(api: ApiDocument): Page {
  const overview = table(
    ["Operation", "What it does"],
    api.operations.map(({ method, path, id, summary = "" }) => [
      html`<a href="#${slug(id)}"><span class="verb">${method}</span> <code>${path}</code></a>`,
      summary,
    ]),
  );
  const content = html`<p class="tags"><span>REST</span></p>
    <h1>REST API</h1>
    <p class="lead">Also as <a href="openapi.yaml">openapi.yaml</a> and <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
    ${overview}${api.operations.map((operation) => operationOf(operation, api))}`;
  return { url: "rest.html", title: "REST API", kind: "reference", content };
}

function operationOf(operation: ApiOperation, api: ApiDocument): Html {
  const { id, method, path, summary, description, deprecated, parameters, body, responses, security } = operation;
  const rows = parameters.map((one) => [
    code(one.name),
    one.in,
    code(typeWords(one.schema)),
    one.required ? "yes" : "",
    one.description ?? "",
  ]);
  const answers = responses.map(
    (one) =>
      html`<h4><code>${one.status}</code> ${one.description}</h4>
        ${
          one.headers.length === 0
            ? ""
            : table(
                ["Header", "Required", "What it is"],
                one.headers.map((header) => [code(header.name), header.required ? "yes" : "", header.description ?? ""]),
              )
        }${contentOf(one.content, api, !one.status.startsWith("2"))}`,
  );
  return html`<section id="${slug(id)}">
    <h2><span class="verb">${method}</span> <code>${path}</code></h2>
    <p class="lead">${summary}</p>
    ${description === undefined ? "" : html`<p>${description}</p>`}${deprecated ? html`<p class="bad">Deprecated.</p>` : ""}
    ${security.length === 0 ? "" : html`<p>Needs ${security.map((one) => Object.keys(one).join(" and ")).join(", or ")}.</p>`}
    ${
      rows.length === 0
        ? ""
        : html`<h3>Parameters</h3>
            ${table(["Name", "In", "Type", "Required", "What it is"], rows)}`
    }
    ${
      body === undefined
        ? ""
        : html`<h3>Body</h3>
            ${body.description === undefined ? "" : html`<p>${body.description}</p>`}${contentOf(body.content, api)}`
    }
    <h3>Answers</h3>
    ${answers}
  </section>`;
}

/** Media types of one schema are told together. */
function contentOf(content: readonly ApiContent[], api: ApiDocument, isFolded = false): Html {
  const groups = Map.groupBy(content, ({ schema }) => JSON.stringify(schema));
  return {
    html: [...groups.values()]
      .map((group) => {
        const [first] = group;
        const schema = first?.schema;
        const known = schema === undefined || schema === true ? NOTHING : schemaTable(standaloneSchema(schema, api.schemas));
        const examples = group
          .flatMap((one) => one.examples)
          .slice(0, 3)
          .map(({ value }) => json(value, "Example"));
        const name = schema === undefined ? "any" : typeWords(schema);
        const shown =
          isFolded && known.html !== ""
            ? html`<details>
                <summary>${name}</summary>
                ${known}
              </details>`
            : known;
        return html`<p>${group.map(({ mediaType }) => html`${code(mediaType)} `)}</p>
          ${shown}${examples}`.html;
      })
      .join(""),
  };
}

/** A document that is shown as it is. */
export function sourcePage({ name, content }: AppDocument): Page {
  const title = TITLES.find(([end]) => name.endsWith(end))?.[1] ?? name;
  const page = html`<h1>${title}</h1>
    <p class="lead">Also as a file: <a href="${name}">${name}</a></p>
    ${block(String(content), title)}`;
  return { url: `${name}.html`, title, kind: "reference", content: page };
}

const TITLES: readonly (readonly [string, string])[] = [
  ["schema.graphql", "GraphQL schema"],
  ["mcp-tools.json", "MCP tools"],
  [".wsdl", "WSDL"],
  ["asyncapi.yaml", "AsyncAPI"],
];
