/** Says whether a URI is of a template, and what its placeholders are. */
export type UriMatch = (uri: string) => Readonly<Record<string, string>> | undefined;

const PLACEHOLDER = /\{([^{}]*)\}/g;
const NAME = /^[A-Za-z_]\w*$/;

/** What is wrong with a template, in words; undefined if nothing is. */
export function checkTemplate(template: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(template)) return "expected a scheme, as in orders://today";
  if (/[\s\p{Cc}]/u.test(template)) return "it has blanks";
  if (/[{}]/.test(template.replaceAll(PLACEHOLDER, ""))) return "a brace is not closed or not opened";
  const names = placeholders(template);
  const wrong = names.find((name) => !NAME.test(name));
  if (wrong !== undefined) return `{${wrong}} is no placeholder: expected a name such as {id}`;
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  return repeated === undefined ? undefined : `the placeholder {${repeated}} occurs twice`;
}

export function isTemplate(template: string): boolean {
  return placeholders(template).length > 0;
}

/** A placeholder is one segment: not empty, without a slash. Percent-encodings in it are decoded. */
export function createUriMatch(template: string): UriMatch {
  const names = placeholders(template);
  const pattern = new RegExp(`^${template.split(PLACEHOLDER).map(patternOfPart).join("")}$`);
  return (uri) => {
    const found = pattern.exec(uri);
    if (found === null) return undefined;
    try {
      return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? "")]));
    } catch {
      // An encoding that stands for nothing is of no resource.
      return undefined;
    }
  };
}

/** Splitting at a pattern with a group yields texts and names in turn. */
function patternOfPart(part: string, index: number): string {
  return index % 2 === 0 ? RegExp.escape(part) : "([^/?#]+)";
}

function placeholders(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}
