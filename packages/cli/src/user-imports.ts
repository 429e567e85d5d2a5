import { registerHooks } from "node:module";

/**
 * Lets an app's code import `portolan` where no package of that name is installed beside it, so that a single file runs
 * without a project. An installed one is preferred.
 */
export function provideOwnPackage(): void {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== "portolan" && !specifier.startsWith("portolan/")) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") throw error;
        return resolveBeside(import.meta.url, error, (parentURL) => nextResolve(specifier, { ...context, parentURL }));
      }
    },
  });
}

function resolveBeside<Resolved>(url: string, original: Error, resolve: (parentURL: string) => Resolved): Resolved {
  try {
    return resolve(url);
  } catch {
    // The app's own import is what cannot be found; where else it was looked for would mislead.
    throw original;
  }
}
