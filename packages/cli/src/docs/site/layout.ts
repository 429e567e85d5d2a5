import { html, type Html } from "./html.ts";

/** A page of the site before it has its frame. */
export interface Page {
  /** Where it is below the site's folder, such as `routes/placeOrder.html`. */
  readonly url: string;
  readonly title: string;
  /** What it is about, such as `route`. */
  readonly kind: string;
  readonly content: Html;
}

export interface Site {
  readonly name: string;
  readonly version: string;
  readonly menu: readonly MenuGroup[];
}

export interface MenuGroup {
  readonly title: string;
  readonly links: readonly { readonly url: string; readonly title: string }[];
}

/** What pages may load: nothing from elsewhere. */
const POLICY =
  "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src 'self' data: file:; base-uri 'none'; form-action 'none'";

/** A whole page: it is complete without a script, and works from a disk. */
export function framed({ url, title, content }: Page, { name, version, menu }: Site): string {
  const base = "../".repeat(url.split("/").length - 1);
  const groups = menu
    .filter(({ links }) => links.length > 0)
    .map(
      (group) =>
        html`<h2>${group.title}</h2>
          <ul>
            ${group.links.map((link) => html`<li><a href="${base}${link.url}" ${link.url === url ? html` aria-current="page"` : ""}>${link.title}</a></li>`)}
          </ul>`,
    );
  const { html: text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – ${name}</title>
        <link rel="stylesheet" href="${base}assets/site.css" />
      </head>
      <body data-base="${base}">
        <a class="skip" href="#main">To the content</a>
        <nav aria-label="Pages">
          <a class="name" href="${base}index.html">${name}</a> <small>${version}</small>
          <form id="search" role="search" hidden>
            <input type="search" aria-label="Search" placeholder="Search ( / )" autocomplete="off" aria-describedby="count" />
          </form>
          <ul id="found"></ul>
          <p id="count" role="status"></p>
          ${groups}
          <button id="theme" type="button" hidden>Dark</button>
        </nav>
        <main id="main">
          ${content}
          <footer>Made of the app's own definition by <code>portolan docs</code>.</footer>
        </main>
        <script src="${base}assets/pages.js"></script>
        <script src="${base}assets/site.js"></script>
      </body>
    </html> `;
  return text;
}

/** What the search looks through: the words of all pages. */
export function searchIndex(pages: readonly Page[]): string {
  const entries = pages.map(({ url, title, kind, content }) => ({ url, title, kind, text: `${title} ${plain(content)}`.toLowerCase() }));
  return `window.PORTOLAN_PAGES = ${JSON.stringify(entries).replaceAll("<", String.raw`\u003c`)};\n`;
}

function plain({ html: text }: Html): string {
  return text
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ")
    .trim();
}
