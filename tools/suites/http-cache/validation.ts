import { answer, control, date, twice, type CacheCase, type CacheStep, type Fields } from "./cache-case.ts";

const TAG = { etag: '"v1"' };
const MODIFIED = { "last-modified": date(-1000) };
const NOT_MODIFIED = { status: 304, body: "" };

/** Stored, stale after a second, and asked for again later: the door says that it is still right. */
function confirmed(headers: Fields, newer: Fields, more: Partial<CacheStep>): readonly CacheStep[] {
  return [
    { answer: control("max-age=1", headers), from: "door" },
    {
      after: 2,
      answer: { ...NOT_MODIFIED, headers: { "cache-control": "max-age=100", ...newer } },
      from: "checked",
      status: 200,
      body: "1",
      ...more,
    },
    { after: 50, from: "cache", body: "1", ...more },
  ];
}

/** What of a 304 takes the place of what is stored. */
const UPDATES: readonly (readonly [name: string, before: string, after: string, shown: string])[] = [
  ["x-test", "a", "b", "b"],
  ["content-foo", "a", "b", "b"],
  ["content-language", "de", "en", "en"],
  ["content-security-policy", "default-src 'self'", "default-src 'none'", "default-src 'none'"],
  ["x-frame-options", "deny", "sameorigin", "sameorigin"],
  ["content-location", "/b", "/c", "/c"],
  ["content-type", "text/plain", "text/html", "text/plain"],
];

/** Requests with conditions of their own, and the status they get from a stored reply with TAG and MODIFIED. */
const CONDITIONS: readonly (readonly [says: string, headers: Fields, status: number])[] = [
  ["its tag", { "if-none-match": '"v1"' }, 304],
  ["its tag as a weak one", { "if-none-match": 'W/"v1"' }, 304],
  ["its tag in a list", { "if-none-match": '"x", "v1" , "y"' }, 304],
  ["a tag with a comma before its own", { "if-none-match": '"x,y", "v1"' }, 304],
  ["its tag without quotes", { "if-none-match": "v1" }, 200],
  ["any tag", { "if-none-match": "*" }, 304],
  ["another tag", { "if-none-match": '"v2"' }, 200],
  ["a tag that begins with its own", { "if-none-match": '"v10"' }, 200],
  ["another tag, and its time", { "if-none-match": '"v2"', "if-modified-since": date(-1000) }, 200],
  ["its tag, and a time before", { "if-none-match": '"v1"', "if-modified-since": date(-2000) }, 304],
  ["its time", { "if-modified-since": date(-1000) }, 304],
  ["a time after", { "if-modified-since": date(-999) }, 304],
  ["a time before", { "if-modified-since": date(-1001) }, 200],
  ["what is no time", { "if-modified-since": "yesterday" }, 200],
];

const REVALIDATION: readonly CacheCase[] = [
  {
    section: "4.3.1",
    says: "a stale reply with a tag is checked by it",
    steps: twice(control("max-age=1", TAG), "checked", { after: 2, answer: NOT_MODIFIED, seen: { "if-none-match": '"v1"' }, body: "1" }),
  },
  {
    section: "4.3.1",
    says: "a stale reply with a weak tag is checked by it",
    steps: twice(control("max-age=1", { etag: 'W/"v1"' }), "checked", {
      after: 2,
      answer: NOT_MODIFIED,
      seen: { "if-none-match": 'W/"v1"' },
      body: "1",
    }),
  },
  {
    section: "4.3.1",
    says: "a stale reply with a time is checked by it",
    steps: twice(control("max-age=1", MODIFIED), "checked", {
      after: 2,
      answer: NOT_MODIFIED,
      seen: { "if-modified-since": date(-1000) },
      body: "1",
    }),
  },
  {
    section: "4.3.1",
    says: "a stale reply is checked by its tag and not by the caller's",
    steps: twice(control("max-age=1", TAG), "checked", {
      after: 2,
      headers: { "if-none-match": '"mine"' },
      answer: NOT_MODIFIED,
      seen: { "if-none-match": '"v1"' },
      status: 200,
      body: "1",
    }),
  },
  {
    section: "4.3.3",
    says: "a caller who has what the door confirms gets 304 as well",
    steps: twice(control("max-age=1", TAG), "checked", {
      after: 2,
      headers: { "if-none-match": '"v1"' },
      answer: NOT_MODIFIED,
      status: 304,
      body: "",
    }),
  },
  {
    section: "4.3.3",
    says: "a new reply takes the place of the stale one",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      { after: 2, answer: control("max-age=100", { etag: '"v2"' }), from: "checked", status: 200, body: "2" },
      { after: 50, from: "cache", body: "2", reply: { etag: '"v2"' } },
    ],
  },
  {
    section: "4.3.3",
    says: "a caller who has the new reply gets 304",
    steps: twice(control("max-age=1", TAG), "checked", {
      after: 2,
      headers: { "if-none-match": '"v2"' },
      answer: control("max-age=100", { etag: '"v2"' }),
      status: 304,
    }),
  },
  {
    section: "4.3.4",
    says: "a 304 that speaks of another tag confirms nothing: the door is asked again",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      {
        after: 2,
        answer: { ...NOT_MODIFIED, headers: { etag: '"v2"' }, next: control("max-age=100", { etag: '"v2"' }) },
        from: "checked",
        status: 200,
        body: "3",
      },
      { from: "cache", body: "3" },
    ],
  },
  {
    section: "4.3.3",
    says: "a failure of the door is told, and what is stored stays to be checked",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      { after: 2, answer: { status: 503 }, from: "checked", status: 503 },
      { answer: NOT_MODIFIED, from: "checked", status: 200, body: "1" },
    ],
  },
  {
    section: "5.2.2.4",
    says: "no-cache is checked each time",
    steps: [
      { answer: control("no-cache, max-age=100", TAG), from: "door" },
      { answer: NOT_MODIFIED, from: "checked", body: "1" },
      { answer: NOT_MODIFIED, from: "checked", body: "1" },
    ],
  },
  {
    section: "5.2.2.2",
    says: "must-revalidate is fresh as long as it says, and checked after",
    steps: [
      { answer: control("max-age=2, must-revalidate", TAG), from: "door" },
      { after: 1, from: "cache" },
      { after: 1, answer: NOT_MODIFIED, from: "checked", body: "1" },
    ],
  },
  {
    section: "5.2.1.4",
    says: "a request with no-cache has a fresh reply checked",
    steps: twice(control("max-age=100", TAG), "checked", { headers: { "cache-control": "no-cache" }, answer: NOT_MODIFIED, body: "1" }),
  },
  {
    section: "4.3.1",
    says: "a tag that the cache made itself says nothing to the door",
    steps: twice(control("max-age=1"), "door", { after: 2, seen: { "if-none-match": null } }),
  },
  {
    section: "4.3.2",
    says: "a reply without a tag gets one, by which a caller gets 304",
    steps: [
      { answer: { ...control("max-age=100"), body: "text" }, from: "door", reply: { etag: '"mC2ePrmW9VnmM_TRlN7zdh"' } },
      { headers: { "if-none-match": '"mC2ePrmW9VnmM_TRlN7zdh"' }, from: "cache", status: 304 },
    ],
  },
  {
    section: "4.3.2",
    says: "conditions of a caller do not reach the door while nothing is stored",
    steps: [
      {
        headers: { "if-none-match": '"v1"' },
        answer: control("max-age=100", TAG),
        from: "door",
        seen: { "if-none-match": null },
        status: 304,
      },
      { from: "cache", status: 200, body: "1" },
    ],
  },
  {
    section: "RFC 9110, 15.4.5",
    says: "a 304 has what tells of the content, and no content",
    steps: twice(control("max-age=100", { ...TAG, "content-type": "text/plain", "x-a": "1", vary: "x-b" }), "cache", {
      headers: { "if-none-match": '"v1"' },
      status: 304,
      body: "",
      reply: { etag: '"v1"', "cache-control": "max-age=100", vary: "x-b, accept", "content-type": null, "x-a": null },
    }),
  },
  {
    section: "RFC 9110, 13.2.1",
    says: "conditions count for a success alone",
    steps: [
      { answer: { ...control("max-age=100", TAG), status: 404 }, from: "door" },
      { headers: { "if-none-match": '"v1"' }, from: "cache", status: 404 },
    ],
  },
];

