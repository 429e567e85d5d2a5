/** The variables that an app's options name, such as `${ERP_URL}`, without an environment: tests do not depend on the machine. */
export interface TestVariables {
  read(name: string): string;
  /** A text in which stand-ins are the variables again, as in `rest:POST ${ERP_URL}/orders`. */
  shown(text: string): string;
}

/** Variables that are not given have a stand-in that reads as a URL, a host of a domain that exists nowhere (RFC 6761). */
export function createTestVariables(given: Readonly<Record<string, string>>): TestVariables {
  const standIns = new Map<string, string>();
  return {
    read(name) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      if (value !== undefined) return value;
      const standIn = `http://${name.toLowerCase()}.test`;
      standIns.set(standIn, `\${${name}}`);
      return standIn;
    },
    shown: (text) => [...standIns].reduce((shown, [standIn, name]) => shown.replaceAll(standIn, name), text),
  };
}
