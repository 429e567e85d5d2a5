/** An element as it is read, before it becomes data. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: (XmlElement | string)[];
}

/**
 * The data of an element: its text if it has neither attributes nor elements, otherwise a map of `@attribute`, `#text`
 * and elements by name, a list where a name occurs again. Where texts stand between elements, or elements of one name do not
 * stand together, `#content` lists them in order.
 */
export function dataOf({ attributes, children }: XmlElement, lists: ReadonlySet<string>): unknown {
  const elements = children.filter((child) => typeof child !== "string");
  const text = children.filter((child) => typeof child === "string").join("");
  if (attributes.length === 0 && elements.length === 0) return text;
  // Pairs, since a plain map must own whatever name it is given.
  const entries: [string, unknown][] = attributes.map(([name, value]) => [`@${name}`, value]);
  if (elements.length === 0) return Object.fromEntries(text === "" ? entries : [...entries, ["#text", text]]);
  if (/[^ \t\r\n]/.test(text) || !areGrouped(elements)) {
    const content = children.map((child) => (typeof child === "string" ? child : Object.fromEntries([[child.name, dataOf(child, lists)]])));
    return Object.fromEntries([...entries, ["#content", content]]);
  }
  for (const [name, group] of Map.groupBy(elements, (element) => element.name)) {
    const values = group.map((element) => dataOf(element, lists));
    entries.push([name, values.length > 1 || lists.has(name) ? values : values[0]]);
  }
  return Object.fromEntries(entries);
}

function areGrouped(elements: readonly XmlElement[]): boolean {
  const changes = elements.filter((element, index) => element.name !== elements[index - 1]?.name);
  return changes.length === new Set(changes.map((element) => element.name)).size;
}
