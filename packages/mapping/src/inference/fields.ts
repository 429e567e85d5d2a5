import { nearestName } from "@portolan/core";
import type { Node } from "../compiled/tree.ts";
import type { Scope } from "./scope.ts";
import { alternatives, ANY, describeShape, mayBeList, NOTHING, sequenceOf, something, union, type Shape } from "./shape.ts";

/** The field of a name; of a list, those of its items. One that no value of the shape can have is reported. */
export function fieldOf({ name, position }: Extract<Node, { kind: "name" | "variable" }>, scope: Scope): Shape {
  const found = fieldIn(scope.input, name);
  if (found.isKnown) return found.shape;
  const nearest = nearestName(name, found.names);
  scope.about.report({
    message:
      found.names.length > 0
        ? `${name} is nothing: what is known here has ${found.names.join(", ")}`
        : `${name} is nothing: ${describeShape(something(scope.input))} has no fields`,
    position,
    token: name,
    ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
  });
  return NOTHING;
}

interface Found {
  readonly shape: Shape;
  /** Whether any value of the shape can have it. */
  readonly isKnown: boolean;
  readonly names: readonly string[];
}

function fieldIn(shape: Shape, name: string): Found {
  const found = alternatives(shape)
    .filter(({ kind }) => kind !== "nothing" && kind !== "null")
    .map((one) => fieldOfOne(one, name));
  // Of nothing there is nothing to say.
  if (found.length === 0) return { shape: NOTHING, isKnown: true, names: [] };
  const hasNothing = found.length < alternatives(shape).length;
  return {
    shape: union(...found.map((one) => one.shape), ...(hasNothing ? [NOTHING] : [])),
    isKnown: found.some(({ isKnown }) => isKnown),
    names: [...new Set(found.flatMap(({ names }) => names))],
  };
}

function fieldOfOne(shape: Shape, name: string): Found {
  switch (shape.kind) {
    case "any":
      return { shape: ANY, isKnown: true, names: [] };
    case "object": {
      const field = shape.fields.get(name);
      const names = [...shape.fields.keys()];
      if (field !== undefined) return { shape: field.isOptional ? union(field.shape, NOTHING) : field.shape, isKnown: true, names };
      if (shape.others !== undefined) return { shape: union(shape.others, NOTHING), isKnown: true, names };
      return { shape: NOTHING, isKnown: false, names };
    }
    case "list": {
      const inner = fieldIn(shape.items, name);
      const flat = mayBeList(inner.shape) ? itemsIn(inner.shape) : inner.shape;
      return { ...inner, shape: inner.isKnown ? union(sequenceOf(flat), NOTHING) : NOTHING };
    }
    default:
      return { shape: NOTHING, isKnown: false, names: [] };
  }
}

function itemsIn(shape: Shape): Shape {
  return union(...alternatives(shape).map((one) => (one.kind === "list" ? one.items : one)));
}
