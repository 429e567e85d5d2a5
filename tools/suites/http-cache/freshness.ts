import { answer, control, date, twice, type CacheCase, type DoorAnswer } from "./cache-case.ts";

/** Fresh after nine seconds, and no more after ten. */
const TEN_SECONDS: readonly (readonly [says: string, given: DoorAnswer])[] = [
  ["max-age", control("max-age=10")],
  ["max-age in other letters", control("MaX-aGe=10")],
  ["max-age among unknown directives", control("foo, max-age=10, bar=baz")],
  ["max-age in quotes", control('max-age="10"')],
  ["max-age with zeros before it", control("max-age=0010")],
  ["s-maxage", control("s-maxage=10")],
  ["s-maxage before a smaller max-age", control("max-age=1, s-maxage=10")],
  ["s-maxage before a larger max-age", control("max-age=100, s-maxage=10")],
  ["s-maxage before Expires", control("s-maxage=10", { expires: date(-1) })],
  ["max-age before Expires", control("max-age=10", { expires: date(100) })],
  ["max-age before an Expires that is past", control("max-age=10", { expires: date(-100) })],
  ["Expires and Date", answer({ expires: date(10), date: date(0) })],
  ["Expires without Date", answer({ expires: date(10) })],
  ["Expires in the form of RFC 850", answer({ expires: "Saturday, 31-Jan-26 23:30:10 GMT" })],
  ["Expires in the form of asctime", answer({ expires: "Sat Jan 31 23:30:10 2026" })],
  ["max-age less the Age that it came with", control("max-age=100", { age: "90" })],
  ["Expires less the Age that it came with", answer({ expires: date(100), date: date(0), age: "90" })],
  ["max-age less what has gone by since Date", control("max-age=100", { date: date(-90) })],
  ["the first of two max-age on one line", control("max-age=10, max-age=100")],
  ["the first of two max-age on two lines", control(["max-age=10", "max-age=100"])],
  ["max-age, whatever stands in quotes before it", control('extension="max-age=100", max-age=10')],
  ["max-age, whatever stands in quotes after it", control('max-age=10, extension="no-store, max-age=0"')],
  ["max-age, with escaped quotes before it", control('extension="a\\", no-store=\\"", max-age=10')],
  ["max-age, with the first value of Age alone", control("max-age=100", { age: "90, 0" })],
];

/** Never fresh. */
const STALE: readonly (readonly [says: string, given: DoorAnswer])[] = [
  ["nothing that says how long", {}],
  ["only Last-Modified: there is no guessing", answer({ "last-modified": date(-100_000) })],
  ["max-age=0", control("max-age=0")],
  ["s-maxage=0 before max-age", control("max-age=100, s-maxage=0")],
  ["a max-age that is no number", control("max-age=ten")],
  ["a max-age with letters after it", control("max-age=100a")],
  ["a max-age with letters before it", control("max-age=a100")],
  ["a negative max-age", control("max-age=-100")],
  ["a max-age with a fraction", control("max-age=100.5")],
  ["a max-age in single quotes", control("max-age='100'")],
  ["a max-age with a space before =", control("max-age =100")],
  ["a max-age with a space after =", control("max-age= 100")],
  ["a max-age without a value", control("max-age")],
  ["Expires in the past", answer({ expires: date(-1), date: date(-2) })],
  ["Expires at Date", answer({ expires: date(0), date: date(0) })],
  ["Expires: 0", answer({ expires: "0" })],
  ["Expires: -1", answer({ expires: "-1" })],
  ["an Expires that is no date", answer({ expires: "tomorrow" })],
  ["an Expires in another zone", answer({ expires: "Sat, 31 Jan 2026 23:50:00 PST" })],
  ["an Expires as ISO 8601", answer({ expires: "2026-02-01T00:00:00Z" })],
  ["an Age of its max-age", control("max-age=100", { age: "100" })],
  ["an Age beyond its max-age", control("max-age=100", { age: "7200" })],
  ["a Date before its max-age", control("max-age=100", { date: date(-200) })],
  ["a large Age", control("max-age=100", { age: "99999999999" })],
];

const AGE: readonly CacheCase[] = [
  ...["abc", "-90", "90.0", ""].map((age): CacheCase => ({
    section: "5.1",
    says: `the Age "${age}" is none`,
    steps: twice(control("max-age=100", { age }), "cache", { after: 99, reply: { age: "99" } }),
  })),
  {
    section: "5.1",
    says: "Age grows from what it was when the reply came",
    steps: twice(control("max-age=600", { age: "30" }), "cache", { after: 12, reply: { age: "42" } }),
  },
  {
    section: "5.1",
    says: "Age grows where Expires says how long",
    steps: twice(answer({ expires: date(600), date: date(0) }), "cache", { after: 12, reply: { age: "12" } }),
  },
  {
    section: "4.2.3",
    says: "a Date in the future is no age",
    steps: twice(control("max-age=10", { date: date(3600) }), "cache", { after: 9, reply: { age: "9" } }),
  },
  {
    section: "1.2.2",
    says: "a max-age beyond 2³¹ is as good as for ever",
    steps: twice(control("max-age=99999999999999999999"), "cache", { after: 1_000_000_000 }),
  },
  {
    section: "4",
    says: "the Date of a stored reply stays",
    steps: twice(control("max-age=100", { date: date(0) }), "cache", { after: 50, reply: { date: date(0) } }),
  },
];

const TTL: readonly CacheCase[] = [
  {
    section: "4.2.2",
    says: "a `ttl` of the policy holds for what names no time",
    policy: { ttl: 10_000 },
    steps: [{ from: "door" }, { after: 9, from: "cache" }, { after: 1, from: "door" }],
  },
  {
    section: "4.2.2",
    says: "a `ttl` gives way to a time that the reply names",
    policy: { ttl: 100_000 },
    steps: twice(control("max-age=1"), "door", { after: 2 }),
  },
  {
    section: "4.2.2",
    says: "a `ttl` gives way to an Expires that is no date",
    policy: { ttl: 100_000 },
    steps: twice(answer({ expires: "0" }), "door"),
  },
  ...[200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501].map((status): CacheCase => ({
    section: "RFC 9110, 15.1",
    says: `a \`ttl\` holds for status ${status}`,
    policy: { ttl: 10_000 },
    steps: twice({ status, body: "" }, "cache", { status }),
  })),
  ...[201, 302, 303, 307, 400, 403, 429, 500, 503].map((status): CacheCase => ({
    section: "RFC 9110, 15.1",
    says: `no \`ttl\` holds for status ${status}`,
    policy: { ttl: 10_000 },
    steps: twice({ status }, "door"),
  })),
];

export const freshness: readonly CacheCase[] = [
  ...TEN_SECONDS.map(([says, given]): CacheCase => ({
    section: "4.2",
    says: `fresh for ten seconds by ${says}`,
    steps: [
      { answer: given, from: "door" },
      { after: 9, from: "cache", body: "1" },
      { after: 1, from: "door", body: "2" },
    ],
  })),
  ...STALE.map(([says, given]): CacheCase => {
    const isChecked = given.headers?.["last-modified"] !== undefined;
    return { section: "4.2", says: `never fresh with ${says}`, steps: twice(given, isChecked ? "checked" : "door", { body: "2" }) };
  }),
  ...AGE,
  ...TTL,
];
