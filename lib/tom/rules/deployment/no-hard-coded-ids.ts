// TOM-6.10: the code deploys to any region; no zone, image, account or id of an existing resource is hard-coded.

import { type Finding, guard, type Rule, set } from '../../rule';
import type { Assembly, Resource, StackTemplate } from '../../template/assembly';
import { copyRegionOf, hasCopies, regionOf } from '../../template/copies';
import { nameOf } from '../../template/names';
import { analyzerType, planType, roleType, usageRecordType, vaultType } from '../../template/resource-types';
import { textsOfObject } from '../../template/texts';

interface HardCodedId {
  readonly id: string;
  readonly pattern: RegExp;
  readonly required: string;
  readonly fix: string;
}

const hardCodedIds: readonly HardCodedId[] = [
  {
    id: 'zone',
    pattern:
      /(?<![a-z0-9])[a-z]{2,4}-(?:[a-z]+-)?(?:north|south|east|west|central)[a-z]*-\d{1,2}(?:[a-z]|-[a-z]{3}-\d[a-z])(?![a-z0-9])|(?<![a-z0-9])[a-z]{3,4}\d-az\d(?!\d)/i,
    required: 'no availability zone by name',
    fix: 'Select the zone with Fn.select and Fn.getAzs().',
  },
  {
    id: 'id',
    pattern:
      // A prefix and hex digits: 15 or more are an id with any prefix; the 8 of old ids only with a listed prefix.
      /(?<![\w-])(?:[a-z]+(?:-[a-z]+)*-(?=[0-9a-f]*\d)[0-9a-f]{15,17}|(?:ami|acl|dopt|eipalloc|eni|fs|fsap|fsmt|i|igw|lt|nat|pcx|pl|rtb|sg|snap|subnet|vgw|vol|vpc|vpce|vpce-svc|vpn)-[0-9a-f]{8})(?![\w-])/i,
    required: 'no id of an existing image, network, volume, list or service',
    fix: 'Refer to the resource, or read the image from its public SSM parameter.',
  },
  {
    id: 'hosted-zone',
    pattern: /(?<![A-Za-z0-9/+=_-])Z(?=[A-Z]*\d)[A-Z0-9]{12,31}(?![A-Za-z0-9/+=_-])/,
    required: 'no id of a hosted zone',
    fix: 'Refer to the hosted zone, or set edge.hostedZone in the configuration.',
  },
  {
    id: 'uuid',
    pattern: /(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])|(?<![0-9a-z])mrk-[0-9a-f]{32}(?![0-9a-z])/i,
    required: 'no id of an existing key, certificate or other resource',
    fix: 'Refer to the resource, or to its alias.',
  },
];

/**
 * Twelve separate digits, as the owner in an ARN, the host of an image or a part of a name. Neither the end of a UUID,
 * which has its own pattern, nor a number of bytes.
 */
const accountId = /(?<![0-9a-z_])(?<!\.)(?<![0-9a-f]{8}-(?:[0-9a-f]{4}-){3})(?<!_BYTES=)\d{12}(?![0-9a-z_])/gi;

/** Properties that name the vault with the copies, in the region that receives them (the rules of backup). */
const copyPaths: Readonly<Record<string, RegExp>> = {
  [planType]: /^BackupPlan\.BackupPlanRule\.\d+\.CopyActions\.\d+\.DestinationBackupVaultArn(?:\.|$)/,
  [vaultType]: /^AccessPolicy\./,
};
/** Condition that limits roles to the regions of both sites (the rule permissions-boundary). */
const regionCondition = /aws:RequestedRegion/;
/** Regions that a probe inspects: that of the site, and that of the copies (the rule backups-probed). */
const probedRegions = /^Environment\.Variables\.REGIONS$/;
/** Policy of the role for recovery, which assumes the bootstrap roles of the other region (the rule powers). */
const recoveryPolicy = 'access/PeopleRecoveryPermissions';
/**
 * Policies of roles that work in the region of the copies: that of AWS Backup copies into its vault, that of the
 * function backup-freshness reads it, that of S3 replicates into its bucket, and that of the workflows deploys its
 * stack (the rule powers).
 */
const copyPolicies = [
  'backup/BackupRolePermissions',
  'backup/FreshnessFunctionPermissions',
  'data/ArchiveReplicationPermissions',
  'access/PeopleDeployerPermissions',
];
/** The vaults of both regions, which the function examines (the rule backup-freshness). */
const examinedVaults = /^Environment\.Variables\.VAULTS\b/;
/** Properties that name bucket and key of the replica, and its policy, which names the role that replicates. */
const ofReplica: Readonly<Record<string, RegExp>> = {
  'account/AuditTrail': /^AdvancedEventSelectors\./,
  'data/Archive': /^ReplicationConfiguration\./,
  'recovery/ArchiveReplicaPolicy': /^PolicyDocument\.Statement\.\d+\.Condition\.ArnNotEquals\./,
  'data/ArchiveReplicationArchiveReplicationFailed': /^Metrics\./,
};

