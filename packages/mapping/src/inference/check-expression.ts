import type { ExpressionShapes, JsonSchema } from "@portolan/core";
import { functions } from "../compiled/functions/index.ts";
import type { Node } from "../compiled/tree.ts";
import { callRule, type CallRule } from "./call-rules.ts";
import { infer } from "./infer.ts";
import { schemaOfShape, shapeOfSchema } from "./schema-shape.ts";
import type { ShapeFinding } from "./scope.ts";
import { ANY, OPEN_OBJECT, STRING, type Field, type Shape } from "./shape.ts";

export interface TreeShapes extends ExpressionShapes {
  /** Signatures of functions beside those of the language, by name. */
  readonly functions?: ReadonlyMap<string, string>;
}

export interface CheckedShape {
  readonly findings: readonly ShapeFinding[];
  /** What the expression yields, as far as it is known; nothing is null. */
  readonly yields: JsonSchema | boolean;
}

/** Looks at an expression before it runs: what it can yield, and what it says that cannot be meant. */
export function checkTree(tree: Node, shapes: TreeShapes): CheckedShape {
  const found = new Map<string, ShapeFinding>();
  const rules = new Map<string, CallRule>();
  const rule = (name: string): CallRule | undefined => {
    const signature = shapes.functions?.get(name) ?? functions.get(name)?.signature;
    if (signature === undefined) return undefined;
    const known = rules.get(name) ?? callRule(signature);
    rules.set(name, known);
    return known;
  };
  const root = messageShape(shapes);
  const yields = infer(tree, {
    input: root,
    variables: { own: new Map() },
    about: {
      root,
      rule,
      functionNames: [...functions.keys(), ...(shapes.functions?.keys() ?? [])],
      // A part can be looked at several times, once for each way that leads to it.
      report: (finding) => void found.set(`${finding.position} ${finding.token ?? ""}`, finding),
    },
  });
  return { findings: [...found.values()], yields: schemaOfShape(yields) };
}

function messageShape({ body, fold }: ExpressionShapes): Shape {
  const always = (shape: Shape): Field => ({ shape, isOptional: false });
  const fields = new Map([
    ["id", always(STRING)],
    ["body", always(body === undefined ? ANY : shapeOfSchema(body))],
    ["headers", always(OPEN_OBJECT)],
    ["attributes", always(OPEN_OBJECT)],
  ]);
  if (fold === true) fields.set("acc", always(ANY));
  return { kind: "object", fields };
}
