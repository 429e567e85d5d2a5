import { PortolanError, describeValue, isRecord, type Reply } from "@portolan/core";
import type { HttpAnswer } from "../../http-call.ts";
import type { OutgoingRequest } from "../../http/outgoing.ts";
import { nextLink } from "./next-link.ts";
import type { PageOptions } from "./page-options.ts";

interface PageParts {
  readonly options: PageOptions;
  readonly endpoint: string;
  ask(request: OutgoingRequest): Promise<HttpAnswer>;
  reply(answer: HttpAnswer): Reply;
}

/** A page that was read, and what follows on it. */
interface Page {
  readonly request: OutgoingRequest;
  readonly answer: HttpAnswer;
  readonly reply: Reply;
}

/**
 * The reply whose body is all items of all pages. The first page is asked for at once, so that what is wrong shows where the call stands;
 * the others as the items are read. Read again, it begins anew.
 */
export async function pagedReply(request: OutgoingRequest, parts: PageParts): Promise<Reply> {
  let first: Page | undefined = await readPage(request, parts);
  const { headers } = first.reply;
  itemsOf(first.reply, parts);
  return {
    headers,
    body: {
      async *[Symbol.asyncIterator]() {
        let page: Page | undefined = first ?? (await readPage(request, parts));
        // The one that is there is read once, and then forgotten.
        first = undefined;
        for (let count = 1, seen = 0; page !== undefined; count++) {
          const items = itemsOf(page.reply, parts);
          yield* items;
          seen += items.length;
          const next = nextRequest(page, { count, seen, isEmpty: items.length === 0 }, parts);
          if (next !== undefined && count >= parts.options.max) throw tooMany(parts);
          page = next === undefined ? undefined : await readPage(next, parts);
        }
      },
    },
  };
}

async function readPage(request: OutgoingRequest, { ask, reply }: PageParts): Promise<Page> {
  const answer = await ask(request);
  return { request, answer, reply: reply(answer) };
}

function itemsOf({ body }: Reply, { options, endpoint }: PageParts): readonly unknown[] {
  const found = options.items === undefined ? body : at(body, options.items);
  if (Array.isArray(found)) return found;
  // Some leave the list out where there is nothing.
  if ((found === undefined || found === null) && options.items !== undefined && isRecord(body)) return [];
  if (body === null) return [];
  const where = options.items === undefined ? "the reply" : options.items;
  throw new PortolanError(
    "PORTOLAN_FORMAT_INVALID",
    `${endpoint}: expected ${where} to be a list of items, found ${describeValue(found)}`,
    {
      endpoint,
      hint: "pages: { items: … } says where the list is in a reply",
    },
  );
}

interface Progress {
  readonly count: number;
  readonly seen: number;
  readonly isEmpty: boolean;
}

function nextRequest(
  { request, answer, reply }: Page,
  { count, seen, isEmpty }: Progress,
  { options, endpoint }: PageParts,
): OutgoingRequest | undefined {
  const { next, field = "", parameter = "", first } = options;
  switch (next) {
    case "link":
      return requestTo(nextLink(answer.headers["link"]), request, endpoint);
    case "url":
      return requestTo(at(reply.body, field), request, endpoint);
    case "cursor": {
      const cursor = at(reply.body, field);
      return typeof cursor === "string" || typeof cursor === "number" ? withParameter(request, parameter, String(cursor)) : undefined;
    }
    case "page":
      return isEmpty ? undefined : withParameter(request, parameter, String((first ?? 1) + count));
    case "offset":
      return isEmpty ? undefined : withParameter(request, parameter, String((first ?? 0) + seen));
    default:
      throw next satisfies never;
  }
}

/** Where the other system leads must be the other system. */
function requestTo(url: unknown, request: OutgoingRequest, endpoint: string): OutgoingRequest | undefined {
  if (typeof url !== "string" || url === "") return undefined;
  const from = new URL(request.base + request.path);
  const to = URL.parse(url, from);
  if (to === null || to.origin !== from.origin || to.username !== "" || to.password !== "")
    throw new PortolanError("PORTOLAN_ADDRESS_DENIED", `${endpoint}: the next page leads to another server: ${to?.origin ?? url}`, {
      endpoint,
      hint: "only pages of the server that was asked are read",
    });
  if (to.pathname + to.search === from.pathname + from.search)
    throw new PortolanError("PORTOLAN_LOOP_LIMIT", `${endpoint}: a page leads to itself`, { endpoint });
  return { ...request, base: to.origin, path: to.pathname + to.search };
}

function withParameter(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  const [path = "", query = ""] = request.path.split("?", 2);
  const key = encodeURIComponent(name);
  const others = query.split("&").filter((pair) => pair !== "" && pair !== key && !pair.startsWith(`${key}=`));
  return { ...request, path: `${path}?${[...others, `${key}=${encodeURIComponent(value)}`].join("&")}` };
}

function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((holder, key) => (isRecord(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined), value);
}

function tooMany({ options, endpoint }: PageParts): PortolanError {
  return new PortolanError("PORTOLAN_LOOP_LIMIT", `${endpoint}: there are more than ${options.max} pages`, {
    endpoint,
    hint: "raise pages.max if that many are right; usually the pages never end",
  });
}
