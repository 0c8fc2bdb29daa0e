// Rules between the settings of `edge`.
import { type Objection, show } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type EdgeCheck = (edge: NonNullable<ValidParts<Settings>['edge']>) => readonly Objection[];

/** Whether a host name is the name of a zone, or below it. */
export const isInZone = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/**
 * A zone answers only for its own name and names below it. With Cloudflare in front, Cloudflare answers for the
 * domain.
 */
const domainInZone: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  const zone = hostedZone?.name;
  if (domain === undefined || zone === undefined || cloudflare !== undefined || isInZone(domain, zone)) return [];
  return [objectionTo('domain', `a name in edge.hostedZone.name, ${zone}`, domain, 'correct one of the two, or leave edge.hostedZone out')];
};

/** Neither a zone without a record nor Cloudflare without a domain has any effect. */
const nothingWithoutDomain: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  if (domain !== undefined) return [];
  return [
    ...(hostedZone === undefined ? [] : [objectionTo('hostedZone', 'edge.domain as well', hostedZone, 'add edge.domain, or remove it')]),
    ...(cloudflare === undefined ? [] : [objectionTo('cloudflare', 'edge.domain as well', cloudflare, 'add edge.domain, or remove it')]),
  ];
};

const originInZone: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  const origin = cloudflare?.origin;
  if (origin === undefined) return [];
  if (origin === domain) {
    return [
      objectionTo('cloudflare.origin', 'a name other than edge.domain', origin, 'choose another; edge.domain resolves to Cloudflare'),
    ];
  }
  if (hostedZone?.name !== undefined && isInZone(origin, hostedZone.name)) return [];
  const expected = hostedZone?.name === undefined ? 'edge.hostedZone as well' : `a name in edge.hostedZone.name, ${hostedZone.name}`;
  return [objectionTo('cloudflare.origin', expected, origin, 'name the zone for the record')];
};

/** All rules over `edge`, in the order of their problems. */
export function edgeChecks({ edge }: ValidParts<Settings>): readonly Objection[] {
  return edge === undefined ? [] : [domainInZone, nothingWithoutDomain, originInZone].flatMap((check) => check(edge));
}

const objectionTo = (path: string, expected: string, got: unknown, todo: string): Objection => ({
  path: ['edge', ...path.split('.')],
  expected,
  got: show(got),
  todo,
});
