import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Frame, spend } from "./frame.ts";
import type { Pair } from "./tree.ts";
import { define, isList } from "./values.ts";

interface Group {
  readonly items: unknown[];
  readonly index: number;
}

/** Makes one object of a value or of the items of a list, whose keys bring together what belongs to them. */
export type MakeObject = (input: unknown, frame: Frame) => Record<string, unknown>;

const MOST_OF_SITE = 8;

/** `{ key: value }` */
export function compileObject(pairs: readonly Pair[], compile: Compile, position: number): Evaluate {
  const general = compilePairs(pairs, compile, position);
  const keys = pairs.map(([key]) => (key.kind === "literal" && typeof key.value === "string" ? key.value : undefined));
  const isFixed = keys.every((key) => key !== undefined && key !== "__proto__" && !key.startsWith("_jsonata_"));
  if (!isFixed || new Set(keys).size < keys.length) return general;
  const entries = pairs.map(([, value], index) => ({ key: keys[index] ?? "", value: compile(value) }));
  const create = entries.length > 0 && entries.length <= MOST_OF_SITE ? compile.takeSite?.("createObject") : undefined;
  if (create !== undefined)
    return create(
      entries.map(({ key, value }) => [key, value]),
      general,
    );
  return (input, frame) => {
    if (isList(input)) return general(input, frame);
    const object: Record<string, unknown> = {};
    for (const entry of entries) {
      const value = entry.value(input, frame);
      if (value !== undefined) object[entry.key] = value;
    }
    return object;
  };
}

export function compilePairs(pairs: readonly Pair[], compile: Compile, position: number): MakeObject {
  const entries = pairs.map(([key, value]) => ({ key: compile(key), value: compile(value) }));
  return (input, frame) => {
    const items = isList(input) && input.length > 0 ? input : [isList(input) ? undefined : input];
    const groups = new Map<string, Group>();
    spend(frame.run, items.length);
    for (const item of items) {
      for (let index = 0; index < entries.length; index += 1) {
        const key = entries[index]?.key(item, frame);
        if (key === undefined) continue;
        if (typeof key !== "string") throw new JsonataError("T1003", { position, value: key });
        const group = groups.get(key);
        if (group === undefined) {
          if (key.startsWith("_jsonata_")) throw new JsonataError("D1013", { position, value: key });
          groups.set(key, { items: [item], index });
        } else if (group.index !== index) throw new JsonataError("D1009", { position, value: key });
        else group.items.push(item);
      }
    }
    return fill(groups, ({ index, items: members }) =>
      entries[index]?.value(members.length === 1 ? members[0] : members.some(isList) ? members.flat() : members, frame),
    );
  };
}

function fill(groups: ReadonlyMap<string, Group>, valueOf: (group: Group) => unknown): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, group] of groups) {
    const value = valueOf(group);
    if (value !== undefined) define(object, key, value);
  }
  return object;
}
