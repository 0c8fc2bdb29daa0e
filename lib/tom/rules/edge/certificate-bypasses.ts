// Certificates that no function has seen: at a listener of the house, beside it, or at another kind of door.

import type { Bypass } from '../../rule';
import type { JsonObject } from '../../template/assembly';
import { listenerType } from '../../template/resource-types';
import { newResource, refTo } from '../bypass';

const CertificateArn = 'arn:aws:acm:eu-west-3:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab';
const unseen: JsonObject = { CertificateArn };

export const unseenCertificates: readonly Bypass[] = [
  {
    name: 'another HTTPS listener with a certificate of its own',
    beside: listenerType,
    resources: { Door: newResource(listenerType, { Protocol: 'HTTPS', Port: 443, Certificates: [unseen] }) },
  },
  {
    name: 'a TLS listener without a certificate',
    beside: listenerType,
    resources: { Door: newResource(listenerType, { Protocol: 'TLS', Port: 443 }) },
  },
  {
    name: 'a further certificate of a listener',
    beside: listenerType,
    resources: (_, assembly) => ({
      More: newResource('AWS::ElasticLoadBalancingV2::ListenerCertificate', {
        ListenerArn: refTo(listenerType, assembly),
        Certificates: [unseen],
      }),
    }),
  },
  {
    name: 'a certificate that ACM issues, whose key it never makes of 4096 bits',
    beside: listenerType,
    resources: { Issued: newResource('AWS::CertificateManager::Certificate', { DomainName: 'example.com', ValidationMethod: 'DNS' }) },
  },
  {
    name: 'a certificate resource of nobody in the deployment',
    beside: listenerType,
    resources: { Other: newResource('Custom::Certificate', { ServiceToken: 'arn:aws:lambda:eu-west-3:111111111111:function:other' }) },
  },
  {
    name: 'a domain of an API with a certificate of its own',
    beside: listenerType,
    resources: {
      Door: newResource('AWS::ApiGatewayV2::DomainName', { DomainName: 'example.com', DomainNameConfigurations: [unseen] }),
    },
  },
  {
    name: 'a domain of a user directory with a certificate of its own',
    beside: listenerType,
    resources: { Door: newResource('AWS::Cognito::UserPoolDomain', { Domain: 'example.com', CustomDomainConfig: unseen }) },
  },
];
