// TOM-4.11: a public load balancer passes on nothing that could be read in two ways, and says itself where a request came from.

import { append, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { attributeOf, attributePath, attributeText, balancerType, isPublic } from '../../template/load-balancers';

interface Setting {
  readonly key: string;
  readonly value: string;
  /** What holds where the attribute is not written ("LoadBalancerAttribute" of the API reference). */
  readonly unset: string;
  readonly fix: string;
  readonly onlyInProduction?: true;
}

const settings: readonly Setting[] = [
  {
    key: 'routing.http.drop_invalid_header_fields.enabled',
    value: 'true',
    unset: 'false',
    fix: 'Set dropInvalidHeaderFields: true on the load balancer.',
  },
  {
    key: 'routing.http.desync_mitigation_mode',
    value: 'strictest',
    unset: 'defensive',
    fix: 'Set desyncMitigationMode: DesyncMitigationMode.STRICTEST on the load balancer.',
  },
  {
    key: 'routing.http.xff_header_processing.mode',
    value: 'append',
    unset: 'append',
    fix: 'Leave xffHeaderProcessingMode to APPEND: the last address is then the one that the load balancer saw.',
  },
  {
    key: 'routing.http.xff_client_port.enabled',
    value: 'false',
    unset: 'false',
    fix: 'Leave preserveXffClientPort off: services read an address there, and no port.',
  },
  {
    key: 'deletion_protection.enabled',
    value: 'true',
    unset: 'false',
    fix: 'Set deletionProtection: true on the load balancer.',
    onlyInProduction: true,
  },
];

export const strictRequests: Rule = {
  name: 'strict-requests',
  requires:
    'every public load balancer drops invalid headers, mitigates request smuggling in the strictest mode, appends the address it saw to X-Forwarded-For, and in production cannot be deleted by a slip',
  types: [balancerType],
  check(balancer, { facts }) {
    if (!isPublic(balancer)) return 'not-applicable';
    return settings
      .filter(({ onlyInProduction }) => !onlyInProduction || facts.environment === 'production')
      .filter(({ key, value, unset }) => (attributeText(balancer, key) ?? unset) !== value)
      .map(({ key, value, fix }) => {
        const path = attributeOf(balancer, key)?.path ?? 'Properties.LoadBalancerAttributes';
        return { ...finding(balancer, key, path, `${key}: ${value}`, fix), found: attributeText(balancer, key) };
      });
  },
  guards: [
    ...settings
      .filter(({ value, unset }) => value !== unset)
      .map(({ key }) => guardWhere(balancerType, isPublic, attributePath(key), remove)),
    ...settings.map(({ key }) =>
      guardWhere(balancerType, isPublic, 'Properties.LoadBalancerAttributes', append({ Key: key, Value: 'other' })),
    ),
    guardWhere(balancerType, isPublic, attributePath('routing.http.desync_mitigation_mode', '.Value'), replace('monitor')),
  ],
  reads: ['Scheme', 'LoadBalancerAttributes'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
};
