// DSS-5.3.2, DSS-6.8: every served certificate has a key that its function checks, at deployment and every day.

import { certificateType } from '../../../config/custom-resource-types';
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { variableOf } from '../../template/functions';
import { functionType, listenerType, scheduleType } from '../../template/resource-types';
import { runsDaily } from '../../template/schedules';
import { uncheckedCertificates } from './certificate-bypasses';

const listenerCertificate = 'AWS::ElasticLoadBalancingV2::ListenerCertificate';
/**
 * Public certificates of ACM have RSA 2048 or elliptic curve keys ("AWS Certificate Manager certificate
 * characteristics and limitations").
 */
const issuedByAcm = 'AWS::CertificateManager::Certificate';

/** The certificates that each type serves: at least one, except a listener without TLS. */
const carriers: Readonly<Record<string, (resource: Resource) => readonly { readonly path: string; readonly value: Json | undefined }[]>> = {
  [listenerType]: (listener) => eachOf(listener, 'Certificates', 'CertificateArn'),
  [listenerCertificate]: (resource) => eachOf(resource, 'Certificates', 'CertificateArn'),
  'AWS::ApiGateway::DomainName': (domain) => pathsWithValue(domain, 'CertificateArn', 'RegionalCertificateArn'),
  'AWS::ApiGatewayV2::DomainName': (domain) => eachOf(domain, 'DomainNameConfigurations', 'CertificateArn'),
  'AWS::CloudFront::Distribution': (distribution) => pathsWithValue(distribution, 'DistributionConfig.ViewerCertificate.AcmCertificateArn'),
  'AWS::Cognito::UserPoolDomain': (domain) => pathsWithValue(domain, 'CustomDomainConfig.CertificateArn'),
  'AWS::ElasticLoadBalancing::LoadBalancer': (balancer) => eachOf(balancer, 'Listeners', 'SSLCertificateId'),
};

/** Listeners with these protocols do not terminate TLS. */
const withoutTls = ['HTTP', 'TCP', 'UDP', 'TCP_UDP', 'GENEVE'];
const modes = ['given', 'issued', 'self-signed'];

export const certificate: Rule = {
  name: 'certificate',
  requires: `every served certificate is from a ${certificateType}, whose function requires RSA 4096 and runs daily, one at a time`,
  types: [certificateType, issuedByAcm, ...Object.keys(carriers)],
  check(resource, assembly) {
    if (resource.type === certificateType) return functionFindings(resource, assembly);
    if (resource.type === issuedByAcm) {
      const fix = 'Create Certificate with an RSA 4096 key, as edge.certificate configures it.';
      return [finding(resource, 'issued-by-acm', '', `a ${certificateType} instead of a certificate issued by ACM`, fix)];
    }
    if (resource.type === listenerType && withoutTls.some((protocol) => protocol === resource.at('Protocol'))) return 'not-applicable';
    return servedFindings(resource, assembly);
  },
  guards: [
    guardWhere(
      listenerType,
      (listener) => listener.at('Certificates') !== undefined,
      'Properties.Certificates',
      remove,
      replace([]),
      append({ CertificateArn: 'arn:aws:acm:eu-west-3:x:certificate/y' }),
      replace([{ CertificateArn: { Ref: 'Certificate' } }]),
    ),
    guard(listenerCertificate, 'Properties.Certificates', remove, append({ CertificateArn: 'arn:aws:acm:eu-west-3:x:certificate/y' })),
    guard(certificateType, '', remove),
    guard(certificateType, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    ...functionGuards(),
  ],
  bypasses: uncheckedCertificates,
  reads: [
    { type: listenerType, path: 'Properties.Protocol' },
    { type: scheduleType, path: 'Properties.Target' },
    { type: functionType, path: 'Properties.Environment' },
  ],
};

function eachOf(resource: Resource, list: string, key: string) {
  return listOf(resource.at(list)).map((element, index) => ({ path: `${list}.${index}.${key}`, value: valueAt(element, key) }));
}

/** The paths that have a value; the first path if none has. */
function pathsWithValue(resource: Resource, ...paths: string[]) {
  const filled = paths.filter((path) => resource.at(path) !== undefined);
  return (filled.length > 0 ? filled : paths.slice(0, 1)).map((path) => ({ path, value: resource.at(path) }));
}

function servedFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const required = `the CertificateArn of a ${certificateType} of the same stack`;
  const fix = 'Use certificateArn of Certificate, whose function checks the key.';
  const named = carriers[resource.type]?.(resource) ?? [];
  if (named.length === 0) return [finding(resource, 'none', 'Properties.Certificates', required, fix)];
  return named
    .filter(({ value }) => !isChecked(value, resource, assembly))
    .map(({ path }) => finding(resource, `certificate::${path}`, `Properties.${path}`, required, fix));
}

