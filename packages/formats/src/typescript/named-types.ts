import { isRecord } from "@portolan/core";
import { definitionName, type ApiDocument } from "../openapi/index.ts";
import { commentOf } from "./comment.ts";
import { isSpared, schemaType, type Direction, type TypeScope } from "./schema-type.ts";
import { createTypeNames } from "./type-names.ts";

/** The named schemas of a document as exported types. */
export interface NamedTypes {
  /** What types of one direction are written with. */
  scope(direction: Direction, indent: string): TypeScope;
  /** The declarations of what was referred to, and of all that these lead to. */
  declarations(): readonly string[];
}

/** A schema and a direction in which it is used. */
interface Use {
  readonly name: string;
  readonly direction: Direction;
}

export function createNamedTypes(schemas: ApiDocument["schemas"]): NamedTypes {
  const links = new Map(Object.entries(schemas).map(([name, schema]) => [name, linksOf(schema)]));
  const directed = directedNames(schemas, links);
  const cut = circles(links);
  const nameFor = createTypeNames();
  const names = new Map<string, string>();
  const pending: Use[] = [];

  // What differs by direction is `Order` in replies and `OrderInput` in requests.
  function typeName({ name, direction }: Use): string {
    const isInput = direction === "request" && directed.has(name);
    const key = `${isInput ? "request" : "reply"} ${name}`;
    const known = names.get(key);
    if (known !== undefined) return known;
    const made = nameFor(isInput ? `${name} Input` : name);
    names.set(key, made);
    pending.push({ name, direction: isInput ? "request" : "reply" });
    return made;
  }

  function scope(direction: Direction, indent: string, within?: string): TypeScope {
    return {
      direction,
      indent,
      isDirect: true,
      named(name, isDirect) {
        if (!Object.hasOwn(schemas, name)) return undefined;
        return isDirect && within !== undefined && cut.has(`${within} ${name}`) ? undefined : typeName({ name, direction });
      },
    };
  }

  function declaration({ name, direction }: Use): string {
    const schema = schemas[name];
    const { text } = schemaType(schema, scope(direction, "", name));
    const own = typeName({ name, direction });
    const head =
      text.startsWith("{\n") && text.indexOf("\n}") === text.length - 2
        ? `export interface ${own} ${text}`
        : `export type ${own} = ${text};`;
    return [...commentOf(schema, ""), head].join("\n");
  }

  return {
    scope,
    declarations() {
      const made: string[] = [];
      for (let use = pending.shift(); use !== undefined; use = pending.shift()) made.push(declaration(use));
      return made;
    },
  };
}

interface Links {
  readonly all: ReadonlySet<string>;
  /** Those that TypeScript follows at once: through `allOf`, `anyOf` and `oneOf`, and not through fields and lists. */
  readonly direct: ReadonlySet<string>;
  readonly isDirected: boolean;
}

const DIRECT = ["allOf", "anyOf", "oneOf"];

function linksOf(schema: unknown): Links {
  const all = new Set<string>();
  const direct = new Set<string>();
  let isDirected = false;
  const visit = (value: unknown, isDirect: boolean): void => {
    if (Array.isArray(value)) return value.forEach((one) => visit(one, isDirect));
    if (!isRecord(value)) return;
    const name = definitionName(value["$ref"]);
    if (name !== undefined) all.add(name);
    if (name !== undefined && isDirect) direct.add(name);
    const { properties, required } = value;
    if (isRecord(properties) && Array.isArray(required))
      isDirected ||= required.some(
        (one) => typeof one === "string" && (["request", "reply"] as const).some((way) => isSpared(properties[one], way)),
      );
    for (const [key, inner] of Object.entries(value)) visit(inner, isDirect && DIRECT.includes(key));
  };
  visit(schema, true);
  return { all, direct, isDirected };
}

/** The schemas that, or whose parts, have required fields which one direction spares. */
function directedNames(schemas: ApiDocument["schemas"], links: ReadonlyMap<string, Links>): ReadonlySet<string> {
  const users = new Map<string, string[]>();
  for (const [user, { all }] of links) for (const name of all) users.set(name, [...(users.get(name) ?? []), user]);
  const pending = Object.keys(schemas).filter((name) => links.get(name)?.isDirected === true);
  const found = new Set(pending);
  for (let name = pending.pop(); name !== undefined; name = pending.pop())
    for (const user of users.get(name) ?? [])
      if (!found.has(user)) {
        found.add(user);
        pending.push(user);
      }
  return found;
}

/** The direct links that close a circle, which no alias of a type may: each is `FROM TO`. */
function circles(links: ReadonlyMap<string, Links>): ReadonlySet<string> {
  const cut = new Set<string>();
  const state = new Map<string, "open" | "done">();
  for (const start of links.keys()) {
    const path: { readonly name: string; readonly rest: string[] }[] = [];
    const enter = (name: string) => {
      state.set(name, "open");
      path.push({ name, rest: [...(links.get(name)?.direct ?? [])] });
    };
    if (!state.has(start)) enter(start);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.rest.shift();
      if (next === undefined) {
        state.set(last.name, "done");
        path.pop();
      } else if (state.get(next) === "open") cut.add(`${last.name} ${next}`);
      else if (!state.has(next)) enter(next);
    }
  }
  return cut;
}
