import {
  isLanguageExpression,
  isRecord,
  PortolanError,
  type AppDefinition,
  type Contract,
  type ContractCompiler,
  type Expression,
  type ExpressionShapes,
  type Finding,
  type Language,
  type RouteDefinition,
  type StepNode,
  type TargetNode,
} from "@portolan/core";
import { patterns, type BodyFlow, type BodySchema, type PatternDefinition } from "@portolan/engine";
import { isStep } from "./app-contents.ts";

export interface BodyFindings {
  /** What fails whatever the message. */
  readonly errors: readonly Finding[];
  /** What cannot be meant, or fails for some messages. */
  readonly warnings: readonly Finding[];
}

interface BodyParts {
  readonly languages: readonly Language[];
  readonly contracts: ContractCompiler;
}

/**
 * Follows the body through every route from its input contract on: each expression is looked at with what is known of the message that it
 * sees, and what comes to a channel, a route or the end is compared with the contract there.
 */
export function bodyFindings(app: AppDefinition, { languages, contracts }: BodyParts): BodyFindings {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const byName = new Map(patterns.map((pattern) => [pattern.name, pattern]));
  const languageOf = new Map(languages.map((language) => [language.name, language]));

  /** A contract without a JSON Schema tells nothing; one that cannot be used was reported when the app was compiled. */
  function schemaOf(contract: Contract | undefined): BodySchema {
    if (contract === undefined) return true;
    try {
      return contracts.compile(contract).jsonSchema ?? true;
    } catch (error) {
      if (error instanceof PortolanError) return true;
      throw error;
    }
  }

  function compare(body: BodySchema, contract: Contract | undefined, at: Where & { readonly what: string }): void {
    for (const { path, message, isCertain } of contracts.compare?.(body, schemaOf(contract)) ?? []) {
      const where = path === "" ? "the body" : path;
      (isCertain ? errors : warnings).push({ path: at.path, message: `${where} does not fit ${at.what}: ${message}`, ...placed(at) });
    }
  }

  function value(expression: Expression, shapes: ExpressionShapes, at: Where): BodySchema {
    if (!isLanguageExpression(expression)) return "constant" in expression ? constant(expression.constant) : true;
    const checked = languageOf.get(expression.language)?.check?.(expression.text, shapes);
    for (const { message, hint, isCertain } of checked?.findings ?? [])
      (isCertain ? errors : warnings).push({ path: at.path, message, ...(hint === undefined ? {} : { hint }), ...placed(at) });
    return checked?.yields ?? true;
  }

  function list(steps: readonly StepNode[], before: BodySchema): BodySchema {
    return steps.reduce<BodySchema>((body, step) => behind(step, body), before);
  }

  function behind(step: StepNode, before: BodySchema): BodySchema {
    const pattern = byName.get(step.pattern);
    const seen = new Set<unknown>();
    const flow: BodyFlow = {
      before,
      value(expression) {
        seen.add(expression);
        return value(expression, { body: before }, step);
      },
      list(steps, body = before) {
        seen.add(steps);
        return list(steps, body);
      },
      contract: schemaOf,
      sent: (target) => sent(target, before, step),
    };
    const after = typeof pattern?.body === "function" ? pattern.body(step.options, flow) : pattern?.body === "kept" ? before : true;
    checkOptions(step.options, { pattern, seen, before, step });
    return after;
  }

  function sent(target: TargetNode, body: BodySchema, step: StepNode): BodySchema {
    if (target.kind === "channel") {
      const channel = app.channels.find(({ name }) => name === target.channel);
      compare(body, channel?.contract, { ...step, what: `the contract of the channel ${target.channel}` });
      return true;
    }
    if (target.kind !== "route") return true;
    const route = app.routes.find(({ id }) => id === target.route);
    compare(body, route?.input, { ...step, what: `the input of the route ${target.route}` });
    return schemaOf(route?.output);
  }

  /** What the pattern did not ask about: expressions of its own see the body before it, those deeper in its options any. */
  function checkOptions(options: unknown, { pattern, seen, before, step }: OptionsAt): void {
    const visit = (part: unknown, body: BodySchema): void => {
      if (typeof part !== "object" || part === null || seen.has(part)) return;
      seen.add(part);
      if (isLanguageExpression(part)) return void value(part, { body, fold: true }, step);
      if (Array.isArray(part) && part.length > 0 && part.every((one) => isStep(one))) return void list(part, true);
      if (!Array.isArray(part) && !isRecord(part)) return;
      const inner = pattern?.body === "kept" || part === options ? body : true;
      for (const [key, one] of Object.entries(part)) if (key !== "connector") visit(one, inner);
    };
    visit(options, pattern?.body === undefined ? true : before);
  }

  for (const route of app.routes) {
    const body = list(route.steps, schemaOf(route.input));
    const last = route.steps.at(-1) ?? { path: `routes.${route.id}.output`, ...placed(route) };
    if (route.steps.length > 0) compare(body, route.output, { ...last, what: "the route's output" });
    for (const { steps } of [...route.onError, ...route.onComplete, ...route.intercept]) list(steps, true);
  }
  for (const { steps } of [...app.errors.onError, ...app.intercept]) list(steps, true);
  return { errors, warnings };
}

type Where = Pick<StepNode, "path" | "place">;

interface OptionsAt {
  readonly pattern: PatternDefinition | undefined;
  readonly seen: Set<unknown>;
  readonly before: BodySchema;
  readonly step: StepNode;
}

function placed({ place }: Pick<RouteDefinition, "place">): Pick<Finding, "place"> {
  return place === undefined ? {} : { place };
}

function constant(value: unknown): BodySchema {
  return value === undefined ? true : { const: value };
}