/**
 * The attribute CertificateArn resolves only after the function has checked the key. Any other value exists before.
 */
function isChecked(value: Json | undefined, from: Resource, assembly: Assembly): boolean {
  const attribute = isObject(value) ? listOf(value['Fn::GetAtt']).join('.') : '';
  return attribute.endsWith('.CertificateArn') && assembly.target(value, from.stack)?.type === certificateType;
}

function functionFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const lambda = functionOf(resource, assembly);
  if (!lambda || !modes.some((mode) => mode === variableOf(lambda, 'MODE')))
    return [finding(resource, 'function', 'Properties.ServiceToken', 'the certificate function of the deployment', 'Create Certificate.')];
  const findings: Finding[] = [];
  if (lambda.at('ReservedConcurrentExecutions') !== 1)
    findings.push(
      finding(
        resource,
        'alone',
        'Properties.ServiceToken',
        'a function with a reserved concurrency of 1',
        'Set reservedConcurrentExecutions: 1.',
      ),
    );
  if (!schedulesOf(lambda, assembly).some(runsDaily))
    findings.push(
      finding(resource, 'daily', 'Properties.ServiceToken', 'a function that a schedule starts every day', 'Add a daily schedule.'),
    );
  return findings;
}

function functionOf(resource: Resource, assembly: Assembly): Resource | undefined {
  const lambda = assembly.target(resource.at('ServiceToken'), resource.stack);
  return lambda?.type === functionType ? lambda : undefined;
}

const schedulesOf = (lambda: Resource, assembly: Assembly): readonly Resource[] =>
  assembly.ofType(scheduleType).filter((schedule) => assembly.refersTo(schedule.at('Target.Arn'), schedule, lambda));

function functionGuards(): readonly Guard[] {
  const isCertificateFunction: Guard['where'] = (lambda, assembly) =>
    assembly.ofType(certificateType).some((resource) => functionOf(resource, assembly) === lambda);
  const startsCertificateFunction: Guard['where'] = (schedule, assembly) => {
    const lambda = assembly.target(schedule.at('Target.Arn'), schedule.stack);
    return lambda !== undefined && isCertificateFunction(lambda, assembly);
  };
  return [
    guardWhere(functionType, isCertificateFunction, 'Properties.ReservedConcurrentExecutions', remove, replace(2)),
    guardWhere(functionType, isCertificateFunction, 'Properties.Environment.Variables.MODE', remove, replace('none')),
    guardWhere(scheduleType, startsCertificateFunction, '', remove),
    guardWhere(scheduleType, startsCertificateFunction, 'Properties.Target.Arn', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(
      scheduleType,
      startsCertificateFunction,
      'Properties.ScheduleExpression',
      remove,
      replace('rate(2 days)'),
      replace('cron(40 2 1 * ? *)'),
    ),
    guardWhere(scheduleType, startsCertificateFunction, 'Properties.State', set('DISABLED')),
    guardWhere(scheduleType, startsCertificateFunction, 'Properties.EndDate', set('2026-12-31T00:00:00Z')),
    guardWhere(scheduleType, startsCertificateFunction, 'Properties.StartDate', set('2036-12-31T00:00:00Z')),
  ];
}
