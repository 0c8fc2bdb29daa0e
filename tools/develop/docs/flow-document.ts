// docs/flows.md: every flow of a deployment, and the ways that are open for planned stacks.
import { flowsOf } from '../../../lib/config/flows/all';
import type { Flow } from '../../../lib/config/flows/flow';

const heading = `# The flows

Generated from \`lib/config/flows/\` by \`npm run docs\`; do not edit.

Who opens connections to whom, on which port, by which way. The rehearsal takes each flow through the templates, and reports each way
of the templates that is not here.
`;

/** The document, as Markdown. Pure. */
export function flowDocument(): string {
  // Outside production there are flows for generated data too.
  const flows = flowsOf({
    environment: 'staging',
    region: '<region>',
    allowedDomains: ['network.allowedDomains'],
    clientVpn: true,
    managementVpn: true,
    instanceConnect: true,
  });
  return [
    heading,
    table(
      '## Flows',
      flows.filter(({ reserved }) => !reserved),
    ),
    table(
      '## Open, not used yet',
      flows.filter(({ reserved }) => reserved),
    ),
  ].join('\n');
}

function table(title: string, flows: readonly Flow[]): string {
  const rows = flows.map(({ from, to, ports, way, purpose }) => {
    const target = 'resource' in to ? to.resource : to.service;
    return `| ${from} | ${target} | ${ports.join(', ')} | ${way} | ${purpose} |`;
  });
  return `${title}\n\n| from | to | port | way | purpose |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}
