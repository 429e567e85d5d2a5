/** A folder of packages/ and what its sources may import. */
export interface Room {
  readonly imports: readonly string[];
  /** Rooms of which only types may be imported. */
  readonly types?: readonly string[];
  /** Folders of its src/ never import one another. */
  readonly foldersApart?: boolean;
  /** Of folders apart, those that the others may import, and that import none of them. */
  readonly shared?: readonly string[];
}

const LIBRARY = [
  "core",
  "engine",
  "stores",
  "formats",
  "mapping",
  "observe",
  "security",
  "model",
  "gateway",
  "connectors",
  "importers",
  "testkit",
  "host",
  "console",
];

/** The arrows between the rooms. The lint rule `portolan/arrows` enforces them; there is no second list. */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: { imports: [] },
  engine: { imports: ["core"] },
  stores: { imports: ["core"] },
  formats: { imports: ["core"] },
  mapping: { imports: ["core"] },
  observe: { imports: ["core"] },
  security: { imports: ["core"] },
  model: { imports: ["core"] },
  gateway: { imports: ["core", "security"] },
  connectors: { imports: ["core", "formats", "gateway"], foldersApart: true, shared: ["http"] },
  importers: { imports: ["core"], types: ["engine"] },
  testkit: { imports: ["core", "engine"] },
  host: { imports: ["core", "engine", "stores", "observe", "security", "gateway"] },
  console: { imports: [], types: ["host"] },
  cli: { imports: LIBRARY },
  portolan: { imports: [...LIBRARY, "cli"] },
};

/** What test files may import beyond their room's arrows. */
export const TEST_ROOM = "testkit";

/** The room of an import specifier such as `@portolan/core` or `portolan/rest`. */
export function roomOfSpecifier(specifier: string): string | undefined {
  const [first, second] = specifier.split("/");
  if (first === "portolan") return "portolan";
  return first === "@portolan" ? second : undefined;
}

/** Why a room may not import another, or undefined if it may. */
export function breachOfArrow(from: string, to: string, how: { readonly typeOnly: boolean; readonly test: boolean }): string | undefined {
  const room = ROOMS[from];
  if (room === undefined) return `"${from}" is no room: add it to tools/rooms.ts`;
  if (from === to) return how.test ? undefined : `${from} imports itself by its package name: use a relative path`;
  if (room.imports.includes(to) || (how.test && to === TEST_ROOM)) return undefined;
  if (room.types?.includes(to) === true) return how.typeOnly ? undefined : `${from} may import only types of ${to}`;
  const allowed = [...room.imports, ...(room.types ?? []).map((name) => `types of ${name}`), ...(how.test ? [TEST_ROOM] : [])];
  return `${from} may not import ${to}, only ${allowed.join(", ") || "nothing of ours"}`;
}
