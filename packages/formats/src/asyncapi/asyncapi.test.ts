import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { expect, test } from "vitest";
import { readAsyncDocument, writeAsyncDocument, isAsyncDescription } from "./index.ts";

const read = (text: string, files: Readonly<Record<string, string>> = {}) =>
  readAsyncDocument(parse(text), { file: "services/api.yaml", load: (name) => parse(files[name] ?? "") as unknown });

/** What the project of AsyncAPI itself says that a document is. */
function officialFaults(document: unknown): readonly string[] {
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, logger: false });
  addFormats.default(ajv);
  const validate = ajv.compile({ ...specs.schemas["3.0.0"] } as Record<string, unknown>);
  return validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const V3 = `
asyncapi: 3.0.0
info: { title: Exchange, version: "1.8" }
servers: { socket: { host: "x.example:80", pathname: /ws, protocol: wss, description: The feed. } }
channels:
  exchange:
    address: /{pair}
    servers: [{ $ref: "#/servers/socket" }]
    parameters: { pair: {} }
    messages:
      ping: { $ref: "#/components/messages/ping" }
      pong: { $ref: "#/components/messages/pong" }
      user:
        contentType: avro/binary
        payload: { schemaFormat: "application/vnd.apache.avro;version=1.9.0", schema: { type: record, name: User, fields: [{ name: id, type: long }] } }
  private/orders: { address: null, messages: {} }
operations:
  answerPing:
    action: receive
    channel: { $ref: "#/channels/exchange" }
    messages: [{ $ref: "#/channels/exchange/messages/ping" }]
    reply: { channel: { $ref: "#/channels/exchange" }, messages: [{ $ref: "#/channels/exchange/messages/pong" }] }
    traits: [{ $ref: "#/components/operationTraits/shown" }]
  tell: { action: send, channel: { $ref: "#/channels/exchange" }, summary: Tells all. }
  order: { action: send, channel: { $ref: "#/channels/private~1orders" } }
components:
  operationTraits: { shown: { summary: Of the trait., tags: [{ name: health }] } }
  messages:
    ping: { payload: { $ref: "#/components/schemas/Ping" }, examples: [{ payload: { event: ping } }] }
    pong: { headers: { type: object }, payload: { type: object, properties: { to: { $ref: "#/components/schemas/Ping" } } } }
  schemas:
    Ping: { type: object, properties: { event: { const: ping } }, required: [event] }
`;

test("version 3 is read with replies, traits, and messages of channels wherever they stand", () => {
  expect(isAsyncDescription(parse(V3))).toBe(true);
  const api = read(V3);
  expect(api).toMatchObject({
    dialect: "AsyncAPI 3.0.0",
    title: "Exchange",
    servers: [{ name: "socket", host: "x.example:80/ws", protocol: "wss" }],
    channels: [
      { name: "exchange", address: "/{pair}", servers: ["socket"], messages: ["ping", "pong", "user"] },
      { name: "private/orders", address: undefined, messages: [] },
    ],
    operations: [
      {
        id: "answerPing",
        action: "receive",
        summary: "Of the trait.",
        tags: ["health"],
        messages: ["ping"],
        reply: { messages: ["pong"] },
      },
      { id: "tell", action: "send", summary: "Tells all.", messages: ["ping", "pong", "user"] },
      { id: "order", channel: "private/orders", messages: [] },
    ],
    messages: {
      ping: { payload: { $ref: "#/$defs/Ping" }, examples: [{ event: "ping" }] },
      pong: { payload: { properties: { to: { $ref: "#/$defs/Ping" } } } },
      user: { contentType: "avro/binary", payload: { type: "object", properties: { id: { type: "integer" } } } },
    },
    schemas: { Ping: { properties: { event: { const: "ping" } } } },
  });
});

test("what is written is valid by the schema of AsyncAPI 3, and read again it says the same", () => {
  const written = writeAsyncDocument(read(V3));
  expect(officialFaults(written)).toEqual([]);
  expect(officialFaults({ ...written, operations: { broken: { action: "publish" } } })).not.toEqual([]);
  expect(writeAsyncDocument(readAsyncDocument(written))).toEqual(written);
});

test("in version 2 the application receives what is published and sends what is subscribed to, with parts in files beside and above", () => {
  const api = read(
    `
asyncapi: 2.6.0
info: { title: Comments, version: 1 }
defaultContentType: application/json
servers: { broker: { $ref: "../common/servers.yaml#/broker" } }
channels:
  comment/liked: { subscribe: { message: { $ref: "../common/messages.yaml#/commentLiked" } } }
  comment/{id}:
    publish:
      operationId: change
      traits: [{ operationId: changeComment }]
      message: { oneOf: [{ $ref: "../common/messages.yaml#/commentLiked" }, { name: Other, summary: Else., payload: true }] }
`,
    {
      "common/servers.yaml": 'broker: { url: "mqtt://broker.example", protocol: mqtt }',
      "common/messages.yaml": 'commentLiked: { payload: { $ref: "schemas.yaml#/comment" } }',
      "common/schemas.yaml": "comment: { type: object }",
    },
  );
  expect(api).toMatchObject({
    servers: [{ name: "broker", host: "broker.example", protocol: "mqtt" }],
    operations: [
      { id: "send comment/liked", action: "send", channel: "comment/liked", messages: ["commentLiked"] },
      { id: "changeComment", action: "receive", messages: ["commentLiked", "Other"] },
    ],
    messages: { commentLiked: { contentType: "application/json", payload: { $ref: "#/$defs/comment" } }, Other: { description: "Else." } },
    schemas: { comment: { type: "object" } },
  });
  expect(officialFaults(writeAsyncDocument(api))).toEqual([]);
});

const HEAD = "asyncapi: 3.0.0\ninfo: { title: a, version: b }\n";

test.each([
  ["another version", "asyncapi: 1.2.0", "it is AsyncAPI 1.2.0; expected 2 or 3"],
  ["a list of channels", `${HEAD}channels: []`, "channels: expected a map, found a list"],
  ["no channels in version 2", "asyncapi: 2.0.0\ninfo: {}", "it has no channels"],
  [
    "an unknown action",
    `${HEAD}channels: { a: {} }\noperations: { o: { action: publish, channel: { $ref: "#/channels/a" } } }`,
    "operations.o.action: expected send or receive",
  ],
  ["no channel", `${HEAD}operations: { o: { action: send } }`, "operations.o.channel does not lead to a channel"],
  [
    "a channel that is not there",
    `${HEAD}channels: {}\noperations: { o: { action: send, channel: { $ref: "#/channels/a" } } }`,
    '$ref #/channels/a leads nowhere: there is no "a"',
  ],
  [
    "a message of another channel",
    `${HEAD}channels: { a: {}, b: { messages: { m: {} } } }\noperations: { o: { action: send, channel: { $ref: "#/channels/a" }, messages: [{ $ref: "#/channels/b/messages/m" }] } }`,
    "operations.o.messages: m is no message of the channel a",
  ],
  ["a server without a protocol", `${HEAD}servers: { s: { host: h } }`, "servers.s has no protocol"],
  [
    "a schema that is no Avro",
    `${HEAD}components: { messages: { m: { payload: { schemaFormat: application/vnd.apache.avro, schema: { type: nothing } } } } }`,
    "is no Avro schema",
  ],
])("%s is refused with the reason", (_what, text, reason) => {
  expect(() => read(text)).toThrowError(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(reason) as string }) as Error,
  );
});
