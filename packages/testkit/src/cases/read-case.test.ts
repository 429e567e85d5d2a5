import { parseCase } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

const GOOD = `case: sample
source: own
needs: [map]
flow: { routes: { start: { steps: [{ map: body }] } } }
send: [{ route: start, body: 1, at: 2s }, { control: crash }, { channel: in }]
until: 1m
expect:
  sends: { 0: { endsAt: 2s } }
  records: { out: { bodies: [1], within: 3s } }
`;

describe("case file", () => {
  it("is read with its defaults, durations in milliseconds", () => {
    expect(parseCase(GOOD, "cases/sample.case.yaml")).toMatchObject({
      until: 60_000,
      send: [
        { kind: "message", to: { route: "start" }, body: 1, headers: {}, mode: "oneWay", at: 2000 },
        { kind: "control", control: "crash" },
        { kind: "message", to: { channel: "in" }, body: null },
      ],
      expect: { sends: { 0: { endsAt: 2000 } }, records: { out: { bodies: [1], within: 3000 } } },
    });
  });

  it.each([
    [
      "another name than its file's",
      ["case: sample", "case: other"],
      "case: the case is not named like its file: expected sample, found other (line 1)",
    ],
    ["a missing key", ["source: own\n", ""], 'option "source" is missing: expected source: a name, found nothing (line 1)'],
    ["an unknown key", ["needs:", "need:"], 'need: unknown key "need"'],
    ["an unknown key deep inside", ["within:", "whithin:"], 'expect.records.out.whithin: unknown key "whithin"'],
    [
      "a send to two places",
      ["{ channel: in }", "{ channel: in, route: start }"],
      "send.2: a send goes to one place: expected one of route, channel and control, found route and channel (line 5)",
    ],
    [
      "a send to nowhere",
      ["{ channel: in }", "{ body: 1 }"],
      "send.2: a send goes to one place: expected one of route, channel and control, found none of them",
    ],
    [
      "a control with a body",
      ["{ control: crash }", "{ control: crash, body: 1 }"],
      "send.1: control stands alone: expected no other key than at, found body",
    ],
    [
      "a request to a channel",
      ["{ channel: in }", "{ channel: in, mode: request }"],
      "send.2.mode: a channel cannot reply: expected oneWay, found request",
    ],
    ["a reply of a one-way send", ["endsAt: 2s", "reply: { body: 1 }"], "expect.sends.0.reply: only a request has a reply"],
    [
      "an expectation of a send that does not exist",
      ["sends: { 0:", "sends: { 3:"],
      "expect.sends.3: there is no such send: expected an index below 3, found 3",
    ],
    ["nothing expected", [/expect:[^]*/, "expect: {}\n"], "expect: the map is empty"],
    ["times in any order", ["within: 3s", "at: [1], order: any"], "expect.records.out.at: at goes by position, and order: any has none"],
    [
      "a duration in words",
      ["until: 1m", "until: soon"],
      'until: wrong value: expected a duration such as 500ms, 10s or 5m, found the text "soon" (line 6)',
    ],
    ["the same key twice", ["until: 1m", "source: own"], "Map keys must be unique (line 6)"],
    ["no YAML map", [/[^]*/, "- 1"], "options must be a map"],
  ] as const)("is refused with %s", (_what, [from, to], message) => {
    const text = GOOD.replace(from, to);
    expect(text).not.toBe(GOOD);
    expect(() => parseCase(text, "sample.case.yaml")).toThrow(message);
    expect(() => parseCase(text, "sample.case.yaml")).toThrow(expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID" }));
  });

  it("lists all findings at once", () => {
    const text = GOOD.replace("source: own", "source: 1").replace("until: 1m", "until: soon");
    expect(() => parseCase(text, "sample.case.yaml")).toThrow(/source: wrong value.*until: wrong value/);
  });
});
