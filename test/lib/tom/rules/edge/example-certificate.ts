// A listener with its certificate, the certificate function and its schedule.
import { att, type Resources, resource } from '../example';

export const certificates: Resources = {
  Listener: resource('AWS::ElasticLoadBalancingV2::Listener', {
    Protocol: 'HTTPS',
    Port: 443,
    Certificates: [{ CertificateArn: att('Certificate', 'CertificateArn') }],
  }),
  Redirect: resource('AWS::ElasticLoadBalancingV2::Listener', { Protocol: 'HTTP', Port: 80 }),
  Certificate: resource('Custom::Certificate', { ServiceToken: att('Check'), Mode: 'issued' }),
  Check: resource('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1, Environment: { Variables: { MODE: 'issued' } } }),
  Daily: resource('AWS::Scheduler::Schedule', { ScheduleExpression: 'cron(40 2 * * ? *)', Target: { Arn: att('Check') } }),
};
