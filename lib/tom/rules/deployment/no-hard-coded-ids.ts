// TOM-6.10: the same code goes to another region; no zone, image, account or id of an existing thing is written by hand.

import { type Finding, guard, type Rule, set } from '../../rule';
import type { Assembly, Resource, StackTemplate } from '../../template/assembly';
import { textsOfObject } from '../../template/texts';

interface ByHand {
  readonly id: string;
  readonly pattern: RegExp;
  readonly what: string;
  readonly fix: string;
}

const byHand: readonly ByHand[] = [
  {
    id: 'zone',
    pattern:
      /(?<![a-z0-9])[a-z]{2,4}-(?:[a-z]+-)?(?:north|south|east|west|central)[a-z]*-\d{1,2}(?:[a-z]|-[a-z]{3}-\d[a-z])(?![a-z0-9])|(?<![a-z0-9])[a-z]{3,4}\d-az\d(?!\d)/i,
    what: 'no availability zone by name',
    fix: 'Choose the zone with Fn.select over Fn.getAzs().',
  },
  {
    id: 'id',
    pattern:
      // Words and hex digits: 15 and more of them are an id whatever the words say; the 8 of old ids are told by their words.
      /(?<![\w-])(?:[a-z]+(?:-[a-z]+)*-(?=[0-9a-f]*\d)[0-9a-f]{15,17}|(?:ami|acl|dopt|eipalloc|eni|fs|fsap|fsmt|i|igw|lt|nat|pcx|pl|rtb|sg|snap|subnet|vgw|vol|vpc|vpce|vpce-svc|vpn)-[0-9a-f]{8})(?![\w-])/i,
    what: 'no id of an existing image, network, disk, list or service',
    fix: 'Refer to the resource, or read the image from its public SSM parameter.',
  },
  {
    id: 'hosted-zone',
    pattern: /(?<![A-Za-z0-9/+=_-])Z(?=[A-Z]*\d)[A-Z0-9]{12,31}(?![A-Za-z0-9/+=_-])/,
    what: 'no id of a hosted zone',
    fix: 'Refer to the hosted zone, or take it from the configuration by name.',
  },
  {
    id: 'uuid',
    pattern: /(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])|(?<![0-9a-z])mrk-[0-9a-f]{32}(?![0-9a-z])/i,
    what: 'no id of an existing key, certificate or other thing',
    fix: 'Refer to the resource, or to its alias.',
  },
];

/**
 * Twelve digits by themselves, as the owner in an ARN, the host of an image or a part of a name; neither the end of a UUID, which is
 * judged as a whole, nor a number that says that it is one of bytes.
 */
const accountId = /(?<![0-9a-z_])(?<!\.)(?<![0-9a-f]{8}-(?:[0-9a-f]{4}-){3})(?<!_BYTES=)\d{12}(?![0-9a-z_])/gi;

/** What brings data from one site to the other, and may name the region of the other. */
const backupTypes = 'AWS::Backup::';
/** Condition that keeps roles to the regions of both sites (the rule permissions-boundary). */
const regionCondition = /aws:RequestedRegion/;
/** Where a probe is told in which regions to look: at home, where the copies lie too (the rule backups-probed). */
const probedRegions = /^Environment\.Variables\.REGIONS$/;

export const noHardCodedIds: Rule = {
  name: 'no-hard-coded-ids',
  requires: 'no resource names a zone, image, account, key or other existing thing by hand, nor the region of the other site',
  types: ['*'],
  check(resource, assembly) {
    // The library's own usage record, a packed list of construct names.
    if (resource.type === 'AWS::CDK::Metadata') return 'not-applicable';
    return writtenByHand(resource.properties, 'Properties', resource.stack, assembly, resource);
  },
  checkStack(stack, assembly) {
    const { Parameters, Mappings, Outputs } = stack.template;
    return writtenByHand({ Parameters, Mappings, Outputs } as object, 'template', stack, assembly);
  },
  guards: [
    guard('Stack', 'template.Outputs.Mutant', set({ Value: 'ami-0123456789abcdef0' })),
    {
      type: '*',
      path: 'Properties.Mutant',
      where: (resource) => resource.type !== 'AWS::CDK::Metadata',
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

function writtenByHand(from: object, path: string, stack: StackTemplate, assembly: Assembly, resource?: Resource): readonly Finding[] {
  const findings = new Map<string, Finding>();
  const object = (id: string, at: string, found: string, required: string, fix: string) => {
    if (!findings.has(id)) findings.set(id, { id, path: `${path}.${at}`, found, required, fix });
  };
  const { facts } = assembly;
  const known = new Set([stack.account, ...facts.namedAccounts]);
  const other = facts.site === 'recovery' ? facts.homeRegion : facts.recoveryRegion;
  const mayNameOther = (at: string) =>
    resource?.type.startsWith(backupTypes) || regionCondition.test(at) || (facts.site === 'home' && probedRegions.test(at));
  for (const { path: at, text } of textsOfObject(from)) {
    // Everything that is looked for has a digit in it.
    if (!/\d/.test(text)) continue;
    for (const { id: kind, pattern, what, fix } of byHand) {
      const id = foreignId(pattern, text, facts.namedIds ?? []);
      if (id !== undefined) object(`${kind}::${id}`, at, text, what, fix);
    }
    for (const [account] of text.matchAll(accountId)) {
      if (known.has(account)) continue;
      object(
        `account::${account}`,
        at,
        text,
        'no account but the own and those that the configuration names',
        'Use Stack.of(this).account.',
      );
    }
    if (!mayNameOther(at) && text.toLowerCase().includes(other)) {
      object(
        'other-region',
        at,
        text,
        `${facts.region}, or \${AWS.Region}`,
        'Take the region from the stack, so that each site stands alone.',
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
