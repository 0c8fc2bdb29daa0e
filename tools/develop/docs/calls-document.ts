// docs/calls.md: the AWS calls of each role, as the contracts declare them, the powers of roles, and the uses of
// stores.
import { controlCalls, serverCalls } from '../../../lib/config/calls';
import { backupCalls, hitArchiveCalls, proxyCalls, scheduleCalls, trailLogCalls } from '../../../lib/config/service-calls';
import { admissions } from '../../../lib/tom/world/admissions';
import { backupRole } from '../../../lib/tom/world/backup-access';
import { accessTable } from '../../../lib/tom/world/data-access';
import type { Power } from '../../../lib/tom/world/held';
import { functionRoles } from '../../../lib/tom/world/identity';
import { powers } from '../../../lib/tom/world/powers';
import { type Call, type Conditions, functionCalls, interfaceCalls } from '../../../runtime/calls';

const heading = `# The calls

Generated from the \`calls.ts\` of functions and services, \`runtime/calls.ts\`, \`lib/config/service-calls.ts\`, and the tables
\`powers.ts\`, \`data-access.ts\` and \`admissions.ts\` of \`lib/tom/world\` by \`npm run docs\`; do not edit.

Each function, service and host script declares the AWS calls that it makes. Its role has permissions for exactly these calls: constructs
build them from the contract, the rule \`declared-properties\` compares the role with it, and tests compare what handlers send with it.
\`\${...}\` is an attribute of a resource of the deployment, \`<...>\` a value of the deployment. A call without a caller is made by the code.
`;

interface Section {
  readonly title: string;
  readonly roles: string;
  readonly calls: readonly Call[];
}

/** The document, as Markdown. Pure. */
export function callsDocument(): string {
  return [heading, ...sections().map(section), powerSection(), storeSection(), admissionSection()].join('\n');
}

function sections(): readonly Section[] {
  const inVpc = Object.entries(functionRoles).filter(([, role]) => role.inVpc);
  return [
    { title: 'Every function', roles: 'the role of each function', calls: functionCalls },
    { title: 'Every function in the VPC', roles: inVpc.map(([id]) => `${id}Role`).join(', '), calls: interfaceCalls },
    ...Object.entries(functionRoles)
      .map(([id, { control }]) => ({ title: `Function ${control}`, roles: `${id}Role`, calls: controlCalls[control] }))
      .toSorted((one, other) => (one.title < other.title ? -1 : 1)),
    { title: 'Every schedule', roles: 'the role of each schedule', calls: scheduleCalls },
    { title: 'Collector servers', roles: 'collection/CollectorsRole', calls: serverCalls },
    { title: 'Delivery of hits', roles: 'collection/HitArchiveRole', calls: hitArchiveCalls },
    { title: 'Database proxy', roles: 'data/ProxyRole', calls: proxyCalls },
    { title: 'Backups', roles: backupRole, calls: backupCalls },
    { title: 'Audit trail', roles: 'account/AuditTrailLogRole', calls: trailLogCalls },
  ];
}

function section({ title, roles, calls }: Section): string {
  const rows = calls.map(({ effect = 'Allow', actions, resources, conditions, modes, by }) => {
    const limits = [
      ...(effect === 'Deny' ? ['denied'] : []),
      ...(modes ? [`mode ${modes.join(', ')}`] : []),
      ...conditionTexts(conditions),
    ];
    return `| ${list(actions)} | ${list(resources)} | ${limits.map(cell).join('<br>')} | ${cell(by ?? '')} |`;
  });
  return `## ${title}\n\nRole: ${roles}\n\n| action | resource | condition | caller |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const conditionTexts = (conditions: Conditions = {}): readonly string[] =>
  Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => `${operator} ${key}: ${[value].flat().join(', ')}`),
  );

function powerSection(): string {
  const rows = powers.map(
    ({ control, holders, actions, resources }: Power) =>
      `| ${cell(control)} | ${holders.join('<br>')} | ${list(actions)} | ${list(resources)} |`,
  );
  return `## The powers

Actions that change a control, invoke a function, sign in or reveal a secret, with the only roles that hold them. The rule \`powers\`
refuses every other one that neither reads nor handles data.

| control | roles | action | resource |
|---|---|---|---|
${rows.join('\n')}
`;
}

function storeSection(): string {
  const rows = accessTable.map(
    ({ store, use, family, holders, actions, resources, through }) =>
      `| ${cell(store)} | ${use} | ${family?.title ?? holders.join('<br>')} | ${list(actions)} | ${list(resources)} | ${through ?? ''} |`,
  );
  return `## The stores

Who reads, writes, lists, encrypts and decrypts the content of each store, queue, log and key. The statement is that of the one policy of
the role, from the call of its contract. The rule \`data-access\` refuses every other use; no role deletes. Secrets and sign-ins are among the
powers. \`<id>\` is the beginning of the names of a function or schedule; a key with a service is used through that service alone.

| store | use | roles | action | resource | through |
|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function admissionSection(): string {
  const rows = admissions.map(
    ({ policy, principal, actions, resources }) => `| ${policy} | \`${principal}\` | ${list(actions)} | ${list(resources)} |`,
  );
  return `## The policies of stores

Who is admitted by the policies of keys, buckets, queues, topics, logs and functions. The rule \`data-access\` refuses everybody else. In the
policy of a key \`*\` is the key; the root of the account stands for the permissions of its roles.

| policy | principal | action | resource |
|---|---|---|---|
${rows.join('\n')}
`;
}

const list = (texts: readonly string[]): string => texts.map((text) => `\`${text.replaceAll('|', '\\|')}\``).join('<br>');

/** A text escaped for a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
