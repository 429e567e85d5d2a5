import { PortolanError } from "@portolan/core";

/** Opens what a route or a step of it needs; if that fails, the error tells which. */
export async function opening<T>(at: { readonly route: string; readonly step?: string }, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof PortolanError) {
      error.route ??= at.route;
      error.step ??= at.step;
    }
    throw error;
  }
}
