/** The parts of a package.json that differ between the workspace and what is published. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const SOURCE_CONDITION = "portolan-source";

/** A package.json without what only makes sense inside the workspace: the condition that leads to sources, development tools. */
export function publishedManifest<M extends Manifest>(manifest: M): Omit<M, "devDependencies"> {
  const { devDependencies: _unpublished, ...published } = manifest;
  return manifest.exports === undefined ? published : { ...published, exports: withoutSources(manifest.exports) };
}

/** An executable whose first line asks for sources no more. */
export function publishedBin(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return [first.replace(` --conditions=${SOURCE_CONDITION}`, ""), ...rest].join("\n");
}

function withoutSources(exports: unknown): unknown {
  if (typeof exports !== "object" || exports === null) return exports;
  const kept = Object.entries(exports).filter(([condition]) => condition !== SOURCE_CONDITION);
  return Object.fromEntries(kept.map(([condition, target]) => [condition, withoutSources(target)]));
}
