/*
 * The page of a plan, as a template of Handlebars, which escapes every value. Without scripts: what is folded opens by
 * `details`, all at once by a checkbox.
 */
const STYLE = `
:root {
  color-scheme: light dark;
  --line: color-mix(in srgb, currentColor 18%, transparent);
  --soft: color-mix(in srgb, currentColor 5%, transparent);
}
* { box-sizing: border-box; }
body {
  font: 15px/1.5 system-ui, sans-serif;
  max-width: 70rem;
  margin: 1.5rem auto;
  padding: 0 1rem;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.4rem; margin-bottom: .2rem; } .meta, .legend, footer { opacity: .75; margin: .2rem 0; }
a { color: light-dark(#0550ae, #79b8ff); }
section { border: 1px solid var(--line); border-radius: .6rem; padding: .7rem 1.1rem; margin: 1rem 0; }
h2 { font-size: 1.05rem; margin: .2rem 0; } h2 span { font-weight: 400; opacity: .7; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { opacity: .7; font-weight: 500; }
td:first-child, th:first-child { width: 1.6rem; font-weight: 700; }
.where { width: 26%; }
pre {
  overflow-x: auto;
  font: 12.5px/1.45 ui-monospace, monospace;
  border-left: 3px solid var(--line);
  padding-left: .8rem;
  overflow-wrap: normal;
}
.add { background: color-mix(in srgb, #2da44e 22%, transparent); }
.del { background: color-mix(in srgb, #cf222e 20%, transparent); }
pre span { display: block; min-height: 1.45em; }
summary { cursor: pointer; }
details { margin: .2rem 0; }
ul { padding-left: 1.2rem; }
.warn { border-left: 4px solid #d4a72c; padding: .1rem .7rem; background: var(--soft); }
body:has(#all:checked) details::details-content { content-visibility: visible; block-size: auto; }
@media print { details::details-content { content-visibility: visible; block-size: auto; } label { display: none; } }
@media (max-width: 40rem) {
  body { font-size: 14px; margin: .8rem auto; padding: 0 .7rem; } section { padding: .5rem .7rem; }
  thead { display: none; }
  tr { display: grid; grid-template-columns: 1.6rem 1fr; border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td, td.where { border: 0; padding: .1rem .3rem; width: auto; } td:not(:first-child) { grid-column: 2; }
}`;

export const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plan {{digest}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}
</style></head><body>
<h1>Plan: {{count}}</h1>
<p class="meta">{{head}} {{base}} · {{unchanged}} · plan {{digest}}</p>
{{#each above}}<p class="warn">{{this}}</p>{{/each}}
{{#if rows}}<table><thead><tr><th></th><th>where</th><th>what happens</th><th>users notice</th></tr></thead><tbody>
{{#each rows}}<tr><td>{{marker}}</td><td class="where">{{#if to}}<a href="#{{to}}">{{title}}</a>{{else}}{{title}}{{/if}} {{wave}}</td><td>{{summary}}</td><td>{{effects}}</td></tr>
{{/each}}</tbody></table>
<p class="legend">+ comes · → is taken over · ~ changes · − goes · = stays · ? runs, but no file names it</p>
{{else}}<p>Everything that is merged already runs. Merging this changes no hub.</p>{{/if}}
{{#each notes}}<p class="warn">{{this}}</p>{{/each}}
{{#if findings}}<details id="check"><summary>check: {{found}}</summary>
{{#each findings}}<p class="warn">{{this}}</p>{{/each}}</details>{{/if}}
{{#if groups}}<p><label><input type="checkbox" id="all"> open everything that is folded</label></p>{{/if}}
{{#each groups}}<section id="{{id}}">
<h2>{{marker}} {{title}} <span>{{wave}}</span></h2>
<p>Users notice: {{effects}}</p>
<ul>{{#each reasons}}<li>{{text}}{{#if follows}}<details><summary>{{title}}</summary><ul>{{#each follows}}<li>{{this}}</li>{{/each}}</ul></details>{{/if}}</li>{{/each}}</ul>
{{#each objects}}{{#if lines}}<details><summary>{{kind}} {{name}}: {{how}}, +{{plus}} −{{minus}}</summary>
<pre>{{#each lines}}<span class="{{class}}">{{text}}</span>{{/each}}</pre></details>
{{else}}<p>{{kind}} {{name}}: {{how}}</p>
{{/if}}{{/each}}</section>
{{/each}}
<footer><p>The same on your machine: <code>{{call}} plan</code> ·
why a rule exists: <code>{{call}} explain RULE</code></p></footer>
</body></html>
`;
