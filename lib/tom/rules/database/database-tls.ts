// TOM-5.7: databases and their proxies refuse connections below TLS 1.2.

import { finding, guard, type Rule, remove, replace } from '../../rule';
import { clusterType, databaseInstanceType, parameterGroupType, proxyType } from '../../template/resource-types';
import { parameterBreaks, parameterFindings, type WantedParameters } from './parameter-findings';

const wanted: WantedParameters = {
  'rds.force_ssl': [/^1$/, '1', '0'],
  ssl_min_protocol_version: [/^TLSv1\.[23]$/, 'TLSv1.2', 'TLSv1.1'],
};
const certificates = /^rds-ca-(?:rsa4096|ecc384)-g\d+$/;

export const databaseTls: Rule = {
  name: 'database-tls',
  requires: 'every database cluster and proxy requires TLS 1.2 or better, and every instance has an RSA 4096 certificate or better',
  types: [clusterType, proxyType, databaseInstanceType],
  check(resource, assembly) {
    if (resource.type === clusterType) return parameterFindings(resource, wanted, assembly);
    if (resource.type === proxyType) {
      if (resource.at('RequireTLS') === true) return [];
      return [finding(resource, 'plain', 'Properties.RequireTLS', 'true', 'Set requireTls: true on the proxy.')];
    }
    const certificate = resource.at('CACertificateIdentifier');
    if (typeof certificate === 'string' && certificates.test(certificate)) return [];
    const fix = 'Set caCertificateIdentifier: rds-ca-rsa4096-g1 on the instance.';
    return [finding(resource, 'certificate', 'Properties.CACertificateIdentifier', 'a certificate of RSA 4096 or better', fix)];
  },
  guards: [
    guard(clusterType, 'Properties.DBClusterParameterGroupName', remove, replace('default.aurora-postgresql17')),
    guard(parameterGroupType, 'Properties.Parameters', ...parameterBreaks(wanted)),
    guard(proxyType, 'Properties.RequireTLS', remove, replace(false)),
    guard(databaseInstanceType, 'Properties.CACertificateIdentifier', remove, replace('rds-ca-2019')),
  ],
};
