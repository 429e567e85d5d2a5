import { answer, control, twice, type CacheCase, type DoorAnswer, type Fields } from "./cache-case.ts";

const FRESH = { "cache-control": "max-age=100" };

/** Never stored. */
const UNSTORED: readonly (readonly [section: string, says: string, given: DoorAnswer])[] = [
  ["5.2.2.5", "no-store", control("no-store, max-age=100")],
  ["5.2.2.5", "no-store in other letters", control("No-StOrE, max-age=100")],
  ["5.2.2.5", "no-store on another line", control(["max-age=100", "no-store"])],
  ["5.2.2.5", "no-store before Expires", control("no-store", { expires: "Sun, 01 Feb 2026 23:30:00 GMT" })],
  ["5.2.2.7", "private", control("private, max-age=100")],
  ["5.2.2.7", "private in other letters", control("PRIVATE, max-age=100")],
  ["5.2.2.4", "no-cache and no validator", control("no-cache, max-age=100")],
  ["5.2.2.3", "must-understand and a status that is not understood", { ...control("must-understand, max-age=100"), status: 299 }],
  ["4.1", "Vary: *", answer({ ...FRESH, vary: "*" })],
  ["4.1", "* among other names in Vary", answer({ ...FRESH, vary: "x-a, *" })],
  ["3.3", "status 206", { status: 206, headers: { ...FRESH, "content-range": "bytes 0-0/2" } }],
  ["7.3", "Set-Cookie, which is for one caller", answer({ ...FRESH, "set-cookie": "a=1" })],
];

const STATUSES = [200, 203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599];

/** What replies to callers with credentials have to say before others may have them. */
const CREDENTIALS: readonly (readonly [leave: string, from: "door" | "cache"])[] = [
  ["max-age=100", "door"],
  ["max-age=100, public", "cache"],
  ["max-age=100, must-revalidate", "cache"],
  ["s-maxage=100", "cache"],
  ["max-age=100, proxy-revalidate", "door"],
];

const KEPT: Fields = {
  "x-test": "1",
  "content-type": "text/plain",
  "content-security-policy": "default-src 'self'",
  "strict-transport-security": "max-age=1",
  "content-language": "de",
  link: "</b>; rel=next",
  "content-disposition": "attachment",
};

const VARY: readonly (readonly [says: string, vary: string, first: Fields, second: Fields, from: "door" | "cache"])[] = [
  ["the same value", "x-a", { "x-a": "1" }, { "x-a": "1" }, "cache"],
  ["another value", "x-a", { "x-a": "1" }, { "x-a": "2" }, "door"],
  ["a header that is left out", "x-a", { "x-a": "1" }, {}, "door"],
  ["a header that is there now", "x-a", {}, { "x-a": "1" }, "door"],
  ["a header that is left out both times", "x-a, x-b", { "x-a": "1" }, { "x-a": "1" }, "cache"],
  ["a name in other letters", "X-A", { "x-a": "1" }, { "x-a": "1" }, "cache"],
  ["a header that is not named", "x-a", { "x-a": "1", "x-b": "1" }, { "x-a": "1", "x-b": "2" }, "cache"],
  ["two headers with the same values", "x-a, x-b", { "x-a": "1", "x-b": "2" }, { "x-b": "2", "x-a": "1" }, "cache"],
  ["two headers, the second with another value", "x-a, x-b", { "x-a": "1", "x-b": "2" }, { "x-a": "1", "x-b": "3" }, "door"],
  ["three headers, the third with another value", "x-a,x-b , x-c", { "x-c": "1" }, { "x-c": "2" }, "door"],
  ["spaces in a list", "x-a", { "x-a": "1,2" }, { "x-a": " 1 ,  2 " }, "cache"],
  ["one line or two", "x-a", { "x-a": "1, 2" }, { "x-a": ["1", "2"] }, "cache"],
  ["an empty name", ", x-a,", { "x-a": "1" }, { "x-a": "1" }, "cache"],
];

