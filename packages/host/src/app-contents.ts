import { isLanguageExpression, isStandardSchema, type AppDefinition } from "@portolan/core";

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

function visitObjects(app: AppDefinition, visitor: (value: object) => void): void {
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || isStandardSchema(value) || seen.has(value)) return;
    seen.add(value);
    visitor(value);
    // A connector's definition is code of ours, not a part of the app.
    for (const [key, entry] of Object.entries(value)) if (key !== "connector") visit(entry);
  };
  visit(app);
}
