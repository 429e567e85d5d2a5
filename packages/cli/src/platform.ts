import { connectors } from "@portolan/connectors";
import { asMissingPackage } from "@portolan/core";
import type { Platform } from "@portolan/host";

/** Everything that this distribution brings; what an app does not use is not loaded. */
export const platform: Platform = {
  connectors,
  languages: {
    jsonata: async () => (await import("@portolan/mapping")).jsonataLanguage,
    mustache: async () => (await import("@portolan/mapping/mustache")).mustacheLanguage,
    xpath: () => needed("libxml2-wasm", "an expression in XPath", async () => (await import("@portolan/mapping/xpath")).xpathLanguage),
    table: async (directory) => (await import("@portolan/mapping/table")).createTableLanguage({ directory }),
  },
  formats: async (directory) => (await import("@portolan/formats")).createFormats([], { directory }),
  async contracts(directory, paths) {
    const xsd = paths.some((path) => /\.xsd$/i.test(path)) ? await needed("libxml2-wasm", "a contract in XML Schema", loadXsd) : undefined;
    return (await import("@portolan/formats")).createContracts({ directory, xsd });
  },
  openRequestCheck: async (wanted, services) => (await import("@portolan/connectors/rest")).openRequestCheck(wanted, services),
};

async function loadXsd() {
  return (await import("@portolan/formats/xsd")).createXsdCheck;
}

/** Loads what needs a package that people install themselves. */
async function needed<T>(name: string, what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (thrown) {
    throw asMissingPackage(thrown, what, [name]);
  }
}
