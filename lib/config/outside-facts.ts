// Facts from outside, which no code can invent: networks and gateway of the infrastructure manager, addresses of
// offices, the account of an auditor, the repository that deploys, the certificate of the VPN server.
import { type AddressRange, rangeOf, rangesOverlap } from './address-range';
import type { Settings } from './settings/settings';

interface OutsideFact {
  readonly isGiven: (settings: Settings) => boolean;
  /** Whether the value is one of documentation, which belongs to nobody. */
  readonly isExample: (settings: Settings) => boolean;
  /** Whether a first deployment is needed to obtain the fact, and therefore proceeds without it. @default false */
  readonly isGivenLater?: true;
}

/** Address blocks for documentation (RFC 5737). */
const documentationBlocks = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'].map(rangeOf);
const isDocumentation = (range: AddressRange): boolean => documentationBlocks.some((block) => rangesOverlap(range, block));

/** Accounts that the AWS documentation uses, and accounts of one repeated digit. */
const isExampleAccount = (account: string): boolean =>
  ['111122223333', '123456789012', '444455556666', '777788889999'].includes(account) || /^(\d)\1{11}$/.test(account);

const exampleNetwork = '192.168.40.0/24';

/** By path of the setting. */
export const outsideFacts = {
  'access.auditor': {
    isGiven: ({ access }) => access.auditor !== undefined,
    isExample: ({ access }) => isExampleAccount(access.auditor?.account ?? ''),
  },
  'access.deployer': {
    isGiven: ({ access }) => access.deployer !== undefined,
    isExample: ({ access }) => access.deployer?.repository.startsWith('example/') === true,
  },
  'access.managementGateway': {
    isGiven: ({ access }) => access.managementGateway.home !== undefined,
    isExample: ({ access: { managementGateway: gateway } }) =>
      [gateway.home, gateway.recovery].some((address) => address !== undefined && isDocumentation(rangeOf(`${address}/32`))),
  },
  'access.managementNetworks': {
    isGiven: ({ access }) => access.managementNetworks.length > 0,
    // Private ranges are nobody's; the one of the examples in this repository counts as one of documentation.
    isExample: ({ access }) => access.managementNetworks.some(({ cidr }) => cidr === exampleNetwork),
  },
  'access.officeAddresses': {
    isGiven: ({ access }) => access.officeAddresses.length > 0,
    isExample: ({ access }) => access.officeAddresses.map(rangeOf).some(isDocumentation),
  },
  'access.vpnCertificate': {
    isGivenLater: true,
    isGiven: ({ access }) => access.vpnCertificate.home !== undefined,
    isExample: ({ access }) => Object.values(access.vpnCertificate).some((id) => /^0{8}-/.test(id ?? '')),
  },
} as const satisfies Readonly<Record<string, OutsideFact>>;

export type OutsideFactName = keyof typeof outsideFacts;

const facts = Object.entries(outsideFacts) as readonly (readonly [OutsideFactName, OutsideFact])[];

/** The facts that a configuration does not give. */
export const missingFacts = (settings: Settings): readonly OutsideFactName[] =>
  facts.filter(([, fact]) => !fact.isGiven(settings)).map(([name]) => name);

/** Whether a first deployment proceeds without a fact, which is obtained by it. */
export const isGivenLater = (name: OutsideFactName): boolean =>
  facts.some(([fact, { isGivenLater: later }]) => fact === name && later === true);

/** The facts for which a configuration gives values of documentation. */
export const exampleFacts = (settings: Settings): readonly OutsideFactName[] =>
  facts.filter(([, fact]) => fact.isExample(settings)).map(([name]) => name);

/**
 * Sentence that refuses the deployment of production while facts are missing or examples; undefined for a deployment
 * that may proceed. Synthesis succeeds either way, so that templates can be reviewed.
 */
export function refusalOf(settings: Settings): string | undefined {
  const missing = facts.filter(([, { isGiven, isGivenLater }]) => !isGivenLater && !isGiven(settings)).map(([name]) => name);
  const examples = exampleFacts(settings);
  if (settings.environment !== 'production' || missing.length + examples.length === 0) return undefined;
  const parts = [
    ...(missing.length > 0 ? [`give ${missing.join(', ')}`] : []),
    ...(examples.length > 0 ? [`replace the examples of ${examples.join(', ')}`] : []),
  ];
  return `Facts from outside: ${parts.join('; ')}. Production is not deployed without them.`;
}
