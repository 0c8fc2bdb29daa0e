// DSS-5.3.2, DSS-6.8: every certificate comes from the resource whose function checks its key, and that function looks again every day.
import { certificateType } from '../../../config/custom-resource-types';
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { variableOf } from '../../template/functions';
import { unseenCertificates } from './certificate-bypasses';

const lambdaType = 'AWS::Lambda::Function';
const scheduleType = 'AWS::Scheduler::Schedule';
const listenerType = 'AWS::ElasticLoadBalancingV2::Listener';
const listenerCertificate = 'AWS::ElasticLoadBalancingV2::ListenerCertificate';
/** Public ones are RSA 2048 or elliptic ("AWS Certificate Manager certificate characteristics and limitations"). */
const issuedByAcm = 'AWS::CertificateManager::Certificate';

/** Where each type names the certificates that it serves. Each must serve one, but for a listener that speaks no TLS. */
const carriers: Readonly<Record<string, (resource: Resource) => readonly { readonly path: string; readonly value: Json | undefined }[]>> = {
  [listenerType]: (listener) => eachOf(listener, 'Certificates', 'CertificateArn'),
  [listenerCertificate]: (resource) => eachOf(resource, 'Certificates', 'CertificateArn'),
  'AWS::ApiGateway::DomainName': (domain) => filledPath(domain, 'CertificateArn', 'RegionalCertificateArn'),
  'AWS::ApiGatewayV2::DomainName': (domain) => eachOf(domain, 'DomainNameConfigurations', 'CertificateArn'),
  'AWS::CloudFront::Distribution': (distribution) => filledPath(distribution, 'DistributionConfig.ViewerCertificate.AcmCertificateArn'),
  'AWS::Cognito::UserPoolDomain': (domain) => filledPath(domain, 'CustomDomainConfig.CertificateArn'),
  'AWS::ElasticLoadBalancing::LoadBalancer': (balancer) => eachOf(balancer, 'Listeners', 'SSLCertificateId'),
};

/** Listeners of these protocols end no TLS. */
const withoutTls = ['HTTP', 'TCP', 'UDP', 'TCP_UDP', 'GENEVE'];
const modes = ['given', 'issued', 'self-signed'];

/** At least once a day: at fixed minutes and hours of every day, or at a rate. */
const daily = /^(?:cron\([\d,]+ [\d,*]+ (?:\* \* \?|\? \* \*) \*\)|rate\((?:1 day|(?:[1-9]|1\d|2[0-4]) hours?|\d+ minutes?)\))$/;

export const certificate: Rule = {
  name: 'certificate',
  requires: `every certificate that is served is the one of a ${certificateType}, whose function fails the deployment on a key other than RSA 4096, runs alone and looks again every day`,
  types: [certificateType, issuedByAcm, ...Object.keys(carriers)],
  check(resource, assembly) {
    if (resource.type === certificateType) return lookedAfter(resource, assembly);
    if (resource.type === issuedByAcm) {
      const fix = 'Build Certificate, and name or issue one of RSA 4096 in edge.certificate.';
      return [finding(resource, 'issued-by-acm', '', `no certificate that ACM issues, but a ${certificateType}`, fix)];
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
  bypasses: unseenCertificates,
  reads: [
    { type: listenerType, path: 'Properties.Protocol' },
    { type: scheduleType, path: 'Properties.Target' },
    { type: lambdaType, path: 'Properties.Environment' },
  ],
};

function eachOf(resource: Resource, list: string, key: string) {
  return listOf(resource.at(list)).map((element, index) => ({ path: `${list}.${index}.${key}`, value: valueAt(element, key) }));
}

/** Of several places one may be filled; where none is, the first is what is missed. */
function filledPath(resource: Resource, ...paths: string[]) {
  const filled = paths.filter((path) => resource.at(path) !== undefined);
  return (filled.length > 0 ? filled : paths.slice(0, 1)).map((path) => ({ path, value: resource.at(path) }));
}

function servedFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const required = `the CertificateArn of a ${certificateType} of the same stack`;
  const fix = 'Take certificateArn of Certificate, which has seen the key.';
  const named = carriers[resource.type]?.(resource) ?? [];
  if (named.length === 0) return [finding(resource, 'none', 'Properties.Certificates', required, fix)];
  return named
    .filter(({ value }) => !isChecked(value, resource, assembly))
    .map(({ path }) => finding(resource, `certificate::${path}`, `Properties.${path}`, required, fix));
}

/** The attribute itself, which is known only when the function has answered: any other is told before. */
function isChecked(value: Json | undefined, from: Resource, assembly: Assembly): boolean {
  const attribute = isObject(value) ? listOf(value['Fn::GetAtt']).join('.') : '';
  return attribute.endsWith('.CertificateArn') && assembly.target(value, from.stack)?.type === certificateType;
}

function lookedAfter(resource: Resource, assembly: Assembly): readonly Finding[] {
  const lambda = functionOf(resource, assembly);
  if (!lambda || !modes.some((mode) => mode === variableOf(lambda, 'MODE')))
    return [finding(resource, 'function', 'Properties.ServiceToken', 'the function certificate of the deployment', 'Build Certificate.')];
  const findings: Finding[] = [];
  if (lambda.at('ReservedConcurrentExecutions') !== 1)
    findings.push(
      finding(resource, 'alone', 'Properties.ServiceToken', 'a function of which one runs at a time', 'Set reservedConcurrency 1.'),
    );
  if (!schedulesOf(lambda, assembly).some(isDaily))
    findings.push(
      finding(resource, 'daily', 'Properties.ServiceToken', 'a function that a schedule starts every day', 'Build its schedule.'),
    );
  return findings;
}

function functionOf(resource: Resource, assembly: Assembly): Resource | undefined {
  const lambda = assembly.target(resource.at('ServiceToken'), resource.stack);
  return lambda?.type === lambdaType ? lambda : undefined;
}

const schedulesOf = (lambda: Resource, assembly: Assembly): readonly Resource[] =>
  assembly.ofType(scheduleType).filter((schedule) => assembly.refersTo(schedule.at('Target.Arn'), schedule, lambda));

const isDaily = (schedule: Resource): boolean =>
  daily.test(String(schedule.at('ScheduleExpression'))) &&
  schedule.at('State') !== 'DISABLED' &&
  schedule.at('StartDate') === undefined &&
  schedule.at('EndDate') === undefined;

function functionGuards(): readonly Guard[] {
  const looks: Guard['where'] = (lambda, assembly) =>
    assembly.ofType(certificateType).some((resource) => functionOf(resource, assembly) === lambda);
  const starts: Guard['where'] = (schedule, assembly) => {
    const lambda = assembly.target(schedule.at('Target.Arn'), schedule.stack);
    return lambda !== undefined && looks(lambda, assembly);
  };
  return [
    guardWhere(lambdaType, looks, 'Properties.ReservedConcurrentExecutions', remove, replace(2)),
    guardWhere(lambdaType, looks, 'Properties.Environment.Variables.MODE', remove, replace('none')),
    guardWhere(scheduleType, starts, '', remove),
    guardWhere(scheduleType, starts, 'Properties.Target.Arn', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(scheduleType, starts, 'Properties.ScheduleExpression', remove, replace('rate(2 days)'), replace('cron(40 2 1 * ? *)')),
    guardWhere(scheduleType, starts, 'Properties.State', set('DISABLED')),
    guardWhere(scheduleType, starts, 'Properties.EndDate', set('2026-12-31T00:00:00Z')),
    guardWhere(scheduleType, starts, 'Properties.StartDate', set('2036-12-31T00:00:00Z')),
  ];
}