export const noHardCodedIds: Rule = {
  name: 'no-hard-coded-ids',
  requires: "no resource contains the id of a zone, image, account, key or other existing resource, or the other site's region",
  types: ['*'],
  check(resource, assembly) {
    // The usage record of the CDK, a compressed list of construct names.
    if (resource.type === usageRecordType) return 'not-applicable';
    return hardCodedFindings(resource.properties, 'Properties', resource.stack, assembly, resource);
  },
  checkStack(stack, assembly) {
    const { Parameters, Mappings, Outputs } = stack.template;
    return hardCodedFindings({ Parameters, Mappings, Outputs } as object, 'template', stack, assembly);
  },
  guards: [
    guard('Stack', 'template.Outputs.Mutant', set({ Value: 'ami-0123456789abcdef0' })),
    {
      type: '*',
      path: 'Properties.Mutant',
      where: (resource) => resource.type !== usageRecordType,
      breaks: [
        set({ Zone: ['eu-west-3a'] }),
        set({ ZoneId: 'euw3-az1' }),
        set({ Image: 'ami-0123456789abcdef0' }),
        set({ Principal: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::999999999999:root']] } }),
        set({ Zone: 'Z2FDTNDATAQYW2X' }),
        set({ Key: 'arn:aws:kms:eu-west-3:x:key/1234abcd-12ab-34cd-56ef-1234567890ab' }),
        set({ Image: '999999999999.dkr.ecr.${AWS::Region}.amazonaws.com/app:1' }),
        set({ Bucket: 'assets-999999999999-home' }),
        set({ Certificate: { 'Fn::Sub': 'arn:aws:acm:${AWS::Region}:x:certificate/12345678-1234-1234-1234-1234567890ab' } }),
        set({ Names: 'rslvr-fdl-0123456789abcdef' }),
        set({ Files: 'fs-01234567' }),
        set({ Service: 'com.amazonaws.vpce.x.vpce-svc-0123456789abcdef0' }),
        set({ Region: 'eu-west-3', Other: 'eu-central-1' }),
      ],
    },
  ],
  reads: [{ type: '*', path: 'Properties' }],
};

function hardCodedFindings(from: object, path: string, stack: StackTemplate, assembly: Assembly, resource?: Resource): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const addFinding = (id: string, at: string, found: string, required: string, fix: string) => {
    if (!findings.has(id)) findings.set(id, { id, path: `${path}.${at}`, found, required, fix });
  };
  const { facts } = assembly;
  // The trust of a role and the analyzer that archives it alone may name the account of the auditor (the rules
  // separation and access-analyzer).
  const auditors = [roleType, analyzerType].some((type) => type === resource?.type) ? [facts.settings.access.auditor?.account] : [];
  const known = new Set([stack.account, ...facts.namedAccounts, ...auditors]);
  const own = regionOf(stack, facts);
  const other = own === facts.recoveryRegion ? facts.homeRegion : facts.recoveryRegion;
  const name = resource === undefined ? '' : nameOf(resource, facts);
  const isForRecovery = name === recoveryPolicy;
  const mayNameOther = (at: string) =>
    (copyRegionOf(facts) === other && copyPaths[resource?.type ?? '']?.test(at) === true) ||
    regionCondition.test(at) ||
    (hasCopies(facts) && ofReplica[name]?.test(at)) ||
    (copyPolicies.includes(name) && copyRegionOf(facts) === other && at.startsWith('PolicyDocument.')) ||
    (copyRegionOf(facts) === other && (examinedVaults.test(at) || probedRegions.test(at))) ||
    (facts.site === 'home' && isForRecovery && at.startsWith('PolicyDocument.'));
  for (const { path: at, text } of textsOfObject(from)) {
    // Every pattern contains a digit.
    if (!/\d/.test(text)) continue;
    for (const { id: kind, pattern, required, fix } of hardCodedIds) {
      const id = foreignId(pattern, text, facts.namedIds ?? []);
      if (id !== undefined) addFinding(`${kind}::${id}`, at, text, required, fix);
    }
    for (const [account] of text.matchAll(accountId)) {
      if (known.has(account)) continue;
      addFinding(
        `account::${account}`,
        at,
        text,
        'the account of the stack, or an account that the configuration names',
        'Use Stack.of(this).account.',
      );
    }
    if (!mayNameOther(at) && text.toLowerCase().includes(other)) {
      addFinding(
        'other-region',
        at,
        text,
        `${facts.region}, or \${AWS.Region}`,
        'Use Stack.of(this).region: each site is independent of the other region.',
      );
    }
  }
  return [...findings.values()];
}

/** The first id in a text that the configuration does not name. */
function foreignId(pattern: RegExp, text: string, named: readonly string[]): string | undefined {
  if (named.length === 0) return pattern.exec(text)?.[0];
  return [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(([id]) => id).find((id) => !named.includes(id));
}
