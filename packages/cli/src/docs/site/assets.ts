/** The look of the site: plain, readable, in the light that the reader prefers. */
export const STYLE = `:root{color-scheme:light dark;--page:#fff;--ink:#1c2430;--soft:#5b6675;--line:#d9dee6;--panel:#f5f7fa;--link:#0b57a4;--mark:#e8f1fb;--send:#e6f4ea;--source:#fdf3e0;--bad:#b3261e}
:root[data-theme=dark]{color-scheme:dark;--page:#12161c;--ink:#e4e9f0;--soft:#9aa6b5;--line:#2c3541;--panel:#1a2029;--link:#7db7f5;--mark:#1b2c40;--send:#17301f;--source:#33291a;--bad:#ff8a80}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--page:#12161c;--ink:#e4e9f0;--soft:#9aa6b5;--line:#2c3541;--panel:#1a2029;--link:#7db7f5;--mark:#1b2c40;--send:#17301f;--source:#33291a;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr);min-height:100vh}
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,pre:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-999px}.skip:focus{left:1rem;top:1rem;background:var(--page);padding:.5rem;z-index:2}
nav{border-right:1px solid var(--line);background:var(--panel);padding:1.25rem;position:sticky;top:0;height:100vh;overflow:auto}
nav h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin:1.4rem 0 .4rem}
nav ul{list-style:none;margin:0;padding:0}nav li a{display:block;padding:.2rem .5rem;border-radius:6px;text-decoration:none;overflow-wrap:anywhere}
nav li a:hover,nav li a[aria-current]{background:var(--mark)}nav .name{font-weight:700;font-size:1.1rem;text-decoration:none;color:inherit}
nav form{margin-top:1rem}input[type=search]{width:100%;font:inherit;padding:.4rem .6rem;border:1px solid var(--line);border-radius:8px;background:var(--page);color:inherit}
#found{margin:.5rem 0 0}#found small{display:block;color:var(--soft)}
main{padding:2rem clamp(1rem,4vw,3.5rem) 4rem;max-width:72rem}
h1{font-size:1.9rem;line-height:1.2;margin:.2rem 0 .6rem;overflow-wrap:anywhere}h2{font-size:1.25rem;margin:2.2rem 0 .7rem;padding-top:.6rem;border-top:1px solid var(--line)}h3{font-size:1.02rem;margin:1.4rem 0 .5rem}
.lead{font-size:1.1rem;color:var(--soft);margin:0 0 1rem}
code,pre{font:.88em/1.5 ui-monospace,SFMono-Regular,Consolas,monospace}code{background:var(--panel);border-radius:4px;padding:.1em .3em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;overflow:auto;margin:.4rem 0}pre code{background:none;padding:0}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.4rem 0}th,td{text-align:left;vertical-align:top;padding:.45rem .8rem .45rem 0;border-bottom:1px solid var(--line)}th{font-size:.85rem;color:var(--soft);font-weight:600}
dl{display:grid;gap:.35rem;margin:.4rem 0}dl div{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:1rem}dt{color:var(--soft)}dd{margin:0}
.limits{color:var(--soft);font-size:.9em}.tags span,.verb{display:inline-block;background:var(--mark);border-radius:6px;padding:.05rem .5rem;margin-right:.35rem;font-size:.88rem}.verb{font:700 .8rem ui-monospace,monospace;min-width:4.2rem;text-align:center}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:1rem}.pair>div{min-width:0}.bad{color:var(--bad)}
.flow{max-width:none;font:13px system-ui,sans-serif}.flow rect{fill:var(--panel);stroke:var(--line)}.flow .send rect{fill:var(--send)}.flow .source rect{fill:var(--source)}
.flow text{fill:var(--ink);text-anchor:middle}.flow .title{font-weight:600}.flow .detail{fill:var(--soft);font:11.5px ui-monospace,monospace}.flow .label{text-anchor:start;fill:var(--soft);font-size:11.5px}.flow .line{fill:none;stroke:var(--soft)}.flow marker path{fill:var(--soft)}
summary{cursor:pointer;color:var(--link)}footer{margin-top:3rem;color:var(--soft);font-size:.9rem}
button{font:inherit;border:1px solid var(--line);background:var(--page);color:inherit;border-radius:8px;padding:.3rem .7rem;cursor:pointer;margin-top:1rem}
@media (max-width:52rem){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}dl div{grid-template-columns:1fr;gap:0}}
@media print{nav{display:none}body{display:block}}
`;

/** Search and the choice of light; without it the site is complete all the same. */
export const SCRIPT = `(() => {
  const root = document.documentElement;
  const store = { get: () => { try { return localStorage.getItem("theme"); } catch { return null; } }, set: (value) => { try { localStorage.setItem("theme", value); } catch { return; } } };
  const chosen = store.get();
  if (chosen) root.dataset.theme = chosen;
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const theme = document.getElementById("theme");
  theme.hidden = false;
  const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; store.set(root.dataset.theme); label(); });
  label();
  const form = document.getElementById("search");
  const input = form.querySelector("input");
  const found = document.getElementById("found");
  form.hidden = false;
  const base = document.body.dataset.base;
  const search = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const score = (page) => words.every((word) => page.text.includes(word)) ? words.reduce((sum, word) => sum + (page.title.toLowerCase().includes(word) ? 10 : 1), 0) : 0;
    const best = words.length === 0 ? [] : window.PORTOLAN_PAGES.map((page) => ({ page, score: score(page) })).filter((one) => one.score > 0).sort((a, b) => b.score - a.score).slice(0, 12);
    found.replaceChildren(...best.map(({ page }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = base + page.url;
      link.textContent = page.title;
      const kind = document.createElement("small");
      kind.textContent = page.kind;
      link.append(kind);
      item.append(link);
      return item;
    }));
    document.getElementById("count").textContent = words.length === 0 ? "" : best.length === 0 ? "Nothing found." : best.length + " found.";
  };
  input.addEventListener("input", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); found.querySelector("a")?.click(); });
  document.addEventListener("keydown", (event) => { if (event.key === "/" && !/^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")) { event.preventDefault(); input.focus(); } });
})();
`;