const HEADS: readonly CacheCase[] = [
  {
    section: "4.3.5",
    says: "HEAD goes to the door when what is stored is stale",
    steps: twice(control("max-age=1", TAG), "door", { after: 2, method: "HEAD" }),
  },
  {
    section: "4.3.5",
    says: "HEAD makes what is stored fresh again, with newer headers",
    steps: [
      { answer: control("max-age=1", { ...TAG, "x-a": "1", "x-b": "1" }), from: "door" },
      { after: 2, method: "HEAD", answer: control("max-age=100", { ...TAG, "x-a": "2" }), from: "door" },
      { from: "cache", body: "1", reply: { "x-a": "2", "x-b": "1" } },
    ],
  },
  {
    section: "4.3.5",
    says: "HEAD with another tag makes the cache forget",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      { after: 2, method: "HEAD", answer: control("max-age=100", { etag: '"v2"' }), from: "door" },
      { from: "door", body: "3", seen: { "if-none-match": null } },
    ],
  },
  {
    section: "4.3.5",
    says: "HEAD with another time makes the cache forget",
    steps: [
      { answer: control("max-age=1", MODIFIED), from: "door" },
      { after: 2, method: "HEAD", answer: control("max-age=100", { "last-modified": date(-1) }), from: "door" },
      { from: "door", seen: { "if-modified-since": null } },
    ],
  },
  {
    section: "4.3.5",
    says: "HEAD with another length makes the cache forget",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      { after: 2, method: "HEAD", answer: control("max-age=100", { ...TAG, "content-length": "100" }), from: "door" },
      { from: "door", seen: { "if-none-match": null } },
    ],
  },
  {
    section: "4.3.5",
    says: "HEAD with another status changes nothing",
    steps: [
      { answer: control("max-age=1", TAG), from: "door" },
      { after: 2, method: "HEAD", answer: { ...control("max-age=100"), status: 410 }, from: "door", status: 410 },
      { answer: NOT_MODIFIED, from: "checked", body: "1" },
    ],
  },
];

export const validation: readonly CacheCase[] = [
  ...REVALIDATION,
  ...UPDATES.flatMap(([name, before, after, shown]) =>
    Object.entries({ "a tag": TAG, "a time": MODIFIED }).map(([by, validators]): CacheCase => ({
      section: "3.2",
      says: `after a 304 by ${by}, ${name} is ${shown === after ? "the newer" : "that of the stored bytes"}`,
      steps: confirmed({ ...validators, [name]: before }, { ...validators, [name]: after }, { reply: { [name]: shown } }),
    })),
  ),
  {
    section: "3.2",
    says: "after a 304 what it does not tell is as it was",
    steps: confirmed({ ...TAG, "x-test": "a" }, {}, { reply: { "x-test": "a" } }),
  },
  ...CONDITIONS.map(([says, headers, status]): CacheCase => ({
    section: "4.3.2",
    says: `a caller with ${says} gets ${status}`,
    steps: twice(answer({ "cache-control": "max-age=100", ...TAG, ...MODIFIED }), "cache", { headers, status }),
  })),
  ...HEADS,
];
