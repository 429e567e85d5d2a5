import { isLanguageExpression, isRecord, isStandardSchema, type AppDefinition, type RouteDefinition, type StepNode } from "@portolan/core";

/** The names of the languages that an app's expressions are in. */
export function usedLanguages(app: AppDefinition): ReadonlySet<string> {
  const names = new Set<string>();
  visitObjects(app, (value) => {
    if (isLanguageExpression(value)) names.add(value.language);
  });
  return names;
}

/** The paths of the schema documents that an app names as contracts. */
export function contractPaths(app: AppDefinition): readonly string[] {
  const paths = new Set<string>();
  visitObjects(app, (value) => {
    // Steps and sources have a path, too, but not alone.
    if ("path" in value && typeof value.path === "string" && Object.keys(value).length === 1) paths.add(value.path);
  });
  return [...paths];
}

/** Every list of steps of a route, those within its steps, too. */
export function stepLists(route: RouteDefinition): readonly (readonly StepNode[])[] {
  const lists: (readonly StepNode[])[] = [];
  visitObjects(route, (value) => {
    if (Array.isArray(value) && value.length > 0 && value.every(isStep)) lists.push(value);
  });
  return lists;
}

/** Whether a part of a definition is a step. */
export function isStep(value: unknown): value is StepNode {
  return isRecord(value) && typeof value["pattern"] === "string" && typeof value["path"] === "string" && isRecord(value["options"]);
}

function visitObjects(part: AppDefinition | RouteDefinition, visitor: (value: object) => void): void {
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || isStandardSchema(value) || seen.has(value)) return;
    seen.add(value);
    visitor(value);
    // A connector's definition is code of ours, not a part of the app.
    for (const [key, entry] of Object.entries(value)) if (key !== "connector") visit(entry);
  };
  visit(part);
}
