import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A package that is loaded with its first use: most apps need no tables of countries, and a mapping cannot wait for an import. */
export function lazily<Package>(name: string): () => Package {
  let loaded: { readonly package: Package } | undefined;
  // What a package exports is told by the caller's type, as with `import`.
  return () => (loaded ??= { package: require(name) as Package }).package;
}
