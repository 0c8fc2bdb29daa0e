// Certificates that no function has seen: at a listener of the house, beside it, or at another kind of door.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { newResource, refTo } from '../bypass';

const listener = 'AWS::ElasticLoadBalancingV2::Listener';
const CertificateArn = 'arn:aws:acm:eu-west-3:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab';
const unseen: JsonObject = { CertificateArn };

export const unseenCertificates: readonly Bypass[] = [
  {
    name: 'another HTTPS listener with a certificate of its own',
    beside: listener,
    resources: { Door: newResource(listener, { Protocol: 'HTTPS', Port: 443, Certificates: [unseen] }) },
  },
  {
    name: 'a TLS listener without a certificate',
    beside: listener,
    resources: { Door: newResource(listener, { Protocol: 'TLS', Port: 443 }) },
  },
  {
    name: 'a further certificate of a listener',
    beside: listener,
    resources: (_, assembly) => ({
      More: newResource('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
        ListenerArn: refTo(listener, assembly),
        Certificates: [unseen],
      }),
    }),
  },
  {
    name: 'a certificate that ACM issues, whose key it never makes of 4096 bits',
    beside: listener,
    resources: { Issued: newResource('AWS::CertificateManager::Certificate', { DomainName: 'example.com', ValidationMethod: 'DNS' }) },
  },
  {
    name: 'a certificate resource of nobody in the deployment',
    beside: listener,
    resources: { Other: newResource('Custom::Certificate', { ServiceToken: 'arn:aws:lambda:eu-west-3:111111111111:function:other' }) },
  },
  {
    name: 'a domain of an API with a certificate of its own',
    beside: listener,
    resources: {
      Door: newResource('AWS::ApiGatewayV2::DomainName', { DomainName: 'example.com', DomainNameConfigurations: [unseen] }),
    },
  },
  {
    name: 'a domain of a user directory with a certificate of its own',
    beside: listener,
    resources: { Door: newResource('AWS::Cognito::UserPoolDomain', { Domain: 'example.com', CustomDomainConfig: unseen }) },
  },
];
