import { isRecord, type Message, PortolanError } from "@portolan/core";
import type { Dialect } from "./driver.ts";

/** A parameter that every statement may have: the same on every attempt of the same send. */
const KEY_PARAMETER = "idempotency_key";

export interface ParameterSources {
  readonly names: readonly string[];
  readonly expressions: ReadonlyMap<string, (message: Message) => unknown>;
  readonly dialect: Dialect;
}

/** The values of a statement for one message: of expressions, else of the body's own properties. */
export async function valuesOf(message: Message, key: string, { names, expressions, dialect }: ParameterSources): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const name of names) {
    const expression = expressions.get(name);
    const value = expression === undefined ? propertyOf(message.body, name, key) : await expression(message);
    values.push(dialect.value(value ?? null));
  }
  return values;
}

function propertyOf(body: unknown, name: string, key: string): unknown {
  if (isRecord(body) && Object.hasOwn(body, name)) return body[name];
  if (name === KEY_PARAMETER) return key;
  throw new PortolanError("PORTOLAN_SQL_PARAMETER", `the body has no property "${name}", which the statement wants`, {
    kind: "invalid",
    hint: `mend the body, or say under parameters what ${name} is; an expression that yields nothing is null`,
  });
}
