import { isDeepStrictEqual } from "node:util";
import { listNames } from "@portolan/core";
import type { VersionBy } from "./door-version.ts";
import type { Door } from "./door.ts";
import type { ReplyHeaders } from "./exchange.ts";
import { namesOf } from "./policies/cache-control.ts";
import { runDoor } from "./policies/exchange-view.ts";
import { statusProblem } from "./problem.ts";
import { replyHeader, withHeader } from "./reply-headers.ts";

/** What of a request says its version. */
export interface VersionedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly queryText: string;
}

type Choose = (request: VersionedRequest) => Door;

/** Why a door cannot stand beside those of its method and path, in words; undefined if it can. */
export function versionFault({ version }: Door, others: readonly Door[]): string | undefined {
  for (const { version: other, owner } of others) {
    if (version === undefined || other === undefined || named(version.name) === named(other.name)) return `is taken by ${owner}`;
    if (!isDeepStrictEqual(version.by, other.by)) return `has its version elsewhere than that of ${owner}`;
    if (version.isDefault && other.isDefault) return `has another default version already, that of ${owner}`;
  }
  return undefined;
}

/** The door that caches can tell from other versions by its replies. */
export function withVary(door: Door): Door {
  const vary = door.version === undefined ? [] : variedBy(door.version.by);
  if (vary.length === 0) return door;
  const varied = (headers: ReplyHeaders): ReplyHeaders => {
    const known = namesOf(replyHeader(headers, "vary"));
    return withHeader(headers, "vary", [...known, ...vary.filter((name) => !known.includes(name))].join(", "));
  };
  return {
    ...door,
    handle: (exchange) =>
      runDoor(door, exchange, {
        replies: {
          reply: (status, headers, body) => exchange.reply(status, varied(headers), body),
          replyStream: (status, headers, chunks) => exchange.replyStream(status, varied(headers), chunks),
          fail(error) {
            exchange.addHeaders({ vary: vary.join(", ") });
            exchange.fail(error);
          },
        },
      }),
  };
}

/**
 * Chooses among the doors of one method and path. A request for no version of theirs gets a door that refuses it, with what `around` puts
 * round it.
 */
export function chooseVersion(doors: readonly Door[], around: (door: Door) => Door): Choose {
  const [first] = doors;
  const by = first?.version?.by;
  if (first === undefined || by === undefined) throw new TypeError("expected doors that have versions");
  const byName = new Map(doors.map((door) => [named(door.version?.name ?? ""), forgettingAll(door, doors)]));
  const standard = [...byName.values()].find(({ version }) => version?.isDefault === true);
  const names = listNames(doors.flatMap(({ version }) => (version === undefined ? [] : [version.name])));
  const { method, path, version } = first;
  const refusing = around(
    withVary({
      method,
      path,
      owner: "the host",
      version,
      handle(exchange) {
        const [found] = wantedVersions(by, exchange);
        const detail = `expected version ${names} in ${placeOf(by)}, found ${found === undefined ? "none" : JSON.stringify(found)}`;
        exchange.sendProblem(statusProblem(400, detail, { requestId: exchange.id }));
      },
    }),
  );
  return (request) => {
    const wanted = wantedVersions(by, request);
    const name = wanted.find((one) => byName.has(named(one)));
    if (name !== undefined) return byName.get(named(name)) ?? refusing;
    return wanted.length === 0 ? (standard ?? refusing) : refusing;
  };
}

/** A change at an address concerns what is remembered of every version. */
function forgettingAll(door: Door, doors: readonly Door[]): Door {
  const all = doors.flatMap(({ forget }) => (forget === undefined ? [] : [forget]));
  return all.length === 0 ? door : { ...door, forget: (address) => all.forEach((forget) => forget(address)) };
}

function variedBy({ header, mediaType }: VersionBy): readonly string[] {
  if (header !== undefined) return [header.toLowerCase()];
  return mediaType === true ? ["accept", "content-type"] : [];
}

function placeOf({ header, query }: VersionBy): string {
  if (header !== undefined) return `the header ${header}`;
  return query === undefined ? "Accept or Content-Type (version=…)" : `the parameter ${query}`;
}

function named(version: string): string {
  return version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, "");
}

/** The versions that a request would take, the preferred one first. */
function wantedVersions({ header, query }: VersionBy, { headers, queryText }: VersionedRequest): readonly string[] {
  if (header !== undefined) return given(textOf(headers[header.toLowerCase()]));
  if (query !== undefined) return given(new URLSearchParams(queryText).getAll(query).join(", "));
  const ofBody = versionOf(textOf(headers["content-type"]));
  return ofBody === undefined ? acceptedVersions(textOf(headers["accept"])) : [ofBody];
}

function given(text: string): readonly string[] {
  return text.trim() === "" ? [] : [text];
}

function acceptedVersions(accept: string): readonly string[] {
  const ranges = accept.split(",").flatMap((range) => {
    const version = versionOf(range);
    const quality = Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
    return version === undefined || quality === 0 ? [] : [{ version, quality }];
  });
  return ranges.toSorted((one, other) => other.quality - one.quality).map(({ version }) => version);
}

function versionOf(mediaType: string): string | undefined {
  const [name = ""] = mediaType.split(";");
  return /;\s*version="?([^";\s]+)/i.exec(mediaType)?.[1] ?? /[.-]v(\d+(?:\.\d+)*)(?=[.+-]|\s*$)/i.exec(name)?.[1];
}

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : (value ?? []).join(", ");
}
