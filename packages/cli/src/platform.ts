import { connectors } from "@portolan/connectors";
import type { Platform } from "@portolan/host";

/** Everything that this distribution brings; what an app does not use is not loaded. */
export const platform: Platform = {
  connectors,
  languages: {
    jsonata: async () => (await import("@portolan/mapping")).jsonataLanguage,
    mustache: async () => (await import("@portolan/mapping/mustache")).mustacheLanguage,
    table: async (directory) => (await import("@portolan/mapping/table")).createTableLanguage({ directory }),
  },
  formats: async (directory) => (await import("@portolan/formats")).createFormats([], { directory }),
  contracts: async (directory) => (await import("@portolan/formats")).createContracts({ directory }),
};
