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
        return nextResolve(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
