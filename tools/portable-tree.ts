import os from "node:os";
import path from "node:path";

interface Pattern {
  readonly what: string;
  readonly pattern: RegExp;
}

const ANYWHERE: readonly Pattern[] = [
  { what: "a home directory", pattern: /(?<![\w.~}\])])\/(?:home|Users)\/[\w.-]+|(?<![\w.~}\])])\/[r]oot\b/ },
  { what: "a registry's host", pattern: /https?:\/\/(?:registry|npm|mirror|nexus|artifactory|verdaccio)[\w.-]*\.\w+/ },
  { what: "a registry setting", pattern: /^\s*(?:@[\w-]+:)?registry\s*=|:_auth(?:Token)?\s*=/m },
];

/** What ties a text to one machine: its paths, its registry. `root` is the checkout on this machine. */
export function machineFindings(file: string, text: string, root: string): readonly string[] {
  return [...ANYWHERE, ...here(root)].flatMap(({ what, pattern }) => {
    const match = pattern.exec(text);
    if (match === null) return [];
    const line = text.slice(0, match.index).split("\n").length;
    return [`${file}:${line}: ${what}: ${match[0].trim()}`];
  });
}

function here(root: string): readonly Pattern[] {
  const parent = path.dirname(root);
  const apart = parent !== "/" && parent !== os.tmpdir();
  const registry = process.env["npm_config_registry"];
  return [
    { what: "a path on this machine", pattern: literal(apart ? `${parent}/` : root) },
    ...(registry === undefined ? [] : [{ what: "this machine's registry", pattern: literal(new URL(registry).host) }]),
  ];
}

function literal(text: string): RegExp {
  return new RegExp(`(?<![\\w.])${RegExp.escape(text)}`);
}
