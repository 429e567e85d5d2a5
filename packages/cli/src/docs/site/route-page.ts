import { isRecord, formatDuration, type ClauseDefinition, type ContractCheck, type RouteDefinition } from "@portolan/core";
import type { Links } from "../app-links.ts";
import { flowTree } from "../flow-tree.ts";
import type { RouteExample } from "../route-examples.ts";
import { exampleBlock } from "./example-block.ts";
import { flowDiagram, flowList } from "./flow-diagram.ts";
import { NOTHING, code, facts, html, joined, section, slug, table, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { schemaTable } from "./schema-table.ts";

export interface RouteView {
  readonly route: RouteDefinition;
  readonly input: ContractCheck | undefined;
  readonly output: ContractCheck | undefined;
  readonly links: Links;
  readonly examples: readonly RouteExample[];
  /** The channel for what fails, if there is one. */
  readonly deadLetter: string | undefined;
  readonly hostPolicies: unknown;
  readonly shown: (text: string) => string;
}

export function routeUrl(id: string): string {
  return `routes/${slug(id)}.html`;
}

/** All that is known of a route, for those who call it and those who keep it running. */
export function routePage(view: RouteView): Page {
  const { route, input, output, shown } = view;
  const tree = flowTree(route, shown);
  const doors = route.from.map((source): readonly (Html | string)[] => {
    if (source.kind === "channel") return ["Channel", html`<a href="../channels.html#${slug(source.channel)}">${source.channel}</a>`];
    // The options were read by the source's own specs.
    return [source.connector.title, code(shown(source.connector.source?.describe(source.options as never) ?? ""))];
  });
  const content = html` <p class="tags"><span>route</span>${route.tags.map((tag) => html`<span>${tag}</span>`)}</p>
    <h1>${route.id}</h1>
    <p class="lead">${route.title}</p>
    ${route.note === undefined ? "" : html`<p>${route.note}</p>`}
    ${facts([
      ["Owner", route.owner],
      [
        "Written in",
        route.place === undefined
          ? undefined
          : code(route.place.line === undefined ? route.place.file : `${route.place.file}:${route.place.line}`),
      ],
    ])}
    ${section("Doors and sources", doors.length === 0 ? html`<p>None: other routes call it by its name.</p>` : table(["By", "At"], doors))}
    ${section("Input", contractOf(input, "Anything is taken: the route has no input contract."))}
    ${section("Output", contractOf(output, "Nothing is promised of replies: the route has no output contract."))}
    ${section(
      "What it does",
      html`${flowDiagram(tree, route.id)}
        <details>
          <summary>As a list</summary>
          ${flowList(tree)}
        </details>`,
    )}
    ${section("Examples", examplesOf(view))} ${section("Errors", errorsOf(view))} ${section("Policies", policiesOf(view))}
    ${section("Leads to", linksList(view))}`;
  return { url: routeUrl(route.id), title: route.id, kind: "route", content };
}

function contractOf(check: ContractCheck | undefined, without: string): Html {
  if (check === undefined) return html`<p>${without}</p>`;
  return check.jsonSchema === undefined ? html`<p>It is checked by code that has no schema to show.</p>` : schemaTable(check.jsonSchema);
}

function examplesOf({ examples, route, shown }: RouteView): readonly Html[] {
  if (examples.length === 0) return [];
  return [
    html`<p>Run when these pages were made, with doubles for other systems.</p>`,
    ...examples.map((example) => exampleBlock(example, route, shown)),
  ];
}

/** What callers are told by kind, and what the route itself does about failures. */
function errorsOf({ route, input, deadLetter }: RouteView): Html {
  const answers = [
    ...(input === undefined ? [] : [["The input breaks its contract", "400", code("PORTOLAN_CONTRACT_FAILED")] as const]),
    ["Another system does not answer, or a limit is reached; the same may work later", "503, 504, 429", "transient"] as const,
    ["It was understood and refused", "422, or 403, 404", "rejected"] as const,
    ["A fault on this side", "500", "defect"] as const,
  ];
  const isAsked = route.from.some((source) => source.kind === "connector" && source.connector.source?.replies === true);
  const clauses = route.onError.map(clauseRow);
  return html`${
    isAsked
      ? html`<p>
            REST doors answer with a problem document (RFC 9457), the others in their own form with the same
            <a href="../errors.html">codes</a>.
          </p>
          ${table(["What went wrong", "Status", "Kind or code"], answers)}`
      : ""
  }
  ${
    clauses.length === 0
      ? ""
      : html`<h3>What the route does about them</h3>
          ${table(["If", "Again", "Then"], clauses)}`
  }
  ${deadLetter === undefined ? html`<p>A message that nobody waits for and that fails for good is only logged.</p>` : html`<p>A message that nobody waits for and that fails for good goes to <a href="../channels.html#${slug(deadLetter)}">${deadLetter}</a>.</p>`}`;
}

function clauseRow({ match, retry, outcome, deadLetter }: ClauseDefinition): readonly (Html | string)[] {
  const { kind = [], code: codes = [], message } = match;
  const words = [
    ...kind,
    ...codes,
    ...(message === undefined ? [] : [`message has ${message}`]),
    ...(match.when === undefined ? [] : ["a condition holds"]),
  ];
  const again =
    retry === undefined || retry === false
      ? "no"
      : [
          retry.attempts === undefined ? "as usual" : `${retry.attempts} attempts`,
          retry.delay === undefined ? "" : `after ${formatDuration(retry.delay)}`,
        ]
          .filter(Boolean)
          .join(" ");
  const ends = {
    fail: "it fails",
    handle: "it is dealt with",
    continue: "the message goes on",
    deadLetter: `dead letter${deadLetter === undefined ? "" : ` ${deadLetter}`}`,
  } as const;
  return [words.length === 0 ? "anything" : words.join(", "), again, ends[outcome]];
}

function policiesOf({ route, hostPolicies, shown }: RouteView): Html {
  const own = route.from.flatMap((source) =>
    source.kind === "connector" && isRecord(source.options["policies"]) ? [[source, source.options["policies"]] as const] : [],
  );
  const rows = [
    ...(isRecord(hostPolicies) ? policyRows("all doors", hostPolicies) : []),
    ...own.flatMap(([source, policies]) => policyRows(shown(source.connector.source?.describe(source.options as never) ?? ""), policies)),
  ];
  return html`${table(["At", "Policy", "Values"], rows)}${facts([
    [
      "Durability",
      route.durability === "power-loss"
        ? "What is acknowledged survives a loss of power."
        : route.durability === "process-crash"
          ? "What is acknowledged survives a crash of the process."
          : "What is acknowledged may be lost in a crash.",
    ],
    ["At once", route.concurrency === undefined ? undefined : `at most ${route.concurrency} messages`],
  ])}`;
}

function policyRows(where: string, policies: Readonly<Record<string, unknown>>): readonly (readonly (Html | string)[])[] {
  return Object.entries(policies)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [where, code(name), code(JSON.stringify(value) ?? "")]);
}

function linksList({ links }: RouteView): Html {
  const to = (page: string) => (name: string) => html`<a href="../${page}.html#${slug(name)}">${name}</a>`;
  const list = (found: readonly string[], link: (name: string) => Html) => (found.length === 0 ? undefined : joined(found.map(link), ", "));
  const shown = facts([
    ["Channels", list(links.channels, to("channels"))],
    ["Systems", list(links.systems, to("systems"))],
    ["Routes", list(links.routes, (name) => html`<a href="../${routeUrl(name)}">${name}</a>`)],
  ]);
  return shown.html === "" ? NOTHING : shown;
}
