import { GraphQLError, Kind, parse, type ASTVisitor, type SelectionSetNode, type ValidationContext } from "graphql";
import type { Plugin } from "graphql-yoga";

/** What one operation may ask for at the most. */
export interface QueryLimits {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

/** Fields within fields, aliases and fields of a selection, with its fragments spread. */
interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
}

/** A field that a route answers, beside one that is only read from its result. */
const COST_OF_ROUTE = 10;

/** Longer documents are not even parsed. */
const MAX_TOKENS = 10_000;

const NOTHING: Size = { depth: 0, aliases: 0, fields: 0 };

/** Refuses operations that are too deep, too costly or repeat fields too often, before a route hears of them. */
export function limitQueries(limits: QueryLimits): Plugin {
  return {
    onParse: ({ setParseFn }) => setParseFn((source, options) => parse(source, { ...options, maxTokens: MAX_TOKENS })),
    onValidate: ({ addValidationRule }) => addValidationRule((context: ValidationContext) => limitRule(context, limits)),
  };
}

function limitRule(context: ValidationContext, limits: QueryLimits): ASTVisitor {
  const { size, top } = createMeasure(context);
  return {
    OperationDefinition(node) {
      const { depth, aliases, fields } = size(node.selectionSet);
      const routes = top(node.selectionSet);
      const found = { depth, aliases, cost: fields + routes * (COST_OF_ROUTE - 1) };
      for (const limit of ["depth", "aliases", "cost"] as const) {
        if (found[limit] <= limits[limit]) continue;
        const message = `the operation passes the limit of ${limit}: it has ${found[limit]}, and may have ${limits[limit]}`;
        context.reportError(new GraphQLError(message, { nodes: node, extensions: { code: "GRAPHQL_LIMIT_EXCEEDED" } }));
      }
    },
  };
}

function createMeasure(context: ValidationContext) {
  const size = (set: SelectionSetNode): Size => {
    let { depth, aliases, fields } = NOTHING;
    for (const node of set.selections) {
      const isField = node.kind === Kind.FIELD;
      const inner =
        node.kind === Kind.FRAGMENT_SPREAD ? sizeOf(node.name.value) : node.selectionSet === undefined ? NOTHING : size(node.selectionSet);
      // GraphQL itself limits how deep the schema may be asked about.
      const own = isField && node.name.value.startsWith("__") ? 0 : inner.depth + (isField ? 1 : 0);
      depth = Math.max(depth, own);
      aliases += inner.aliases + (isField && node.alias !== undefined ? 1 : 0);
      fields += inner.fields + (isField ? 1 : 0);
    }
    return { depth, aliases, fields };
  };
  /** How many fields of the operation type itself there are. */
  const top = (set: SelectionSetNode): number => {
    let count = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) count += 1;
      else count += node.kind === Kind.FRAGMENT_SPREAD ? topOf(node.name.value) : top(node.selectionSet);
    }
    return count;
  };
  const sizeOf = onceForEachFragment(context, size, NOTHING);
  const topOf = onceForEachFragment(context, top, 0);
  return { size, top };
}

/**
 * Each fragment is measured once, however often it is spread, so that spreading cannot cost more than writing. Within itself
 * it is nothing: that a fragment spreads itself is another rule's to refuse.
 */
function onceForEachFragment<Value>(context: ValidationContext, measure: (set: SelectionSetNode) => Value, nothing: Value) {
  const known = new Map<string, Value>();
  return (name: string): Value => {
    const value = known.get(name);
    if (value !== undefined) return value;
    known.set(name, nothing);
    const fragment = context.getFragment(name);
    const found = fragment === undefined || fragment === null ? nothing : measure(fragment.selectionSet);
    known.set(name, found);
    return found;
  };
}
