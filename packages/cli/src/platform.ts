import { connectors } from "@portolan/connectors";
import { PortolanError } from "@portolan/core";
import type { Platform } from "@portolan/host";

/** Everything that this distribution brings; what an app does not use is not loaded. */
export const platform: Platform = {
  connectors,
  languages: {
    jsonata: async () => (await import("@portolan/mapping")).jsonataLanguage,
    mustache: async () => (await import("@portolan/mapping/mustache")).mustacheLanguage,
    xpath: () => needed("libxml2-wasm", "expressions in XPath", async () => (await import("@portolan/mapping/xpath")).xpathLanguage),
    table: async (directory) => (await import("@portolan/mapping/table")).createTableLanguage({ directory }),
  },
  formats: async (directory) => (await import("@portolan/formats")).createFormats([], { directory }),
  async contracts(directory, paths) {
    const xsd = paths.some((path) => /\.xsd$/i.test(path)) ? await needed("libxml2-wasm", "contracts in XML Schema", loadXsd) : undefined;
    return (await import("@portolan/formats")).createContracts({ directory, xsd });
  },
};

async function loadXsd() {
  return (await import("@portolan/formats/xsd")).createXsdCheck;
}

/** Loads what needs a package that people install themselves. */
async function needed<T>(name: string, what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${what} need the package ${name}`, { cause, hint: `npm install ${name}` });
  }
}