const MORE: readonly CacheCase[] = [
  {
    section: "5.2.2.3",
    says: "must-understand takes no-store away where the status is understood",
    steps: twice(control("must-understand, no-store, max-age=100"), "cache"),
  },
  {
    section: "5.2.2.4",
    says: "headers that no-cache names are not stored",
    steps: twice(control('no-cache="x-a, X-B", max-age=100', { "x-a": "1", "x-b": "2", "x-c": "3" }), "cache", {
      reply: { "x-a": null, "x-b": null, "x-c": "3" },
    }),
  },
  {
    section: "5.2.2.7",
    says: "headers that private names are not stored",
    steps: twice(control('private="x-a", max-age=100', { "x-a": "1", "x-c": "3" }), "cache", { reply: { "x-a": null, "x-c": "3" } }),
  },
  {
    section: "5.2.2.4",
    says: "a Set-Cookie that no-cache names goes to the first caller alone",
    steps: [
      { answer: control('no-cache="set-cookie", max-age=100', { "set-cookie": "a=1" }), from: "door", reply: { "set-cookie": "a=1" } },
      { from: "cache", reply: { "set-cookie": null } },
    ],
  },
  {
    section: "3.1",
    says: "headers of the connection are not stored, nor those that Connection names",
    steps: twice(answer({ ...FRESH, connection: "x-a", "x-a": "1", "proxy-authenticate": "Basic", "x-b": "2" }), "cache", {
      reply: { "x-a": null, "proxy-authenticate": null, "x-b": "2" },
    }),
  },
  {
    section: "3",
    says: "an older fresh reply is still right when a newer one is not for the cache",
    steps: [
      { answer: control("max-age=100"), from: "door" },
      { headers: { "cache-control": "no-cache" }, answer: control("no-store"), from: "door", body: "2" },
      { from: "cache", body: "1" },
    ],
  },
  {
    section: "2",
    says: "addresses that differ in the query are two",
    steps: [
      { path: "/a?x=1", answer: control("max-age=100"), from: "door" },
      { path: "/a?x=2", answer: control("max-age=100"), from: "door" },
      { path: "/a?x=1", from: "cache", body: "1" },
    ],
  },
  {
    section: "2",
    says: "addresses that differ in the host are two",
    steps: [
      { headers: { host: "a.example" }, answer: control("max-age=100"), from: "door" },
      { headers: { host: "b.example" }, answer: control("max-age=100"), from: "door" },
      { headers: { host: "A.Example" }, from: "cache", body: "1" },
    ],
  },
  {
    section: "4",
    says: "an address without a query is not that with an empty value",
    steps: [
      { path: "/a", answer: control("max-age=100"), from: "door" },
      { path: "/a?x=", from: "door" },
    ],
  },
  {
    section: "3",
    says: "the reply to HEAD is not stored as that to GET",
    steps: [
      { method: "HEAD", answer: control("max-age=100"), from: "door" },
      { from: "door", body: "2" },
    ],
  },
  {
    section: "4",
    says: "HEAD has the headers of a stored GET",
    steps: [
      { answer: control("max-age=100", { "x-a": "1" }), from: "door" },
      { method: "HEAD", from: "cache", body: "", reply: { "x-a": "1", "content-length": "1" } },
    ],
  },
  {
    section: "4",
    says: "other methods are not answered from what is stored of GET",
    steps: [
      { answer: control("max-age=100"), from: "door" },
      { method: "POST", from: "door", body: "2" },
    ],
  },
  {
    section: "RFC 9110, 9.2.3",
    says: "the reply to POST is not stored",
    steps: [
      { method: "POST", answer: control("max-age=100"), from: "door" },
      { method: "POST", from: "door", body: "2" },
    ],
  },
  {
    section: "4.1",
    says: "replies of two values stand beside one another",
    steps: [
      { headers: { "x-a": "1" }, answer: answer({ ...FRESH, vary: "x-a" }), from: "door" },
      { headers: { "x-a": "2" }, answer: answer({ ...FRESH, vary: "x-a" }), from: "door" },
      { headers: { "x-a": "1" }, from: "cache", body: "1" },
      { headers: { "x-a": "2" }, from: "cache", body: "2" },
    ],
  },
  {
    section: "4.1",
    says: "a stored reply has its Vary",
    steps: [
      { headers: { "x-a": "1" }, answer: answer({ ...FRESH, vary: "x-a" }), from: "door" },
      { headers: { "x-a": "1" }, from: "cache", reply: { vary: "x-a, accept" } },
    ],
  },
  {
    section: "4.1",
    says: "replies in two media types stand beside one another without a Vary",
    steps: [
      { headers: { accept: "text/csv" }, answer: control("max-age=100"), from: "door" },
      { headers: { accept: "application/json" }, answer: control("max-age=100"), from: "door", body: "2" },
    ],
  },
  {
    section: "RFC 9213",
    says: "a field for other caches is passed on, and not kept to",
    steps: twice(control("max-age=100", { "cdn-cache-control": "no-store" }), "cache", { reply: { "cdn-cache-control": "no-store" } }),
  },
  {
    section: "3.5",
    says: "what a caller with credentials may have is also for the next one",
    steps: [
      { headers: { authorization: "Basic eA==" }, answer: control("max-age=100, public"), from: "door" },
      { headers: { authorization: "Basic eQ==" }, from: "cache" },
    ],
  },
  {
    section: "7.3",
    says: "a stored reply is also for a caller with a cookie",
    steps: [
      { answer: control("max-age=100"), from: "door" },
      { headers: { cookie: "a=1" }, from: "cache" },
    ],
  },
  {
    section: "7.3",
    says: "what a caller with a cookie got is not for others",
    steps: [
      { headers: { cookie: "a=1" }, answer: control("max-age=100"), from: "door" },
      { from: "door", body: "2" },
    ],
  },
];

export const storing: readonly CacheCase[] = [
  ...UNSTORED.map(([section, says, given]): CacheCase => ({
    section,
    says: `not stored with ${says}`,
    steps: twice(given, "door", { body: "2" }),
  })),
  ...STATUSES.map((status): CacheCase => ({
    section: "3",
    says: `status ${status} is sent again for as long as it says`,
    steps: [
      { answer: { status, headers: FRESH, body: "" }, from: "door", status },
      { after: 99, from: "cache", status },
      { after: 1, answer: { status, body: "" }, from: "door" },
    ],
  })),
  ...CREDENTIALS.map(([leave, from]): CacheCase => ({
    section: "3.5",
    says: `a reply to a caller with credentials that says ${leave}`,
    steps: [
      { headers: { authorization: "Basic eA==" }, answer: control(leave), from: "door" },
      { from, body: from === "cache" ? "1" : "2" },
    ],
  })),
  ...Object.entries(KEPT).map(([name, value]): CacheCase => ({
    section: "3.1",
    says: `${name} is stored`,
    steps: twice(answer({ ...FRESH, [name]: value }), "cache", { reply: { [name]: String(value) } }),
  })),
  ...VARY.map(([says, vary, first, second, from]): CacheCase => ({
    section: "4.1",
    says: `Vary with ${says}`,
    steps: [
      { headers: first, answer: answer({ ...FRESH, vary }), from: "door" },
      { headers: second, answer: answer({ ...FRESH, vary }), from, body: from === "cache" ? "1" : "2" },
    ],
  })),
  ...MORE,
];
