import { option, optional, withDefault, type OptionsOf } from "@portolan/core";

/** How lists that come page by page are read. */
export const pageOptions = {
  items: optional(option.name, "Where the list is in a reply, such as `data` or `result.items`. Default: the reply is the list.", {
    example: "data",
  }),
  next: withDefault(
    option.oneOf("link", "url", "cursor", "page", "offset"),
    "link",
    "What leads on: the header `Link` with rel=next, a URL in the reply, a cursor in the reply, the number of the page, or of the first item.",
  ),
  field: optional(option.name, "Where the URL or the cursor is in a reply, such as `meta.next`.", { example: "meta.next" }),
  parameter: optional(option.name, "The parameter of the query that takes the cursor, the page or the offset.", { example: "cursor" }),
  first: optional(option.integer({ min: 0 }), "The number of the first page (default 1), or of the first item (default 0)."),
  max: withDefault(option.integer({ min: 1 }), 10_000, "More pages are PORTOLAN_LOOP_LIMIT."),
};

export type PageOptions = OptionsOf<typeof pageOptions>;

/** What is wrong with them, in words. */
export function checkPages({ next, field, parameter, first }: PageOptions): readonly string[] {
  const isFound = next === "url" || next === "cursor";
  const isAsked = next === "cursor" || next === "page" || next === "offset";
  return [
    ...(isFound && field === undefined ? [`pages: next: ${next} needs field: where it is in a reply`] : []),
    ...(!isFound && field !== undefined ? [`pages: field says nothing with next: ${next}`] : []),
    ...(isAsked && parameter === undefined ? [`pages: next: ${next} needs parameter: what takes it in the query`] : []),
    ...(!isAsked && parameter !== undefined ? [`pages: parameter says nothing with next: ${next}`] : []),
    ...(first !== undefined && next !== "page" && next !== "offset" ? [`pages: first says nothing with next: ${next}`] : []),
  ];
}
