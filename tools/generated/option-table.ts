import { formatDuration, type OptionSpec, type OptionSpecs, type OptionType } from "@portolan/core";

/** The options of a component as a Markdown table, and one more table for each option that is itself a map of options. */
export function optionTables(specs: OptionSpecs, heading: string): string {
  return tables({ path: "", specs }).join("\n\n").replaceAll(/^§/gm, heading);
}

interface Level {
  /** The option that these options are in, such as `when[]`; empty for the component's own. */
  readonly path: string;
  readonly specs: OptionSpecs;
}

function tables({ path, specs }: Level): readonly string[] {
  const entries = Object.entries<OptionSpec>(specs);
  if (entries.length === 0) return ["It has no options."];
  const rows = entries.map(([name, spec]) => `| \`${name}\` | ${cell(typeOf(spec))} | ${presence(spec)} | ${cell(description(spec))} |`);
  const table = ["| option | type | default | |", "| --- | --- | --- | --- |", ...rows].join("\n");
  const nested = entries.flatMap(([name, spec]) => inner(path === "" ? name : `${path}.${name}`, spec.type));
  return [path === "" ? table : `§ Options of \`${path}\`\n\n${table}`, ...nested];
}

function inner(path: string, type: OptionType<unknown>): readonly string[] {
  if (type.specs !== undefined) return tables({ path, specs: type.specs });
  return type.item === undefined ? [] : inner(`${path}[]`, type.item);
}

function typeOf({ type }: OptionSpec): string {
  if (type.specs !== undefined) return "a map of options";
  return type.item?.specs === undefined ? type.expected : `${type.kind === "map" ? "a map of names" : "a list"}, each a map of options`;
}

function presence(spec: OptionSpec): string {
  if (spec.presence === "required") return "required";
  if (spec.presence === "optional") return "none";
  return spec.type.specs === undefined ? cell(`\`${defaultText(spec)}\``) : "see below";
}

function defaultText({ type, default: value }: OptionSpec): string {
  if (type.kind === "duration" && typeof value === "number") return formatDuration(value);
  if (type.kind === "bytes" && typeof value === "number") return formatBytes(value);
  return typeof value === "string" && value !== "" ? value : (JSON.stringify(value) ?? "none");
}

function formatBytes(bytes: number): string {
  const units = ["b", "kb", "mb", "gb"];
  const power = units.findLastIndex((_unit, index) => bytes % 1024 ** index === 0 && bytes >= 1024 ** index);
  return `${bytes / 1024 ** Math.max(0, power)}${units[Math.max(0, power)]}`;
}

function description(spec: OptionSpec): string {
  const secret = spec.secret === true ? " Secret: never logged, traced or shown." : "";
  const example = spec.example === undefined ? "" : ` Example: \`${JSON.stringify(spec.example)}\`.`;
  return `${sentence(spec.description)}${secret}${example}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
