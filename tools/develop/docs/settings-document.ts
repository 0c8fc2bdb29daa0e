// docs/settings.md: every setting with its default, its description, and the effect of a change on a deployment that
// exists.
import { defaultOf, descriptionAt, placeAt } from '../../../lib/config/file/schema-walk';
import { type EffectKind, effectsOfChanges, type StatedEffect } from '../../../lib/config/settings/effects';

const heading = `# The settings

Generated from \`lib/config/settings/\` by \`npm run docs\`; do not edit.

Each setting of a file in \`config/\`, and what changing it does to a deployment that exists. \`npm run rehearse\` compares the effects
with the templates before and after such a change.

| effect | meaning |
|---|---|
| nothing | no resource changes |
| update | resources change in place, are added, or are removed |
| servers | the servers are replaced one by one, without a loss of capacity |
| replacement | other resources are replaced; those are named |
| refused | CloudFormation refuses the change and rolls back |
| another deployment | the stacks are created anew in another region or account; the former ones stay |
`;

/** The document, as Markdown. Pure. */
export function settingsDocument(effects: Readonly<Record<string, StatedEffect>> = effectsOfChanges): string {
  const rows = Object.entries(effects).map(([setting, effect]) => {
    const path = setting.split('.');
    return `| \`${setting}\` | ${shown(defaultOf(placeAt(path).outer))} | ${cell(descriptionAt(path))} | ${effectCell(effect)} |`;
  });
  return `${heading}\n| setting | default | meaning | effect of a change |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function effectCell({ kind, replaces, data, stays }: StatedEffect): string {
  const list = (title: string, names: readonly string[] | undefined) => (names?.length ? [`${title}: ${names.join(', ')}`] : []);
  return [
    emphasised(kind),
    ...list('replaced', replaces),
    ...list('data deleted or left behind', data),
    ...list('in the way of the former value', stays),
  ].join('<br>');
}

const emphasised = (kind: EffectKind): string => (kind === 'nothing' || kind === 'update' ? kind : `**${kind}**`);

function shown(given: ReturnType<typeof defaultOf>): string {
  if (given === 'none') return 'required';
  return given.value === undefined ? 'none' : `\`${JSON.stringify(given.value)}\``;
}

/** A text escaped for a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
