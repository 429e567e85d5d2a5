/** Text of a page in which everything that came from elsewhere is escaped. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Html[];

/** A template of HTML: values are escaped unless they are HTML already; undefined is nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + (index < parts.length ? written(parts[index]) : "")).join("") };
}

function written(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return "html" in part ? part.html : part.map((one) => one.html).join("");
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

export const NOTHING: Html = { html: "" };

/** A section with a heading that can be linked to, or nothing where there is nothing to say. */
export function section(title: string, content: Html | readonly Html[]): Html {
  const inner = "html" in content ? content : { html: content.map((one) => one.html).join("") };
  return inner.html === ""
    ? NOTHING
    : html`<section id="${slug(title)}">
        <h2>${title}</h2>
        ${inner}
      </section>`;
}

export function table(head: readonly string[], rows: readonly (readonly (Html | string)[])[]): Html {
  if (rows.length === 0) return NOTHING;
  const cells = rows.map(
    (row) =>
      html`<tr>
        ${row.map((cell) => html`<td>${cell}</td>`)}
      </tr>`,
  );
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${cells}
      </tbody>
    </table>
  </div>`;
}

/** A list of terms and what is said of them; terms without anything are left out. */
export function facts(entries: readonly (readonly [string, Html | string | undefined])[]): Html {
  const given = entries.filter(([, value]) => value !== undefined && value !== "");
  return given.length === 0
    ? NOTHING
    : html`<dl>
        ${given.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>`;
}

export function code(text: string): Html {
  return html`<code>${text}</code>`;
}

export function block(text: string, label: string): Html {
  // Long lines scroll, for those with a keyboard as well.
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;
}

export function json(value: unknown, label: string): Html {
  return block(typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? ""), label);
}

export function joined(parts: readonly Html[], between: string): Html {
  return { html: parts.map((one) => one.html).join(between) };
}

/** A name for a file or a place in a page. */
export function slug(name: string): string {
  return encodeURIComponent(name.replaceAll(/[\s/\\:*?"<>|{}#%]+/g, "-"));
}
