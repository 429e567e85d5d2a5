interface At {
  /** The end of the token that the node comes from. */
  readonly position: number;
}

/** A step of a path, with what is applied to its results one after the other. */
export interface Step {
  readonly node: Node;
  readonly stages: readonly Stage[];
  readonly focus?: string;
  readonly keep: boolean;
  /** A list that was written at the beginning or the end of a path is not merged into its neighbours. */
  readonly isConstructed?: boolean;
}

export type Stage = { readonly kind: "filter"; readonly node: Node } | { readonly kind: "index"; readonly name: string };

export type Pair = readonly [key: Node, value: Node];

export interface Term {
  readonly node: Node;
  readonly descending: boolean;
}

export interface Lambda extends At {
  readonly kind: "lambda";
  readonly parameters: readonly string[];
  readonly signature: string | undefined;
  readonly body: Node;
}

export interface Call extends At {
  readonly kind: "call" | "partial";
  readonly procedure: Node;
  readonly arguments: readonly Node[];
}

export interface Path extends At {
  readonly kind: "path";
  readonly steps: readonly Step[];
  readonly group?: readonly Pair[];
  readonly groupPosition?: number;
}

export interface Filtered extends At {
  readonly kind: "filtered";
  readonly node: Node;
  readonly filters: readonly Node[];
  readonly group?: readonly Pair[];
  readonly groupPosition?: number;
  readonly focus?: string;
  readonly keep: boolean;
}

/** The syntax tree of an expression, after its paths were put in order. */
export type Node =
  | (At & { readonly kind: "literal"; readonly value: string | number | boolean | null })
  | (At & { readonly kind: "regex"; readonly source: string; readonly flags: string })
  | (At & { readonly kind: "name" | "variable"; readonly name: string })
  | (At & { readonly kind: "wildcard" | "descendant" | "parent" | "placeholder" })
  | (At & { readonly kind: "binary"; readonly operator: string; readonly left: Node; readonly right: Node })
  | (At & { readonly kind: "negate"; readonly operand: Node })
  | (At & { readonly kind: "array"; readonly items: readonly Node[] })
  | (At & { readonly kind: "object"; readonly pairs: readonly Pair[] })
  | (At & { readonly kind: "block"; readonly expressions: readonly Node[] })
  | (At & { readonly kind: "condition"; readonly test: Node; readonly positive: Node; readonly negative: Node | undefined })
  | (At & { readonly kind: "default"; readonly operator: "?:" | "??"; readonly left: Node; readonly right: Node })
  | (At & { readonly kind: "bind"; readonly name: string; readonly value: Node })
  | (At & { readonly kind: "transform"; readonly pattern: Node; readonly update: Node; readonly remove: Node | undefined })
  | (At & { readonly kind: "sort"; readonly terms: readonly Term[] })
  | Call
  | Lambda
  | Path
  | Filtered;
