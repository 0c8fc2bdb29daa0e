// What must be true between the settings of `edge`.
import { type Objection, show } from '../file/problem';
import type { Sound } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

type EdgeCheck = (edge: NonNullable<Sound<Settings>['edge']>) => readonly Objection[];

/** Whether a host name is that of a zone, or below it. */
export const isIn = (name: string, zone: string): boolean => name === zone || name.endsWith(`.${zone}`);

/** A zone answers for names below its own alone. Behind Cloudflare the name is Cloudflare's to answer for. */
const domainInZone: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  const zone = hostedZone?.name;
  if (domain === undefined || zone === undefined || cloudflare !== undefined || isIn(domain, zone)) return [];
  return [objectionTo('domain', `a name in edge.hostedZone.name, ${zone}`, domain, 'correct one of the two, or leave edge.hostedZone out')];
};

/** A zone without a name in it, and Cloudflare without a name that leads to it, have nothing to do. */
const nothingWithoutDomain: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  if (domain !== undefined) return [];
  return [
    ...(hostedZone === undefined ? [] : [objectionTo('hostedZone', 'edge.domain beside it', hostedZone, 'add edge.domain, or remove it')]),
    ...(cloudflare === undefined ? [] : [objectionTo('cloudflare', 'edge.domain beside it', cloudflare, 'add edge.domain, or remove it')]),
  ];
};

const originInZone: EdgeCheck = ({ domain, hostedZone, cloudflare }) => {
  const origin = cloudflare?.origin;
  if (origin === undefined) return [];
  if (origin === domain) {
    return [objectionTo('cloudflare.origin', 'a name other than edge.domain', origin, 'choose another; edge.domain leads to Cloudflare')];
  }
  if (hostedZone?.name !== undefined && isIn(origin, hostedZone.name)) return [];
  const expected = hostedZone?.name === undefined ? 'edge.hostedZone beside it' : `a name in edge.hostedZone.name, ${hostedZone.name}`;
  return [objectionTo('cloudflare.origin', expected, origin, 'name the zone that takes the record')];
};

/** All rules over `edge`, in the order of their problems. */
export function edgeChecks({ edge }: Sound<Settings>): readonly Objection[] {
  return edge === undefined ? [] : [domainInZone, nothingWithoutDomain, originInZone].flatMap((check) => check(edge));
}

const objectionTo = (path: string, expected: string, got: unknown, todo: string): Objection => ({
  path: ['edge', ...path.split('.')],
  expected,
  got: show(got),
  todo,
});
