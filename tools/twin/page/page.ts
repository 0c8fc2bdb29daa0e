// The status page: the state of each part, the hits received and stored, the counterpart of each part in AWS, the
// state of each clause.
import type { TwinSite } from '../parts/sites';
import type { ClauseTable } from './clauses';
import { Html, html } from './html';
import { figures, type Live, type StoredHit } from './live';
import { partRows } from './parts-table';
import { sampleAddresses } from './samples';

export interface PageContent {
  readonly live: Live;
  readonly sites: readonly TwinSite[];
  readonly clauses: ClauseTable;
  readonly collector: string;
  /** Result of the sample hits that were just sent, and the key of their site. */
  readonly message?: string;
  readonly chosen?: string;
}

/** The whole page; complete without scripts, which only update its figures. */
export function statusPage(content: PageContent): string {
  const { live, sites, clauses, collector, message, chosen } = content;
  const body = html`<a class="skip" href="#main">Skip to the content</a>
<header>
  <h1>Rempart, the twin</h1>
  <p>The moving parts of the stack on this machine. The collector listens at <code>${collector}</code>.</p>
  <nav aria-label="On this page"><ul>
    <li><a href="#live">Hits</a></li><li><a href="#samples">Sample hits</a></li><li><a href="#parts">Parts</a></li><li><a href="#clauses">Clauses</a></li>
  </ul></nav>
</header>
<main id="main" tabindex="-1">
<p id="message" role="status" class="message">${message}</p>
${liveSection(live, sites)}
${sampleSection(sites, chosen)}
${recentSection(live.recent)}
${partsSection(live)}
${clausesSection(clauses)}
</main>
<footer><p>Stop the twin with Ctrl-C where it was started.</p></footer>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rempart, the twin</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/twin.css">
<script src="/twin.js" defer></script>
</head>
<body>
${body.text}
</body>
</html>
`;
}

function liveSection({ texts }: Live, sites: readonly TwinSite[]): Html {
  return html`<section id="live" aria-labelledby="live-title">
<h2 id="live-title">Hits</h2>
<noscript><p>Scripts are off: reload the page to update the figures.</p></noscript>
<dl class="figures">
${figures.map(([name, label]) => html`<div><dt>${label}</dt><dd data-live="${name}">${texts[name] ?? '–'}</dd></div>`)}
</dl>
<div class="wide" tabindex="0" role="region" aria-label="Hits of each site"><table>
<caption>Hits stored for each site</caption>
<thead><tr><th scope="col">Site</th><th scope="col">Key</th><th scope="col">Its settings show</th><th scope="col" class="number">Stored</th></tr></thead>
<tbody>
${sites.map(
  ({ id, key, name, shows }) => html`<tr><th scope="row">${name}</th><td><code>${key}</code></td><td>${shows}</td>
  <td class="number" data-live="stored-${id}">${texts[`stored-${id}`] ?? '0'}</td></tr>`,
)}
</tbody></table></div>
</section>`;
}

function sampleSection(sites: readonly TwinSite[], chosen?: string): Html {
  const { pixel, beacon, batch } = sampleAddresses;
  return html`<section id="samples" aria-labelledby="samples-title">
<h2 id="samples-title">Send sample hits</h2>
<form method="post" action="/sample">
<label for="site">Site</label>
<select id="site" name="site">
${sites.map(({ key, name }) => html`<option value="${key}"${key === chosen ? new Html(' selected') : undefined}>${name}</option>`)}
</select>
<button type="submit">Send four sample hits</button>
</form>
<p>A pixel from <code>${pixel}</code>, a beacon from <code>${beacon}</code> of a browser that sends <code>DNT: 1</code>, and a batch of two from
<code>${batch}</code>, each with <code>email</code> and <code>patient</code>. Compare them with the stored hits:</p>
</section>`;
}

function recentSection(recent: readonly StoredHit[]): Html {
  return html`<section id="recent" aria-labelledby="recent-title">
<h2 id="recent-title">Stored last</h2>
<div class="wide" tabindex="0" role="region" aria-label="The newest hits"><table>
<caption>The newest hits in the database</caption>
<thead><tr><th scope="col">Received</th><th scope="col">Site</th><th scope="col">Kind</th><th scope="col">URL</th><th scope="col">Address</th><th scope="col">Visitor</th><th scope="col">Fields</th></tr></thead>
<tbody id="recent-rows">
${recent.map(
  ({ id, received, site, kind, url, address, visitor, fields }) =>
    html`<tr data-hit="${id}"><td>${received}</td><td>${site}</td><td>${kind}</td><td>${url}</td><td>${address}</td><td>${visitor}</td><td>${fields}</td></tr>`,
)}
</tbody></table></div>
</section>`;
}

function partsSection({ parts }: Live): Html {
  const state = (name: (typeof partRows)[number]['state']) =>
    name === undefined
      ? new Html('<td>–</td>')
      : html`<td><span class="state ${parts[name]}" data-part="${name}">${parts[name]}</span></td>`;
  return html`<section id="parts" aria-labelledby="parts-title">
<h2 id="parts-title">The parts and their counterparts in AWS</h2>
<div class="wide" tabindex="0" role="region" aria-label="Parts of the twin"><table>
<caption>Each part of the twin, its counterpart in the deployed stack, and what it cannot show</caption>
<thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col">In the twin</th><th scope="col">In AWS</th><th scope="col">What the twin cannot show</th></tr></thead>
<tbody>
${partRows.map(
  ({ name, state: of, twin, aws, cannotShow }) =>
    html`<tr><th scope="row">${name}</th>${state(of)}<td>${twin}</td><td>${aws}</td><td>${cannotShow}</td></tr>`,
)}
</tbody></table></div>
</section>`;
}

function clausesSection({ source, chapters }: ClauseTable): Html {
  return html`<section id="clauses" aria-labelledby="clauses-title">
<h2 id="clauses-title">The clauses</h2>
<p>${source}</p>
${chapters.map(
  ({ id, title, clauses }) => html`<div class="wide" tabindex="0" role="region" aria-label="${id}"><table class="clauses">
<caption>${id}: ${title}</caption>
<thead><tr><th scope="col">Clause</th><th scope="col">Promise</th><th scope="col">State</th><th scope="col">By</th></tr></thead>
<tbody>
${clauses.map(
  ({ id: clause, title: promise, state, by }) => html`<tr><th scope="row">${clause}</th><td>${promise}</td>
  <td><span class="state ${state.replaceAll(' ', '-')}">${state}</span></td><td>${by.map((line) => html`<div>${line}</div>`)}</td></tr>`,
)}
</tbody></table></div>`,
)}
</section>`;
}
