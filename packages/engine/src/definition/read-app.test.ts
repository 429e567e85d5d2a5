import { PortolanError, type Finding } from "@portolan/core";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { app, channel, patterns, readApp, retry, route, type Registry } from "../index.ts";

const registry: Registry = { patterns, connectors: [], variables: () => undefined };

function findingsOf(text: string): readonly Finding[] {
  try {
    readApp({ name: "test", flows: [{ file: "test.flow.yaml", text }] }, registry);
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_CONFIG_INVALID") return error.findings ?? [];
    throw error;
  }
  return [];
}

describe("a flow file that is wrong", () => {
  const cases: readonly (readonly [what: string, text: string, finding: Partial<Finding>])[] = [
    ["malformed YAML", "routes:\n  a: { steps: [\n", { place: { file: "test.flow.yaml", line: 3, column: 1 } }],
    [
      "a key twice",
      "routes:\n  a: {}\n  a: {}\n",
      { message: "a key stands twice in this map", place: { file: "test.flow.yaml", line: 3, column: 3 } },
    ],
    [
      "an unknown key with a near name",
      "routes:\n  a:\n    step: []\n",
      { path: "routes.a.step", hint: 'did you mean "steps"?', place: { file: "test.flow.yaml", line: 3, column: 5 } },
    ],
    [
      "an unknown pattern",
      "routes:\n  a:\n    steps:\n      - fliter: { when: true }\n",
      { found: "fliter", hint: 'did you mean "filter"?', place: { file: "test.flow.yaml", line: 4, column: 9 } },
    ],
    [
      "two patterns in one step",
      "routes:\n  a:\n    steps:\n      - { map: body, stop: {} }\n",
      { found: "map and stop", place: { file: "test.flow.yaml", line: 4, column: 9 } },
    ],
    [
      "a wrong duration",
      "routes:\n  a:\n    steps:\n      - idempotent: { key: body, ttl: soon }\n",
      { path: "routes.a.steps.0.idempotent.ttl", expected: "a duration such as 500ms, 10s or 5m", found: 'the text "soon"' },
    ],
    ["a missing option", "routes:\n  a:\n    steps:\n      - filter: {}\n", { message: 'option "when" is missing' }],
    [
      "a route that does not exist",
      "routes:\n  price: {}\n  a:\n    steps:\n      - call: { route: prise }\n",
      { message: 'there is no route "prise"', hint: 'did you mean "price"?', place: { file: "test.flow.yaml", line: 5, column: 9 } },
    ],
    [
      "an id used twice",
      "routes:\n  a:\n    steps:\n      - { id: x, stop: {} }\n      - { id: x, stop: {} }\n",
      { message: 'step id "x" exists twice' },
    ],
    ["routes that are no map", "routes: 7\n", { expected: expect.stringContaining("a map") as unknown as string }],
  ];
  for (const [what, text, finding] of cases) {
    it(`says where and what, for ${what}`, () => {
      expect(findingsOf(text)).toContainEqual(expect.objectContaining(finding));
    });
  }

  it("reports everything at once, over all files", () => {
    const flows = [
      { file: "a.yaml", text: "routes:\n  a: { bad: 1 }\n" },
      { file: "b.yaml", text: "channels:\n  c: { mode: slow, ttl: never }\n" },
    ];
    expect(() => readApp({ name: "test", flows }, registry)).toThrow(
      expect.objectContaining({ findings: [{}, {}, {}].map(() => expect.anything() as unknown) }) as Error,
    );
  });

  it("is a route that two files name", () => {
    const flows = ["a.yaml", "b.yaml"].map((file) => ({ file, text: "routes:\n  a: {}\n" }));
    expect(() => readApp({ name: "test", flows }, registry)).toThrow('route "a" exists twice');
  });
});

describe("a flow", () => {
  it("has the channels that sources, targets and dead letters name, with default settings", () => {
    const text =
      "errors: { deadLetter: morgue }\nroutes:\n  a: { from: [{ channel: in }], steps: [{ choice: { when: [{ when: true, steps: [{ to: { channel: out } }] }] } }] }\n";
    const { channels } = readApp({ name: "test", flows: [{ file: "a.yaml", text }] }, registry);
    expect(channels.map((one) => one.name).toSorted()).toEqual(["in", "morgue", "out"]);
    expect(channels[0]).toMatchObject({ mode: "durable", concurrency: 1, maxAttempts: 5, capacity: 1000 });
  });

  it("gives steps the ids of their positions", () => {
    const text = `
routes:
  a:
    steps:
      - map: body
      - choice: { when: [{ when: true, steps: [{ map: body }, { id: mine, map: body }] }], otherwise: [{ map: body }] }
`;
    const [read] = readApp({ name: "test", flows: [{ file: "a.yaml", text }] }, registry).routes;
    expect(idsOf(read?.steps)).toEqual(["0", "1", "1.0.0", "mine", "1.otherwise.0"]);
  });

  it("is the same from the builder and from YAML", () => {
    const orders = channel("orders", { concurrency: 8, deadLetter: "orders.dead" });
    const built = app("shop", {
      routes: [
        route("deliver", { title: "Deliver" })
          .from(orders)
          .idempotent(() => 1, { ttl: "1d" })
          .try((r) => r.to({ route: "other" }))
          .catch({ kind: "rejected" }, (r) => r.stop())
          .delay("5s", { id: "wait" })
          .onError(retry({ attempts: 3, delay: "10ms", wait: "parked" })),
        route("other"),
      ],
    });
    const yaml = `
channels: { orders: { concurrency: 8, deadLetter: orders.dead } }
routes:
  deliver:
    title: Deliver
    from: [{ channel: orders }]
    onError: [{ retry: { attempts: 3, delay: 10ms, wait: parked } }]
    steps:
      - idempotent: { key: 1, ttl: 1d }
      - try: { steps: [{ to: { route: other } }], catch: [{ match: { kind: rejected }, steps: [{ stop: {} }] }] }
      - { id: wait, delay: { for: 5s } }
  other: {}
`;
    const fromYaml = readApp({ name: "shop", flows: [{ file: "a.yaml", text: yaml }] }, registry);
    const fromBuilder = readApp({ name: "shop", flows: [], trees: [built.flow] }, registry);
    expect(comparable(fromBuilder)).toEqual(comparable(fromYaml));
  });
});

describe("the example of every pattern", () => {
  for (const pattern of patterns) {
    it(`can be read: ${pattern.name}`, () => {
      const flow = { routes: { price: {}, example: { steps: parse(pattern.example) as unknown } } };
      const definition = readApp({ name: "example", flows: [], trees: [flow] }, registry);
      const used = JSON.stringify(definition.routes.find((one) => one.id === "example"));
      expect(used).toContain(`"pattern":"${pattern.name}"`);
    });
  }
});

function idsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "pattern" in value && "id" in value ? [String(value.id)] : [];
  return [...own, ...Object.values(value).flatMap(idsOf)];
}

/** The definition without places, and with functions in the place of constants. */
function comparable(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, part: unknown) => {
      if (key === "place") return undefined;
      return typeof part === "function" || (typeof part === "object" && part !== null && "constant" in part) ? "expression" : part;
    }),
  );
}
