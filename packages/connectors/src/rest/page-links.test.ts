import { expect, test } from "vitest";
import { answering, openDoor } from "./door.test.support.ts";
import { pageLinks } from "./index.ts";

test("links keep the query of the request, but for the page", async () => {
  const link = pageLinks(
    "/orders",
    { limit: 20, tag: ["a", "b&c"], cursor: "o-1", none: undefined },
    { first: {}, next: { cursor: "o 20" } },
  );
  expect(link).toBe('</orders?limit=20&tag=a&tag=b%26c>; rel="first", </orders?limit=20&tag=a&tag=b%26c&cursor=o+20>; rel="next"');
  await using node = await openDoor({ options: { get: "/orders" }, deliver: answering([], { link: link ?? "" }) });
  expect((await node.request("/orders")).headers.get("link")).toBe(link);
});

test("numbered pages have their last one, and a list of one page has no links", () => {
  expect(pageLinks("/orders", { page: 2 }, { prev: { page: 1 }, last: { page: 3 } })).toBe(
    '</orders?page=1>; rel="prev", </orders?page=3>; rel="last"',
  );
  expect(pageLinks("/orders", { page: 1 }, {})).toBeUndefined();
});
